import { describe, expect, it } from 'vitest';
import { roundReference } from '../coding/roundingReference.ts';
import { isScale, scaleFor } from '../coding/scale.ts';
import { compileModel } from '../nn/compile.ts';
import { RandomStream } from '../random/threefry.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import { VectorArena } from '../vectors/arena.ts';
import { bytesOf, floatsOf } from './bytes.ts';
import { xxh32 } from './checksum.ts';
import { type Coding, Codings, readVector, readVectorInto } from './coding.ts';

/** Tensors of odd lengths, and running values behind them. */
const MODEL = compileModel({
  input: [3],
  layers: [{ type: 'dense', units: 5 }, { type: 'batch_norm' }, { type: 'dense', units: 3 }],
  loss: 'cross_entropy',
});
const { vectorLength, trainableLength } = MODEL;
const TENSORS = MODEL.tensors.filter(({ offset }) => offset < trainableLength);

const codings = (change: Record<string, unknown>): Codings =>
  new Codings(
    resolveRunSpec({ model: MODEL.spec, data: { source: 'idx' }, batch: 8, microbatch: 2, ...change }),
    MODEL,
  );
const LOCAL = { steps: { type: 'localSteps', replicas: 2, localSteps: 2 } };
const PLAIN = codings({}).up(null);
const INT8 = codings({ ...LOCAL, coding: { up: 'int8' } }).up(null);
const INT4 = codings({ ...LOCAL, coding: { up: 'int4' } }).up(null);
const SCALES = Float32Array.from(TENSORS, (_, tensor) => 2 ** -tensor);
const COMMON = codings({ coding: { up: 'int8' } }).up(SCALES);

/** Rounded as the coding has it: to `bound` whole numbers of each tensor's own scale, or of the common one. */
function vectorFor(bound: number, scales: Float32Array | null = null): Float32Array {
  const stream = new RandomStream([3, 99, 0, 0], 0);
  const values = Float32Array.from({ length: vectorLength }, (_, i) => stream.uniform(i) - 0.5);
  TENSORS.forEach(({ offset, length }, tensor) => {
    const part = values.subarray(offset, offset + length);
    const largest = Math.max(...part.map(Math.abs));
    roundReference(part, scales?.[tensor] ?? scaleFor(largest, bound), bound, [3, 8, tensor, 1], 0);
  });
  return values;
}

const CODED = [
  ['f32', PLAIN, vectorFor(127)],
  ['int8', INT8, vectorFor(127)],
  ['int4', INT4, vectorFor(7)],
  ['int8 with common scales', COMMON, vectorFor(31, SCALES)],
] as const;

describe.each(CODED)('%s', (_name, coding, values) => {
  const coded = coding.encode(bytesOf(values)).slice();
  const checksum = xxh32(coded);

  it('gives a rounded vector back to the bit, from wherever it lies in a frame', () => {
    expect(coded).toHaveLength(coding.byteLength);
    const frame = new Uint8Array(coded.length + 1);
    frame.set(coded, 1);
    const reading = readVector(coding, { vector: frame.subarray(1), checksum });
    if (reading.type !== 'vector') throw new Error(reading.type);
    expect(floatsOf(reading.bytes)).toEqual(values);
    expect(readVector(coding, { vector: coded, checksum: null })).toEqual(reading);
  });

  it('gives the same into an arena, also where that has no room for the bytes', () => {
    for (const vectorsMax of [1, 2]) {
      const arena = new VectorArena({ length: vectorLength, vectorsMax });
      const id = arena.allocateFilled(3);
      expect(readVectorInto(coding, { vector: coded, checksum }, arena, id)).toBeNull();
      expect(arena.view(id)).toEqual(values);
      expect(arena.size).toBe(1);
    }
  });

  it('gives the same bytes out of an arena, also where that has no room for them', () => {
    const none = coding.encode(bytesOf(new Float32Array(vectorLength)));
    for (const vectorsMax of [1, 2]) {
      const arena = new VectorArena({ length: vectorLength, vectorsMax });
      const id = arena.allocateFrom(values);
      expect(coding.encodeFrom(arena, id)).toEqual(coded);
      arena.view(id).fill(0);
      expect(coding.encodeFrom(arena, id)).toEqual(none);
      expect(arena.size).toBe(1);
    }
  });

  it('refuses another length, and what was damaged on the way, before anything is decoded', () => {
    const expected = coding.byteLength;
    for (const came of [0, expected - 1, expected + 1, 4 * expected]) {
      const reading = readVector(coding, { vector: new Uint8Array(came), checksum: 0 });
      expect(reading).toEqual({ type: 'length', expected, came });
    }
    const bent = coded.slice();
    bent.set([(bent[5] as number) ^ 1], 5);
    expect(readVector(coding, { vector: bent, checksum })).toEqual({ type: 'damaged' });
  });
});

/** The bytes with a float32 or a byte in another's place. */
function bent(coding: Coding, change: (view: DataView) => void): Uint8Array {
  const coded = new Uint8Array(coding.byteLength);
  const view = new DataView(coded.buffer);
  if (coding === COMMON) coded.set(bytesOf(SCALES));
  expect(readVector(coding, { vector: coded, checksum: null }).type).toBe('vector');
  change(view);
  return coded;
}

describe('bytes that no vector has', () => {
  const head = 4 * TENSORS.length;
  const hostile: readonly (readonly [string, Coding, (view: DataView) => void])[] = [
    ...[Number.NaN, Number.POSITIVE_INFINITY, -1, -(2 ** -20), 2 ** 101, 3e38, 1e-42, 1 + 2 ** -16].flatMap(
      (scale) =>
        [INT8, INT4, COMMON].map((coding) => {
          expect(isScale(scale)).toBe(false);
          return [
            `a scale of ${scale}`,
            coding,
            (view: DataView) => view.setFloat32(4, scale, true),
          ] as const;
        }),
    ),
    ['another scale than that of the lease', COMMON, (view) => view.setFloat32(0, 0.25, true)],
    ['a whole number of −128', INT8, (view) => view.setUint8(head + 3, 0x80)],
    [
      'a whole number of −128 in the last tensor',
      COMMON,
      (view) => view.setUint8(head + trainableLength - 1, 0x80),
    ],
    ['a whole number of −8', INT4, (view) => view.setUint8(head + 1, 0x08)],
    ['another of −8', INT4, (view) => view.setUint8(head + 1, 0x80)],
    // The first tensor has 15 elements in 8 bytes.
    ['something in half a byte that stands for nothing', INT4, (view) => view.setUint8(head + 7, 0x10)],
  ];

  it.each(hostile)('%s is refused', (_what, coding, change) => {
    const vector = bent(coding, change);
    const foreign = { type: 'foreign', coding: coding.name };
    expect(readVector(coding, { vector, checksum: null })).toEqual(foreign);
    for (const vectorsMax of [1, 2]) {
      const arena = new VectorArena({ length: vectorLength, vectorsMax });
      expect(readVectorInto(coding, { vector, checksum: null }, arena, arena.allocate())).toEqual(foreign);
      expect(arena.size).toBe(1);
    }
  });
});

it('changes are added one after another, and what is not rounded takes the place of what was there', () => {
  const { down } = codings({ coding: { down: 'int4' } });
  if (down === null) throw new Error('Nothing goes down rounded.');
  const [first, second] = [vectorFor(7), vectorFor(7).map((value) => -value)];
  const held = new Float32Array(vectorLength).fill(0.1);
  const expected = held.map((value, i) =>
    i < trainableLength ? Math.fround(Math.fround(value + first[i]!) + second[i]!) : second[i]!,
  );
  const changes = [first, second].map((change) => down.encode(bytesOf(change)));
  const both = new Uint8Array(2 * down.byteLength);
  changes.forEach((change, i) => void both.set(change, i * down.byteLength));
  const before = held.slice();
  const changed = down.changed(bytesOf(held), both);
  expect(changed === null ? null : floatsOf(changed)).toEqual(expected);
  expect(held).toEqual(before);
  // The first one is wrong, whatever follows.
  new DataView(both.buffer).setFloat32(0, -1, true);
  expect(down.changed(bytesOf(held), both)).toBeNull();
});

it('codes a model of so few elements that their scales are longer than they are', () => {
  const model = compileModel({ input: [1], layers: [{ type: 'dense', units: 1 }], loss: 'mse' });
  const spec = { model: model.spec, data: { source: 'idx' }, coding: { up: 'int4' }, ...LOCAL };
  const coding = new Codings(resolveRunSpec({ ...spec, batch: 8, microbatch: 2 }), model).up(null);
  const values = Float32Array.of(-7, 14);
  const arena = new VectorArena({ length: 2 });
  const id = arena.allocateFrom(values);
  const coded = coding.encode(bytesOf(values));
  expect(coded.length).toBeGreaterThan(8);
  expect(coding.encodeFrom(arena, id)).toEqual(coded);
  arena.view(id).fill(0);
  expect(coding.decodeInto(coded, arena, id)).toBe(true);
  expect(arena.view(id)).toEqual(values);
  expect(coding.decode(coded)).toEqual(bytesOf(values));
});

it('takes about a quarter, and about an eighth, of the bytes', () => {
  const { length } = TENSORS;
  const running = vectorLength - trainableLength;
  expect(INT8.byteLength).toBe(4 * length + trainableLength + 4 * running);
  expect(INT4.byteLength).toBe(
    4 * length + TENSORS.reduce((sum, tensor) => sum + Math.ceil(tensor.length / 2), 0) + 4 * running,
  );
});
