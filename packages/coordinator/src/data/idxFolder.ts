/** Looks into one folder for the four IDX files: which file plays which part, or what is there instead. */
import { open, readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { reasonWithCause } from './dataError.ts';
import { EXPECTED, foreignKindOf, ROLES, type Role, roleOf, spokenRoleOf, stemOf } from './roles.ts';

export type IdxPaths = Readonly<Record<Role, string>>;

export type FolderFinding =
  | { readonly state: 'found'; readonly paths: IdxPaths }
  /** No file here plays a part, or there is no such folder; `reason` is the end of a sentence. */
  | { readonly state: 'nothing'; readonly exists: boolean; readonly reason: string }
  /** Some files are there, others not, or two claim the same part; `reason` is the end of a sentence. */
  | { readonly state: 'unclear'; readonly reason: string };

type Content = { readonly files: readonly string[]; readonly folders: readonly string[] };

/** So many other names are told. */
const NAMES_TOLD_MAX = 6;

const nothing = (reason: string): FolderFinding => ({ state: 'nothing', exists: false, reason });

/**
 * The names of the files and folders here, sorted. What begins with a dot is no candidate: macOS leaves such files
 * beside others, which have their names. A link counts as what it leads to.
 */
export const contentOf = async (folder: string): Promise<Content> => {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
    const kind = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => null) : entry;
    if (kind?.isFile()) files.push(entry.name);
    else if (kind?.isDirectory()) folders.push(entry.name);
  }
  return { files: files.sort(), folders: folders.sort() };
};

/** Whether a file of an unusual name begins as gzip or IDX does. */
const looksLikeIdx = async (path: string): Promise<boolean> => {
  const file = await open(path).catch(() => null);
  if (file === null) return false;
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(4), position: 0 });
    const [first, second, type = 0, rank = 0] = buffer;
    if (first === 0x1f && second === 0x8b) return true;
    return first === 0 && second === 0 && type >= 8 && type <= 14 && rank >= 1 && rank <= 4;
  } finally {
    await file.close();
  }
};

/** Adds a file to those that could play a part; of two of one stem (plain and .gz) the plain one counts. */
const add = (found: Map<Role, string[]>, role: Role, name: string): void => {
  const known = found.get(role) ?? [];
  const twin = known.findIndex((one) => stemOf(one) === stemOf(name));
  if (twin < 0) found.set(role, [...known, name]);
  else if (name.length < (known[twin] as string).length) known[twin] = name;
};

/** Folders that say for a whole set of files which part of the data they hold. */
const PART_FOLDER = /^(train(ing)?|test(ing)?|t10k)$/i;

/**
 * The files that could play each part: those whose names say so; for what is then missing, those whose names' words and
 * content say so, files in folders called train and test, and the one file in a folder of its name.
 */
const candidatesIn = async (folder: string, { files, folders }: Content): Promise<Map<Role, string[]>> => {
  const found = new Map<Role, string[]>();
  for (const name of files) {
    const role = roleOf(name);
    if (role !== null) add(found, role, name);
  }
  const byName = new Set(found.keys());
  for (const name of files) {
    const role = spokenRoleOf(name);
    if (role === null || byName.has(role) || foreignKindOf(name) !== null) continue;
    if (await looksLikeIdx(join(folder, name))) add(found, role, name);
  }
  const besideFolders = new Set(found.keys());
  for (const name of folders) {
    const role = roleOf(name);
    if (role === null && !PART_FOLDER.test(name)) continue;
    const inside = await contentOf(join(folder, name)).catch(() => ({ files: [] }));
    // Some programs unpack each file into a folder of its name.
    if (role !== null && !besideFolders.has(role) && inside.files.length === 1) {
      add(found, role, join(name, inside.files[0] as string));
    }
    for (const one of role === null ? inside.files : []) {
      const spoken = roleOf(`${name}-${one}`);
      if (spoken !== null && !besideFolders.has(spoken)) add(found, spoken, join(name, one));
    }
  }
  return found;
};

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** What is here beside the files that play a part, as sentences; empty when there is nothing. */
const othersTold = (content: Content, taken: readonly string[], missing: readonly Role[]): string => {
  const isTaken = (name: string): boolean =>
    taken.some((one) => one === name || one.startsWith(join(name, '/')));
  const told: string[] = [];
  const others: string[] = [];
  for (const name of [...content.files, ...content.folders].filter((one) => !isTaken(one))) {
    const kind = content.folders.includes(name)
      ? 'a folder that does not hold just that one file'
      : (foreignKindOf(name) ?? 'not IDX by its content');
    const role = spokenRoleOf(name);
    if (role !== null && missing.includes(role))
      told.push(`${name} looks like ${EXPECTED[role]}, but is ${kind}`);
    else if (/^an /.test(kind) || /image|label|idx|ubyte/i.test(name)) {
      others.unshift(/^an /.test(kind) ? `${name} (${kind})` : name);
    } else others.push(content.folders.includes(name) ? `the folder ${name}` : name);
  }
  const few = others.slice(0, NAMES_TOLD_MAX);
  if (others.length > few.length) few.push(`${others.length - few.length} more`);
  const beside = taken.length > 0 ? 'Also there:' : 'It has';
  return [...told, ...(few.length > 0 ? [`${beside} ${listed(few)}`] : [])].map((one) => `. ${one}`).join('');
};

/** Looks for the four files; a plain file is preferred to its .gz. */
export const findIdxFiles = async (folder: string): Promise<FolderFinding> => {
  let content: Content;
  try {
    content = await contentOf(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return nothing(`there is no such ${/^\.[a-z]+$/i.test(extname(folder)) ? 'file' : 'folder'}`);
    if (code === 'ENOTDIR') {
      const kind = foreignKindOf(folder);
      return nothing(
        kind === null
          ? `it is a file, not a folder; the folder that it lies in is ${dirname(resolve(folder))}`
          : `it is a file, not a folder, and ${kind}`,
      );
    }
    return { state: 'unclear', reason: `it cannot be read (${reasonWithCause(error)})` };
  }
  const candidates = await candidatesIn(folder, content);
  const missing = ROLES.filter((role) => !candidates.has(role));
  const taken = [...candidates.values()].flat();
  if (missing.length === 4) {
    return {
      state: 'nothing',
      exists: true,
      reason: `it holds no IDX files${othersTold(content, taken, missing)}`,
    };
  }
  for (const [role, names] of candidates) {
    if (names.length < 2) continue;
    return {
      state: 'unclear',
      reason: `it holds ${names.length === 2 ? 'two' : names.length} candidates for ${EXPECTED[role]}, ${listed(names)}. Leave one set's files there, or give each a folder of its own`,
    };
  }
  if (missing.length > 0) {
    return {
      state: 'unclear',
      reason:
        `it lacks ${listed(missing.map((role) => `${EXPECTED[role]} (plain or .gz)`))}. ` +
        `It has ${listed(taken)}${othersTold(content, taken, missing)}`,
    };
  }
  const path = (role: Role): string => join(folder, candidates.get(role)?.[0] as string);
  return {
    state: 'found',
    paths: {
      trainImages: path('trainImages'),
      trainLabels: path('trainLabels'),
      testImages: path('testImages'),
      testLabels: path('testLabels'),
    },
  };
};
