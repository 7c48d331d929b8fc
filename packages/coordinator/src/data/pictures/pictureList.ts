/** Which pictures there are, of which class and part: in folders on the disk, or in the folders of a zip archive. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { reasonOf } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { type PartName, partOf, someOf, sortedNames } from '../reading.ts';
import type { ZipEntry } from '../zip/directory.ts';

const PICTURE = /\.(png|jpe?g)$/i;
/** Pictures of other kinds, which are told and not read. */
const OTHER_PICTURE = /\.(gif|webp|bmp|tiff?|heic|avif|svg|ppm|pgm)$/i;
const DEPTH_MAX = 6;
const PICTURES_MAX = 16_777_216;

export const isPictureName = (name: string): boolean => PICTURE.test(name);

export type ListedPicture = {
  /** Below the folder or in the archive. */
  readonly name: string;
  readonly label: number;
  /** In an archive, which of its files it is. */
  readonly entry: ZipEntry | null;
};

export type PictureList = {
  readonly classNames: readonly string[];
  readonly parts: ReadonlyMap<PartName, readonly ListedPicture[]>;
  /** Pictures of kinds that are not read. */
  readonly others: readonly string[];
};

type Found = { readonly name: string; readonly entry: ZipEntry | null };

const isHidden = (name: string): boolean => name.startsWith('.') || name === '__MACOSX';

/**
 * The files below a folder; what begins with a dot is passed over, as what macOS leaves is. A link counts as what it leads to.
 */
export async function filesBelow(folder: string): Promise<Found[]> {
  const found: Found[] = [];
  const walk = async (below: string, depth: number): Promise<void> => {
    const folders: string[] = [];
    for (const entry of await entriesOf(join(folder, below))) {
      if (isHidden(entry.name)) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? await linked(join(folder, below), entry.name) : entry;
      if (kind === 'above') continue;
      if (kind?.isDirectory()) folders.push(name);
      // A link to nothing is told as a picture that cannot be read.
      else if (kind === null || kind.isFile()) found.push({ name, entry: null });
      if (found.length > PICTURES_MAX) {
        throw new DataError(`${folder} holds more than ${PICTURES_MAX} files: point to a smaller folder.`);
      }
    }
    if (depth >= DEPTH_MAX) return;
    for (const name of folders) await walk(name, depth + 1);
  };
  await walk('', 0);
  return found;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new DataError(
      `${folder} cannot be read: ${reasonOf(error)}. Check the folder and its permissions.`,
    );
  }
}

/** What a link leads to; `above` for one to a folder that it lies in, which would never end. */
async function linked(
  folder: string,
  name: string,
): Promise<Awaited<ReturnType<typeof stat>> | 'above' | null> {
  const path = join(folder, name);
  const kind = await stat(path).catch(() => null);
  if (kind === null || !kind.isDirectory()) return kind;
  const [target, here] = await Promise.all([realpath(path), realpath(folder)]);
  return `${here}${sep}`.startsWith(`${target}${sep}`) ? 'above' : kind;
}

export const filesIn = (entries: readonly ZipEntry[]): Found[] =>
  entries.filter(({ name }) => !name.split('/').some(isHidden)).map((entry) => ({ name: entry.name, entry }));

/**
 * Sorts pictures into parts and classes: `train/cat/1.png`, or `cat/1.png`. Folders above all of them are left out, and
 * those below a class belong to it. The order is that of the names, class by class.
 * @throws DataError when the folders say no classes
 */
export function listPictures(place: string, files: readonly Found[]): PictureList {
  const pictures = files
    .filter(({ name }) => PICTURE.test(name))
    // macOS writes an accent as a character of its own, others do not: it is the same class.
    .map((one) => ({ ...one, path: one.name.normalize('NFC').split('/') }));
  const others = files.filter(({ name }) => OTHER_PICTURE.test(name)).map(({ name }) => name);
  if (pictures.length === 0) {
    throw new DataError(
      others.length > 0
        ? `${place} has pictures, but none that is read: ${someOf(others, 3)}. Convert them to PNG or JPEG.`
        : `${place} has no pictures. Point to a folder that holds a folder of PNG or JPEG files for each class.`,
    );
  }
  const above = sharedDepth(pictures.map(({ path }) => path));
  const inside = pictures.map((one) => ({ ...one, path: one.path.slice(above) }));
  const tops = new Set(inside.map(({ path }) => path[0] as string));
  const hasParts =
    [...tops].every((name) => partOf(name) !== null) && [...tops].some((name) => partOf(name) === 'train');
  const at = hasParts ? 1 : 0;
  const loose = inside.filter(({ path }) => path.length <= at + 1);
  if (loose.length > 0) {
    throw new DataError(
      `${place} has pictures that lie in no folder of a class, such as ${loose[0]?.name}: put the pictures of each class into a folder of its name.`,
    );
  }
  const trainPart = inside.filter(({ path }) => !hasParts || partOf(path[0] as string) === 'train');
  const classNames = sortedNames(trainPart.map(({ path }) => path[at] as string));
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const parts = new Map<PartName, ListedPicture[]>();
  for (const { name, path, entry } of inside) {
    const part = hasParts ? (partOf(path[0] as string) as PartName) : 'train';
    const label = labels.get(path[at] as string);
    if (label === undefined) {
      throw new DataError(
        `${place} has pictures of the class ${path[at]} to test with, such as ${name}, but none to train on. Add some, or take the folder out.`,
      );
    }
    const list = parts.get(part);
    if (list === undefined) parts.set(part, [{ name, label, entry }]);
    else list.push({ name, label, entry });
  }
  for (const list of parts.values()) {
    list.sort((one, other) => one.label - other.label || (one.name < other.name ? -1 : 1));
  }
  return { classNames, parts, others };
}

/** Folders that all the paths begin with, as long as they are no parts and not the only thing that could be a class. */
function sharedDepth(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths;
  let depth = 0;
  while (
    depth < first.length - 1 &&
    partOf(first[depth] as string) === null &&
    paths.every((path) => path.length > depth + 2 && path[depth] === first[depth])
  ) {
    depth += 1;
  }
  return depth;
}
