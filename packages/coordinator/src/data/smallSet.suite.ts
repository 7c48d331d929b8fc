/** Small sets of four IDX files for tests, written as people have them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeIdx } from '@shoal/core';
import { ROLES, type Role } from './roles.ts';

export const NAMES: Readonly<Record<Role, string>> = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

const TRAIN = 6;
const TEST = 4;

/** Images of these sizes and labels of three classes; `seed` makes sets that differ in every file. */
export const smallSet = (seed = 0, size: readonly number[] = [4, 4]): Record<Role, Uint8Array> => {
  const length = size.reduce((product, one) => product * one, 1);
  const images = (count: number) =>
    encodeIdx(
      [count, ...size],
      Uint8Array.from({ length: count * length }, (_, i) => (i * 7 + seed) % 251),
    );
  const labels = (count: number) =>
    encodeIdx(
      [count],
      Uint8Array.from({ length: count }, (_, i) => (i + seed) % 3),
    );
  return {
    trainImages: images(TRAIN),
    trainLabels: labels(TRAIN),
    testImages: images(TEST),
    testLabels: labels(TEST),
  };
};

/** `nameOf` may name a folder too: "MNIST/raw/…". */
export const writeSet = async (
  folder: string,
  set: Readonly<Record<Role, Uint8Array>>,
  nameOf: (role: Role) => string = (role) => NAMES[role],
): Promise<string> => {
  for (const role of ROLES) {
    const path = join(folder, nameOf(role));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, set[role]);
  }
  return folder;
};
