import { expect, test } from 'vitest';
import { xxh32 } from './checksum.ts';
import { decodeCoordinatorMessage, decodeWorkerMessage, encodeMessage } from './codec.ts';
import { sealMessage, type UnsealedPartial } from './sealing.ts';

const vector = Uint8Array.of(1, 2, 3, 4);
const partial: UnsealedPartial = {
  type: 'partial',
  lease: 1,
  level: 0,
  index: 0,
  finite: true,
  loss: 0.5,
  correct: 1,
  count: 2,
  vector,
  checksum: null,
  computeMs: 1,
};

test('a vector that travels is given its checksum', () => {
  expect(decodeWorkerMessage(sealMessage(partial))).toMatchObject({ checksum: xxh32(vector) });
  const parameters = { type: 'parameters', version: 1, base: null, checksum: null, vector } as const;
  expect(decodeCoordinatorMessage(sealMessage(parameters))).toMatchObject({ checksum: xxh32(vector) });
});

test('a checksum that is there already is kept, and no vector has the checksum 0', () => {
  expect(decodeWorkerMessage(sealMessage({ ...partial, checksum: 7 }))).toMatchObject({ checksum: 7 });
  const none = { ...partial, finite: false, vector: null };
  expect(decodeWorkerMessage(sealMessage(none))).toMatchObject({ vector: null, checksum: 0 });
});

test('what brings no vector is put into its frame as it is', () => {
  const failed = { type: 'failed', lease: 3, code: 'revoked', message: 'Stopped.' } as const;
  expect(sealMessage(failed)).toEqual(encodeMessage(failed));
});

test('a frame with a vector is put where it is told, and nothing of it is lost', () => {
  const long = Uint8Array.from({ length: 70_000 }, (_, i) => i * 7);
  const memory = new Uint8Array(80_000).fill(0xff);
  const frame = sealMessage({ ...partial, vector: long }, (bytes) => memory.subarray(5, 5 + bytes));
  expect(frame.buffer).toBe(memory.buffer);
  expect(decodeWorkerMessage(frame)).toEqual({ ...partial, vector: long, checksum: xxh32(long) });
  const none = new Uint8Array(0);
  expect(decodeWorkerMessage(sealMessage({ ...partial, vector: none }))).toMatchObject({ vector: none });
});
