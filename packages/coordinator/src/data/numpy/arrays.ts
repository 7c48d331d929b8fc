/** The arrays in .npz archives and .npy files, and which part each plays by its name. */
import { createReadStream, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../dataError.ts';
import { type PartName, partOf } from '../reading.ts';
import { archiveEntries } from '../zip/archive.ts';
import { streamEntry } from '../zip/entries.ts';
import { type NpyArray, openNpy } from './npy.ts';

export const isNumpyName = (name: string): boolean => /\.np[yz]$/i.test(name) && !name.startsWith('.');

/** Whether files of these names may be a set: one archive, or files that name parts and roles. */
export const numpyNamesSet = (names: readonly string[]): boolean =>
  (names.length === 1 && /\.npz$/i.test(names[0] as string)) ||
  names.filter((name) => roleOf(name.replace(/\.np[yz]$/i, '')) !== null).length > 1;

export type NumpyPair = { readonly inputs: NpyArray; readonly targets: NpyArray };
export type NumpyParts = ReadonlyMap<PartName, NumpyPair>;

const TARGETS = /^(y|labels?|targets?|class(es)?|t)$/;
const INPUTS = /^(x|images?|imgs?|data|inputs?|features?|pixels?|samples?)$/;

/** What a name's words speak of: `x_train`, `train_images`, `kmnist-test-labels`. */
function roleOf(key: string): 'inputs' | 'targets' | null {
  const words = key
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/^([xy])(train|test|val)/gi, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  const isTargets = words.some((word) => TARGETS.test(word));
  const isInputs = words.some((word) => INPUTS.test(word));
  return isTargets === isInputs ? null : isTargets ? 'targets' : 'inputs';
}

/** The arrays of a file, or of all such files of a folder. The archive stays open until the process forgets it. */
async function arraysAt(place: string, isFolder: boolean): Promise<NpyArray[]> {
  const files = isFolder
    ? (await readdir(place))
        .filter(isNumpyName)
        .sort()
        .map((name) => join(place, name))
    : [place];
  const arrays: NpyArray[] = [];
  for (const file of files) {
    if (/\.npy$/i.test(file)) {
      const stream = async function* (): AsyncGenerator<Buffer> {
        yield* createReadStream(file, { highWaterMark: 1 << 20 });
      };
      arrays.push(await openNpy(file, basename(file).replace(/\.npy$/i, ''), stream));
      continue;
    }
    const archive = openSync(file, 'r');
    const entries = archiveEntries(file).filter(({ name }) => name.endsWith('.npy'));
    for (const entry of entries) {
      const inside = entry.name.replace(/\.npy$/, '');
      // numpy.savez names what has no name; then the file's own name says what it is.
      const key =
        entries.length === 1 && /^arr_0$/.test(inside) ? basename(file).replace(/\.npz$/i, '') : inside;
      arrays.push(await openNpy(`${inside} in ${file}`, key, () => streamEntry(file, archive, entry)));
    }
  }
  return arrays;
}

/** The arrays of one file that a model may be asked about: those called inputs, or a single one. @throws DataError */
export async function inputsAt(path: string): Promise<readonly NpyArray[]> {
  const arrays = await arraysAt(path, false);
  const inputs = arrays.filter(({ key }) => roleOf(key) === 'inputs');
  if (inputs.length > 0 || arrays.length === 1) return inputs.length > 0 ? inputs : arrays;
  throw new DataError(`${path} has no inputs: found ${arraysTold(arrays)}. Name the array x or images.`);
}

const arraysTold = (arrays: readonly NpyArray[]): string =>
  arrays.map(({ key, header }) => `${key} (${header.shape.join(' × ')})`).join(', ') || 'no arrays';

/** A file that is named stands for its folder where the others of its set lie there. */
export async function numpyParts(place: string, isFolder: boolean): Promise<NumpyParts> {
  const alone = partsOf(await arraysAt(place, isFolder));
  if (alone.parts.has('train')) return alone.parts;
  if (!isFolder) {
    const beside = partsOf(await arraysAt(dirname(place), true).catch(() => []));
    if (beside.parts.has('train')) return beside.parts;
  }
  throw new DataError(
    `${place} has no inputs and labels to train on: found ${arraysTold(alone.arrays)}. Name the arrays x_train, y_train, x_test and y_test, or train_images, train_labels, test_images and test_labels.`,
  );
}

function partsOf(arrays: readonly NpyArray[]): {
  readonly arrays: readonly NpyArray[];
  readonly parts: NumpyParts;
} {
  const halves = new Map<PartName, { inputs?: NpyArray; targets?: NpyArray }>();
  for (const array of arrays) {
    const role = roleOf(array.key.replaceAll(/(train|test|val)/gi, ' $1 '));
    const part = partOf(array.key.replaceAll(/^([xy])(train|test|val)/gi, '$1_$2')) ?? 'train';
    if (role === null) continue;
    const half = halves.get(part) ?? {};
    const before = half[role];
    if (before !== undefined) {
      throw new DataError(
        `Both ${before.name} and ${array.name} could be the ${role} to ${part} with: take one of them out.`,
      );
    }
    halves.set(part, { ...half, [role]: array });
  }
  const parts = new Map<PartName, NumpyPair>();
  for (const [part, { inputs, targets }] of halves) {
    if (inputs !== undefined && targets !== undefined) parts.set(part, { inputs, targets });
  }
  return { arrays, parts };
}
