import { bytesOf, Codings, compileModel, type PartialAnswer, VectorArena, xxh32 } from '@shoal/core';
import { expect, test } from 'vitest';
import { smallSpec } from '../smallRun.suite.ts';
import { storeGradient } from './gradientInbox.ts';

const MODEL = compileModel({
  input: [1],
  layers: [{ type: 'dense', units: 3, bias: false }],
  loss: 'cross_entropy',
});
const F32 = new Codings(smallSpec, MODEL).up(null);
const INT8 = new Codings({ ...smallSpec, coding: { up: 'int8', down: 'f32' } }, MODEL).up(
  Float32Array.of(0.5),
);

function partial(values: readonly number[], change: Partial<PartialAnswer> = {}): PartialAnswer {
  const gradient = bytesOf(Float32Array.from(values));
  return {
    type: 'partial',
    lease: 1,
    level: 0,
    index: 0,
    finite: true,
    loss: 0.5,
    correct: 1,
    count: 2,
    vector: gradient,
    checksum: xxh32(gradient),
    computeMs: 1,
    ...change,
  };
}

test('a gradient is copied to the bit, also from an odd place in its frame', () => {
  const arena = new VectorArena({ length: 3 });
  const values = [1, -2, 1e-40];
  const frame = new Uint8Array(13);
  frame.set(bytesOf(Float32Array.from(values)), 1);
  const inboxed = storeGradient(arena, F32, partial(values, { vector: frame.subarray(1) }));
  if (inboxed.type !== 'stored' || inboxed.tensor === null) throw new Error(JSON.stringify(inboxed));
  frame.fill(0);
  expect(arena.view(inboxed.tensor)).toEqual(Float32Array.from(values));
});

test('an evaluation and what is not finite bring no gradient', () => {
  const arena = new VectorArena({ length: 3 });
  expect(storeGradient(arena, F32, partial([], { vector: null }))).toEqual({ type: 'stored', tensor: null });
  expect(storeGradient(arena, F32, partial([], { vector: null, finite: false }))).toEqual({
    type: 'stored',
    tensor: null,
  });
  expect(arena.size).toBe(0);
});

test.each([
  ['of another length', partial([1, 2]), /has 12 bytes, not 8/],
  ['with another checksum', partial([1, 2, 3], { checksum: 5 }), /checksum does not match/],
  ['beside "not finite"', partial([1, 2, 3], { finite: false }), /brings no gradient/],
  ['with NaN in it', partial([1, Number.NaN, 3]), /infinities or NaN but says that it is finite/],
  ['with an infinity in it', partial([1, 2, Number.NEGATIVE_INFINITY]), /infinities or NaN/],
])('a gradient %s is refused, and no memory is kept for it', (_name, message, reason) => {
  const arena = new VectorArena({ length: 3 });
  expect(storeGradient(arena, F32, message)).toEqual({
    type: 'malformed',
    reason: expect.stringMatching(reason),
  });
  expect(arena.size).toBe(0);
});

test('a rounded gradient is stored as what it decodes to', () => {
  const arena = new VectorArena({ length: 3 });
  const vector = INT8.encode(bytesOf(Float32Array.of(0.5, -63.5, 0)));
  expect(vector).toEqual(Uint8Array.of(0, 0, 0, 0x3f, 1, 0x81, 0));
  const inboxed = storeGradient(arena, INT8, partial([], { vector, checksum: xxh32(vector) }));
  if (inboxed.type !== 'stored' || inboxed.tensor === null) throw new Error(JSON.stringify(inboxed));
  expect(arena.view(inboxed.tensor)).toEqual(Float32Array.of(0.5, -63.5, 0));
});

test.each([
  ['as it is', bytesOf(Float32Array.of(1, 2, 3)), /has 7 bytes, not 12/],
  ['with another scale', Uint8Array.of(0, 0, 0x80, 0x3f, 1, 2, 3), /not those of its lease/],
  ['with −128', Uint8Array.of(0, 0, 0, 0x3f, 1, 0x80, 3), /that int8 does not have/],
])('a gradient that came %s where whole numbers are due is refused', (_name, vector, reason) => {
  const arena = new VectorArena({ length: 3 });
  expect(storeGradient(arena, INT8, partial([], { vector, checksum: xxh32(vector) }))).toEqual({
    type: 'malformed',
    reason: expect.stringMatching(reason),
  });
  expect(arena.size).toBe(0);
});
