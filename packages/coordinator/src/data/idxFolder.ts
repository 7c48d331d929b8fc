/** Looks into one folder for the four IDX files: which file plays which part, or what is there instead. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from './dataError.ts';
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

/** The part that a file plays: by its name, or by its name's words and how its content begins. */
const partOf = async (folder: string, name: string): Promise<Role | null> => {
  const role = roleOf(name);
  if (role !== null) return role;
  const spoken = spokenRoleOf(name);
  if (spoken === null || foreignKindOf(name) !== null) return null;
  return (await looksLikeIdx(join(folder, name))) ? spoken : null;
};

/** The names of the files that could play each part, those of one stem (plain and .gz) only once. */
const candidatesIn = async (folder: string, { files, folders }: Content): Promise<Map<Role, string[]>> => {
  const found = new Map<Role, string[]>();
  for (const name of files) {
    const role = await partOf(folder, name);
    if (role === null) continue;
    const known = found.get(role) ?? [];
    const twin = known.findIndex((one) => stemOf(one) === stemOf(name));
    if (twin < 0) found.set(role, [...known, name]);
    // The plain one of the two is preferred.
    else if (name.length < (known[twin] as string).length) known[twin] = name;
  }
  for (const name of folders) {
    const role = roleOf(name);
    if (role === null || found.has(role)) continue;
    // Some programs unpack each file into a folder of its name.
    const inside = await contentOf(join(folder, name)).catch(() => null);
    if (inside?.files.length === 1) found.set(role, [join(name, inside.files[0] as string)]);
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
    if (code === 'ENOENT') return nothing('there is no such folder');
    if (code === 'ENOTDIR') {
      const kind = foreignKindOf(folder);
      return nothing(`it is a file, not a folder${kind === null ? '' : `, and ${kind}`}`);
    }
    return { state: 'unclear', reason: `it cannot be read (${reasonOf(error)})` };
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
      reason: `it holds ${names.length === 2 ? 'two' : names.length} candidates for ${EXPECTED[role]}, ${listed(names)}. Leave one of them there`,
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
