import { expect, it } from 'vitest';
import { findPreset } from '../spec/presets/presets.ts';
import { bytesOf } from './bytes.ts';
import { xxh32 } from './checksum.ts';
import { codingOf, readVector } from './coding.ts';

const coding = codingOf(findPreset('mnist-cnn'));
const values = Float32Array.of(1, -2, 1e-40);
const vector = coding.encode(bytesOf(values));
const checksum = xxh32(vector);

it('gives a vector back to the bit, from wherever it lies in a frame', () => {
  expect(vector).toHaveLength(coding.byteLength(3));
  const frame = new Uint8Array(vector.length + 1);
  frame.set(vector, 1);
  const reading = readVector(coding, { vector: frame.subarray(1), checksum }, 3);
  expect(reading).toEqual({ type: 'vector', bytes: bytesOf(values) });
  expect(readVector(coding, { vector, checksum: null }, 3)).toEqual(reading);
});

it('refuses another length, and what was damaged on the way, before anything is decoded', () => {
  expect(readVector(coding, { vector, checksum }, 4)).toEqual({ type: 'length', expected: 16, came: 12 });
  const bent = vector.slice();
  bent.set([1], 5);
  expect(readVector(coding, { vector: bent, checksum }, 3)).toEqual({ type: 'damaged' });
});
