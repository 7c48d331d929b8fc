/** What kind of data lies where somebody points: decided by what is there, and said in one line. */
import { open, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type DataOffer, type DataSourceName, reasonOf } from '@shoal/core';
import { isCifar } from './cifar.ts';
import { DataError } from './dataError.ts';
import { searchFolder } from './folderSearch.ts';
import { contentOf, findIdxFiles } from './idxFolder.ts';
import { isNumpyName, numpyNamesSet } from './numpy/arrays.ts';
import { holdsPickles, isPickle, pickled } from './pickles.ts';
import { isPictureName } from './pictures/pictureList.ts';
import { type PartName, partOf, someOf } from './reading.ts';
import { isTableName } from './table/tableSet.ts';
import { archiveEntries } from './zip/archive.ts';

/** Sources that lie in files; a spec's `data.source` may name one, or leave it to what is found. */
export type FileSource = Exclude<DataSourceName, 'mnist' | 'digits' | 'table'>;

/** What was found, and where. `path` is the folder, archive or file that holds it. */
export type Recognised =
  | { readonly source: 'idx'; readonly path: string }
  | { readonly source: 'pictures'; readonly path: string; readonly isArchive: boolean }
  | { readonly source: 'numpy'; readonly path: string; readonly isFolder: boolean }
  | { readonly source: 'cifar'; readonly path: string; readonly names: readonly string[] }
  | { readonly source: 'tabular'; readonly path: string; readonly files: ReadonlyMap<PartName, string> };

/** A folder of folders is looked into so deep, and into so many. */
const DEPTH_MAX = 2;
const CHILDREN_MAX = 200;
/** So many files of a folder are looked at to tell whether it holds pictures. */
const NAMES_SEEN_MAX = 50;

const NOTHING: { readonly files: readonly string[]; readonly folders: readonly string[] } = {
  files: [],
  folders: [],
};

/** What stands for a data set of its own in a folder of several. */
type Offer = DataOffer & { readonly source: FileSource };

export const SOURCE_TOLD: { readonly [S in FileSource]: string } = {
  idx: 'IDX files',
  pictures: 'pictures in a folder for each class',
  numpy: 'NumPy arrays',
  cifar: 'CIFAR files',
  tabular: 'a table',
};

/**
 * What lies at `path`, or below it under the name `from`; null where nothing is there that is known.
 * @throws DataError where several sets lie there and none is named, or a file cannot be read as what it claims to be
 */
export async function recognise(
  path: string,
  from: string | null,
  except: string,
): Promise<Recognised | null> {
  if (from !== null) return recogniseNamed(path, from, except);
  const kind = await stat(path).catch(() => null);
  if (kind === null) return null;
  if (!kind.isDirectory()) return recogniseFile(path);
  // Of a set of IDX files that is not whole the reader of these says what is missing.
  if ((await findIdxFiles(path)).state === 'unclear') return null;
  const here = await recogniseFolder(path, except);
  const mayBeOneOfSeveral = here?.source === 'tabular' || here?.source === 'numpy';
  if (here !== null && !mayBeOneOfSeveral) return here;
  const offers = await offersIn(path, except);
  if (here !== null && offers.every(({ source }) => source === here.source)) return here;
  const [only, ...more] = offers;
  if (only === undefined) return null;
  if (more.length === 0) return recognise(join(path, only.name), null, except);
  // What is wrong with several sets of IDX files is said where those are read.
  if (offers.every(({ source }) => source === 'idx')) return null;
  throw new DataError(
    `${path} holds several data sets: ${someOf(
      offers.map(({ name, source }) => `${name} (${SOURCE_TOLD[source]})`),
      10,
    )}. Point to one of them, or name it with data.from.`,
  );
}

/** `from` is a name within the folder, and never a way out of it. */
async function recogniseNamed(path: string, from: string, except: string): Promise<Recognised | null> {
  const offers = await offersIn(path, except);
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replaceAll(/(\.\w+)+$/g, '')
      .replaceAll(/[^a-z0-9]/g, '');
  const found =
    offers.find(({ name }) => name === from) ??
    offers.find(({ name }) => name.split('/').some((part) => plain(part) === plain(from)));
  if (found !== undefined) return recognise(join(path, found.name), null, except);
  // What is pointed to may be the very set that is named.
  if (
    resolve(path)
      .split('/')
      .some((part) => plain(part) === plain(from))
  )
    return recognise(path, null, except);
  throw new DataError(
    `${path} holds no data set called ${JSON.stringify(from)} (data.from). ${
      offers.length === 0
        ? 'There is none.'
        : `There are ${someOf(
            offers.map(({ name }) => name),
            10,
          )}.`
    }`,
  );
}

/** The data sets directly in a folder, or one level further down, by their names from here. */
export async function offersIn(path: string, except: string, depth = DEPTH_MAX): Promise<Offer[]> {
  const { files, folders } = await contentOf(path).catch(() => NOTHING);
  const offers: Offer[] = [];
  for (const name of [...files, ...folders].slice(0, CHILDREN_MAX)) {
    const child = join(path, name);
    if (name === 'node_modules' || resolve(child) === resolve(except)) continue;
    const isFolder = folders.includes(name);
    const found = await (isFolder ? recogniseFolder(child, except) : recogniseFile(child)).catch(() => null);
    // One file of four is no set.
    if (found !== null && (isFolder || found.source !== 'idx')) {
      if (!offers.some((offer) => offer.name === name)) offers.push({ name, source: found.source });
    } else if (isFolder && depth > 1) {
      const below = await offersIn(child, except, depth - 1);
      offers.push(...below.map((offer) => ({ ...offer, name: `${name}/${offer.name}` })));
    }
  }
  return offers;
}

async function recogniseFile(path: string): Promise<Recognised | null> {
  const begin = await beginOf(path);
  const is = (...bytes: number[]): boolean => bytes.every((byte, i) => begin[i] === byte);
  const name = basename(path);
  if (is(0x50, 0x4b, 3, 4) || is(0x50, 0x4b, 5, 6)) return recogniseArchive(path);
  if (is(0x93, 0x4e, 0x55, 0x4d)) return { source: 'numpy', path, isFolder: false };
  if (is(0x50, 0x41, 0x52, 0x31)) return { source: 'tabular', path, files: new Map([['train', path]]) };
  if (isPickle(name, begin)) throw pickled(path);
  if (isTableName(name)) return { source: 'tabular', path, files: new Map([['train', path]]) };
  if (/\.bin$/i.test(name)) {
    const { files } = await contentOf(dirname(path));
    if (files.includes(name) && isCifar(files)) return { source: 'cifar', path: dirname(path), names: files };
  }
  if (/idx\d|ubyte/i.test(name)) return { source: 'idx', path: dirname(path) };
  return null;
}

async function beginOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${reasonOf(error)}. Check the file and its permissions.`);
  }
}

function recogniseArchive(path: string): Recognised | null {
  const names = archiveEntries(path).map(({ name }) => name);
  if (names.some((name) => name.endsWith('.npy'))) return { source: 'numpy', path, isFolder: false };
  if (names.some(isPictureName)) return { source: 'pictures', path, isArchive: true };
  throw new DataError(
    names.length === 0
      ? `${path} is an archive of nothing. Download or copy it again.`
      : `${path} holds neither pictures nor arrays, but ${someOf(names, 4)}: unpack it, and point to the folder of what was in it.`,
  );
}

async function recogniseFolder(path: string, except: string): Promise<Recognised | null> {
  const content = await contentOf(path).catch(() => NOTHING);
  const { files } = content;
  const own = await findIdxFiles(path);
  if (own.state === 'found') return { source: 'idx', path };
  if (own.state === 'unclear') return null;
  if (isCifar(files)) return { source: 'cifar', path, names: files };
  if (holdsPickles(files)) throw pickled(path);
  if (numpyNamesSet(files.filter(isNumpyName))) return { source: 'numpy', path, isFolder: true };
  const tables = tablesOf(path, files);
  if (tables !== null) return { source: 'tabular', path, files: tables };
  const folders = await pictureFolders(path, content);
  if (folders > 1) return { source: 'pictures', path, isArchive: false };
  const below = await searchFolder(path, true, except);
  if (below.state === 'found') return { source: 'idx', path: below.folder };
  return folders > 0 || (files.length > 0 && files.every(isPictureName))
    ? { source: 'pictures', path, isArchive: false }
    : null;
}

/** The files of a table in one folder: a single one, or one to train with and others beside it. */
function tablesOf(path: string, files: readonly string[]): ReadonlyMap<PartName, string> | null {
  const tables = files.filter(isTableName);
  const [only, ...more] = tables;
  if (only === undefined) return null;
  if (more.length === 0) return new Map([['train', join(path, only)]]);
  const found = new Map<PartName, string>();
  for (const name of tables) {
    const part = partOf(name.slice(0, name.length - extname(name).length));
    if (part === null) continue;
    if (found.has(part)) return null;
    found.set(part, join(path, name));
  }
  return found.has('train') ? found : null;
}

/** How many folders here have pictures in them, or within train and test; a few are enough to know. */
async function pictureFolders(
  path: string,
  { folders }: { readonly folders: readonly string[] },
): Promise<number> {
  let found = 0;
  for (const folder of folders) {
    const inside = await contentOf(join(path, folder)).catch(() => null);
    if (inside === null) continue;
    const isPart = partOf(folder) !== null;
    if (!isPart && inside.files.slice(0, NAMES_SEEN_MAX).some(isPictureName)) found += 1;
    for (const below of isPart ? inside.folders.slice(0, 3) : []) {
      const { files: deep } = await contentOf(join(path, folder, below)).catch(() => NOTHING);
      if (deep.slice(0, NAMES_SEEN_MAX).some(isPictureName)) found += 1;
    }
    if (found > 1) break;
  }
  return found;
}
