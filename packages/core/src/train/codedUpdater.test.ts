import { describe, expect, test } from 'vitest';
import { commonBound } from '../coding/kind.ts';
import { compileModel } from '../nn/compile.ts';
import { bytesOf } from '../protocol/bytes.ts';
import { Codings } from '../protocol/coding.ts';
import { RandomStream } from '../random/threefry.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import { VectorArena } from '../vectors/arena.ts';
import { updaterOf } from './codedUpdater.ts';

/** Four microbatches a step; running values behind the trainable tensors. */
const spec = (change: Record<string, unknown>) =>
  resolveRunSpec({
    seed: 9,
    data: { source: 'idx', validation: 0 },
    model: {
      input: [3],
      layers: [{ type: 'dense', units: 5 }, { type: 'batch_norm' }, { type: 'dense', units: 3 }],
      loss: 'cross_entropy',
    },
    batch: 8,
    microbatch: 2,
    optimizer: { type: 'adam', lr: 0.01 },
    ...change,
  });
const MODEL = compileModel(spec({}).model);
const { vectorLength, trainableLength } = MODEL;
const BOTH = { coding: { up: 'int8', down: 'int4' } };

/** The root of a step: sums over 8 samples. */
function root(step: number): Float32Array {
  const stream = new RandomStream([1, 99, 0, step], 0);
  return Float32Array.from({ length: vectorLength }, (_, i) => 4 * (stream.uniform(i) - 0.5));
}

function setUp(change: Record<string, unknown>) {
  const arena = new VectorArena({ length: vectorLength });
  const parameters = Float32Array.from({ length: vectorLength }, (_, i) => 0.1 * i);
  const updater = updaterOf(spec(change), { model: MODEL, arena, parameters, trainCount: 80 });
  const apply = (step: number, sum = root(step)) => {
    const id = arena.allocateFrom(sum);
    const report = updater.apply(id, 8, step, 0);
    arena.free(id);
    return report;
  };
  return { arena, updater, apply, held: () => arena.view(updater.parameters).slice() };
}

describe('parameters that travel rounded', () => {
  test('are what somebody has who adds one coded change after another, to the bit', () => {
    const { arena, updater, apply, held } = setUp(BOTH);
    const { down } = new Codings(spec(BOTH), MODEL);
    if (down === null) throw new Error('Nothing goes down rounded.');
    let elsewhere: Uint8Array | null = bytesOf(held());
    for (let step = 0; step < 12; step += 1) {
      expect(apply(step).finite).toBe(true);
      const coded = down.encodeFrom(arena, updater.change ?? -1);
      elsewhere = elsewhere && down.changed(elsewhere, coded);
      expect(elsewhere).toEqual(bytesOf(held()));
    }
  });

  test('stay as near to the exact ones as one rounding, however many there were', () => {
    const coded = setUp({ coding: { down: 'int8' } });
    const exact = setUp({});
    let most = 0;
    for (let step = 0; step < 60; step += 1) {
      const before = coded.held();
      coded.apply(step);
      exact.apply(step);
      const [now, right] = [coded.held(), exact.held()];
      // Running values are not rounded.
      expect(now.subarray(trainableLength)).toEqual(right.subarray(trainableLength));
      const change = Math.max(...right.map((value, i) => Math.abs(value - (before[i] as number))));
      most = Math.max(...right.map((value, i) => Math.abs(value - (now[i] as number))));
      expect(most).toBeLessThanOrEqual(change / 127 + 1e-6);
    }
    expect(most).toBeGreaterThan(0);
  });

  test('go on from an exported state to the same bits, scales included', () => {
    const first = setUp(BOTH);
    for (let step = 0; step < 5; step += 1) first.apply(step);
    const { vectors, scalars } = first.updater.exportState();
    const state = {
      scalars: JSON.parse(JSON.stringify(scalars)),
      vectors: vectors.map(({ name, values }) => ({ name, values: values.slice() })),
    };
    const second = setUp(BOTH);
    second.apply(3);
    second.updater.importState(first.held(), state);
    for (let step = 5; step < 9; step += 1) {
      expect(second.updater.scales(4)).toEqual(first.updater.scales(4));
      first.apply(step);
      second.apply(step);
      expect(bytesOf(second.held())).toEqual(bytesOf(first.held()));
    }
    // The beginning of a run is a state, too.
    const fresh = setUp(BOTH);
    second.updater.importState(fresh.held(), fresh.updater.exportState());
    expect(second.updater.scales(4)).toBeNull();
  });

  test('refuse a state of another coding, as a sentence', () => {
    const plain = setUp({});
    plain.apply(0);
    const both = setUp(BOTH);
    expect(() => both.updater.importState(plain.held(), plain.updater.exportState())).toThrow(
      /no exact parameters.*resume with the spec/,
    );
    both.apply(0);
    expect(() => plain.updater.importState(both.held(), both.updater.exportState())).toThrow(RangeError);
  });

  test('do not follow what is not finite', () => {
    const { apply, held } = setUp({ ...BOTH, optimizer: { type: 'sgd', lr: 1e30 } });
    const before = held();
    expect(apply(0, root(0).fill(3e38, 0, 4)).finite).toBe(false);
    expect(bytesOf(held())).toEqual(bytesOf(before));
  });
});

describe('scales that all leaves share', () => {
  const tensors = MODEL.tensors.filter(({ offset }) => offset < trainableLength);
  const largest = (values: Float32Array, tensor: number): number => {
    const { offset, length } = tensors[tensor] as (typeof tensors)[number];
    return Math.max(...values.subarray(offset, offset + length).map(Math.abs));
  };

  test('are not known before the first step, and leave head room after it', () => {
    const { updater, apply } = setUp(BOTH);
    expect(updater.scales(4)).toBeNull();
    apply(0);
    const scales = updater.scales(4) as Float32Array;
    expect(scales).toHaveLength(tensors.length);
    scales.forEach((scale, tensor) => {
      // Four times the share of a leaf in the root: as much as if one leaf had all of it.
      expect(scale * commonBound(4)).toBeLessThanOrEqual(largest(root(0), tensor));
      expect(scale * commonBound(4)).toBeGreaterThan(largest(root(0), tensor) * (1 - 2 ** -14));
    });
    // With fewer leaves each may have larger whole numbers.
    const [two, four] = [updater.scales(2), scales];
    expect(two?.every((scale, tensor) => scale < (four[tensor] as number))).toBe(true);
  });

  test('grow at once, and shrink step by step', () => {
    const { updater, apply } = setUp(BOTH);
    apply(0);
    const [before = 0] = updater.scales(4) as Float32Array;
    apply(
      1,
      root(0).map((value) => 100 * value),
    );
    const [grown = 0] = updater.scales(4) as Float32Array;
    expect(grown / before).toBeCloseTo(100, 1);
    apply(2, root(0));
    const [after = 0] = updater.scales(4) as Float32Array;
    expect(after / grown).toBeCloseTo(0.9, 3);
  });

  test('are never 0 for ever: a tensor without a gradient so far takes the largest of the others', () => {
    const { updater, apply } = setUp(BOTH);
    apply(0, root(0).fill(0, 0, tensors[0]?.length));
    const scales = updater.scales(4) as Float32Array;
    expect(scales[0]).toBe(Math.max(...scales));
    expect(scales[0]).toBeGreaterThan(0);
  });

  test('there are none where vectors travel as they are', () => {
    const { updater, apply } = setUp({});
    apply(0);
    expect(updater.scales(4)).toBeNull();
    expect(updater.change).toBeNull();
  });
});
