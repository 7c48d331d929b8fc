/** From samples in memory to a data set: a test set where there is none, what is wrong with classes, and the hash. */
import { createHash } from 'node:crypto';
import {
  bytesOf,
  type DataSet,
  type DataSetInfo,
  lengthOf,
  moveRows,
  Purpose,
  permutation,
  type Samples,
  samplesBetween,
  type Tensor,
} from '@shoal/core';
import { DataError } from './dataError.ts';
import { someOf } from './reading.ts';

/** One sample in so many is set apart for the test, of each class. */
const TEST_EVERY = 5;
export const CLASSES_MAX = 256;
/** Bytes of all samples of a set: what blocks of data may have. */
export const SET_BYTES_MAX = 2_147_483_648;
const HASH_PIECE_BYTES = 64 * 1024 * 1024;

/** Memory for `count` samples that the threads of this process share. @throws DataError when that is too much */
export function allocate(
  place: string,
  dtype: 'u8' | 'f32',
  shape: readonly number[],
  count: number,
): Tensor & { readonly values: Uint8Array | Float32Array } {
  const elements = count * lengthOf(shape);
  const bytes = elements * (dtype === 'u8' ? 1 : 4);
  if (bytes > SET_BYTES_MAX) {
    throw new DataError(
      `${place} has ${count} samples of ${shape.join(' × ')}, ${gibibytes(bytes)} in memory, but a data set may have ${gibibytes(SET_BYTES_MAX)}. ` +
        'Take fewer samples, or make the model take smaller ones.',
    );
  }
  const memory = new SharedArrayBuffer(bytes);
  return { shape, values: dtype === 'u8' ? new Uint8Array(memory) : new Float32Array(memory) };
}

const gibibytes = (bytes: number): string => `${(bytes / 1_073_741_824).toFixed(1)} GiB`;

export type Parts = {
  readonly train: Samples;
  readonly validation: Samples | null;
  readonly test: Samples | null;
};

/**
 * The data set of these parts. Without a test set a fifth of each class (of all samples, of numbers) is moved to the end of
 * the training set's memory, chosen by an order that its count alone decides.
 * @throws DataError when a class has too few samples
 */
export function setOfParts(
  place: string,
  { train, validation, test }: Parts,
  info: Omit<DataSetInfo, 'sha256'>,
): DataSet {
  if (info.classes > 0) checkClasses(place, test === null ? [train] : [train, test], info);
  const [trained, tested] = test === null ? holdOut(train, info.classes) : [train, test];
  if (trained.count === 0 || tested.count === 0) {
    throw new DataError(
      `${place} has ${train.count} samples: too few to train on some and to test on others. Add more.`,
    );
  }
  const hash = createHash('sha256');
  for (const part of [trained, validation, tested]) if (part !== null) hashSamples(hash, part);
  return {
    info: { ...info, sha256: hash.digest('hex') },
    train: trained,
    test: tested,
    ...(validation !== null && validation.count > 0 && { validation }),
    place,
  };
}

/** Inputs, then targets, as in a block; piece by piece, since a hash takes no 2 GiB at once. */
function hashSamples(hash: ReturnType<typeof createHash>, { inputs, targets }: Samples): void {
  for (const { values } of [inputs, targets]) {
    const bytes = bytesOf(values);
    for (let at = 0; at < bytes.length; at += HASH_PIECE_BYTES) {
      hash.update(bytes.subarray(at, at + HASH_PIECE_BYTES));
    }
  }
}

/** A class with a single sample can be trained on or tested, and never both. */
function checkClasses(
  place: string,
  parts: readonly Samples[],
  { classes, classNames }: Omit<DataSetInfo, 'sha256'>,
): void {
  const counts = new Uint32Array(classes);
  for (const { targets } of parts)
    for (const label of targets.values) counts[label] = (counts[label] ?? 0) + 1;
  const nameOf = (label: number): string => classNames?.[label] ?? String(label);
  const there = [...counts.keys()].filter((label) => (counts[label] ?? 0) > 0);
  if (there.length < 2) {
    throw new DataError(
      `${place} has samples of ${there.length === 1 ? `one class only (${nameOf(there[0] as number)})` : 'no class'}: there is nothing to tell apart. Add samples of another class.`,
    );
  }
  const single = there.filter((label) => counts[label] === 1).map(nameOf);
  if (single.length > 0) {
    throw new DataError(
      `${place} has one sample only of ${single.length === 1 ? 'the class' : 'each of the classes'} ${someOf(single)}, which cannot be both trained on and tested. Add samples, or take ${single.length === 1 ? 'the class' : 'these classes'} out.`,
    );
  }
}

/**
 * The rows that are set apart for the test, of `count`: a fifth of each class, one at least, and of all where there are no
 * classes. Which ones only the counts decide, so that models of all seeds are measured on the same samples.
 */
export function testRows(count: number, classes: ArrayLike<number> | null): Uint32Array {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < count; row += 1) {
    const label = classes?.[row] ?? 0;
    const rows = rowsOf.get(label);
    if (rows === undefined) rowsOf.set(label, [row]);
    else rows.push(row);
  }
  const chosen: number[] = [];
  for (const [label, rows] of rowsOf) {
    const wanted = rows.length < 2 ? 0 : Math.max(1, Math.floor(rows.length / TEST_EVERY));
    const order = permutation([0, Purpose.split, 1, label], rows.length);
    for (const place of order.subarray(0, wanted)) chosen.push(rows[place] as number);
  }
  return Uint32Array.from(chosen).sort();
}

function holdOut(samples: Samples, classes: number): readonly [Samples, Samples] {
  const { count, inputs, targets } = samples;
  const chosen = testRows(count, classes === 0 ? null : targets.values);
  const isTest = new Uint8Array(count);
  for (const row of chosen) isTest[row] = 1;
  const border = count - chosen.length;
  const order = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < count; row += 1) {
    if (isTest[row] === 1) continue;
    order[at] = row;
    at += 1;
  }
  order.set(chosen, border);
  moveRows(inputs, order);
  moveRows(targets, order);
  return [samplesBetween(samples, 0, border), samplesBetween(samples, border, count)];
}
