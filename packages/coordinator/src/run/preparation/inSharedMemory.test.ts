import { expect, test } from 'vitest';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { inSharedMemory } from './inSharedMemory.ts';
import { checkRun } from './prepare.ts';

test('a data set in shared memory is the same, array for array, and not the one that it was made of', () => {
  const { data } = checkRun(smallSpec, smallData);
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
});
