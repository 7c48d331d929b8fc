import { splitForRun } from '@shoal/core';
import { expect, test } from 'vitest';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { inSharedMemory } from './inSharedMemory.ts';

test('a data set in shared memory is the same, array for array, and not the one that it was made of', () => {
  const data = splitForRun(smallData, smallSpec.data, smallSpec.seed);
  const shared = inSharedMemory(data);
  expect(shared).toEqual(data);
  const arrays = (value: unknown): ArrayBufferView[] => {
    if (ArrayBuffer.isView(value)) return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(arrays) : [];
  };
  const all = arrays(shared);
  expect(all.length).toBeGreaterThanOrEqual(6);
  expect(all.every(({ buffer }) => buffer instanceof SharedArrayBuffer)).toBe(true);
  expect(arrays(data).some(({ buffer }) => buffer instanceof SharedArrayBuffer)).toBe(false);
  // What lies there already is not there twice.
  expect(arrays(inSharedMemory(shared))).toEqual(all);
  expect(arrays(inSharedMemory(shared)).every((array, i) => array === all[i])).toBe(true);
});
