import { describe, expect, test } from 'vitest';
import { compileModel } from '../nn/compile.ts';
import type { Model } from '../nn/model.ts';
import { VectorArena } from '../vectors/arena.ts';
import { StepUpdater, type StepUpdaterOptions } from './stepUpdater.ts';

const DENSE: Model = compileModel({
  input: [3],
  layers: [{ type: 'dense', units: 4 }, { type: 'relu' }, { type: 'dense', units: 2 }],
  loss: 'cross_entropy',
});
const NORMED: Model = compileModel({
  input: [2],
  layers: [
    { type: 'dense', units: 3 },
    { type: 'batch_norm', momentum: 0.25 },
    { type: 'dense', units: 2 },
  ],
  loss: 'cross_entropy',
});

const ramp = (length: number, from: number, by: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => from + by * i);

function setUp(model: Model, options: Partial<StepUpdaterOptions> = {}) {
  const arena = new VectorArena({ length: model.vectorLength });
  const updater = new StepUpdater({
    model,
    arena,
    parameters: ramp(model.vectorLength, -0.4, 0.05),
    optimizer: { type: 'sgd', lr: 1, weightDecay: 0 },
    schedule: { type: 'constant', warmup: 0 },
    clip: { value: null, norm: null },
    regularization: { l1: 0, l2: 0 },
    sumOf: 'gradients',
    totalSteps: 10,
    ...options,
  });
  return { arena, updater, parameters: () => arena.view(updater.parameters).slice() };
}

describe('StepUpdater', () => {
  test('divides the sum by the number of samples and follows the schedule', () => {
    const { arena, updater, parameters } = setUp(DENSE, {
      schedule: { type: 'inverse_sqrt', unit: 'step', warmup: 0 },
    });
    const before = parameters();
    const gradient = arena.allocateFilled(3);
    const report = updater.apply(gradient, 3, 3, 0);
    expect(report.finite).toBe(true);
    expect(report.learningRate).toBe(0.5);
    const mean = Math.fround(3 * Math.fround(1 / 3));
    expect(parameters()).toEqual(before.map((p) => p - Math.fround(0.5 * mean)));
  });

  test('of changes applies the mean, with the momentum of the optimizer, and adds those of running values', () => {
    const { arena, updater, parameters } = setUp(NORMED, {
      sumOf: 'changes',
      optimizer: { type: 'momentum', lr: 0.5, momentum: 0.5, weightDecay: 0 },
    });
    const before = parameters();
    const { trainableLength } = NORMED;
    // Two replicas, which changed everything by 1 and by 3.
    expect(updater.apply(arena.allocateFilled(4), 2, 0, 0)).toMatchObject({
      finite: true,
      learningRate: 0.5,
    });
    const once = parameters();
    once.forEach((value, i) => {
      expect(value - before[i]!).toBeCloseTo(i < trainableLength ? 0.5 * 2 : 2, 5);
    });
    updater.apply(arena.allocateFilled(4), 2, 1, 0);
    parameters().forEach((value, i) => {
      expect(value - once[i]!).toBeCloseTo(i < trainableLength ? 0.5 * (0.5 * 2 + 2) : 2, 5);
    });
  });

  test('begins anew from other parameters as if nothing had been', () => {
    const moving = {
      optimizer: { type: 'adam', lr: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 },
    } as const;
    const [used, fresh] = [setUp(NORMED, moving), setUp(NORMED, moving)];
    const from = fresh.parameters();
    used.updater.apply(used.arena.allocateFilled(3), 2, 0, 0);
    used.updater.begin(from);
    for (const { arena, updater } of [used, fresh]) updater.apply(arena.allocateFilled(-1), 2, 1, 0);
    expect(used.parameters()).toEqual(fresh.parameters());
    expect(used.updater.exportState()).toEqual(fresh.updater.exportState());
  });

  test('reports the norm of each layer and of the whole, before clipping', () => {
    const { arena, updater } = setUp(DENSE, { clip: { value: 0.5, norm: 0.1 } });
    const report = updater.apply(arena.allocateFilled(8), 4, 0, 0);
    expect(report.layerNorms.map(({ layer }) => layer)).toEqual(
      DENSE.layers.filter((l) => l.type === 'dense').map((l) => l.name),
    );
    expect(report.layerNorms.map(({ norm }) => norm)).toEqual([2 * Math.sqrt(16), 2 * Math.sqrt(10)]);
    expect(report.gradientNorm).toBeCloseTo(2 * Math.sqrt(26), 12);
  });

  test('moves no frozen element, and looks at none for norms and clipping', () => {
    const [dense] = DENSE.layers;
    const frozen = dense?.type === 'dense' ? dense.weight.length + (dense.bias?.length ?? 0) : 0;
    expect(frozen).toBe(16);
    const { arena, updater, parameters } = setUp(DENSE, {
      optimizer: { type: 'momentum', lr: 0.5, momentum: 0.9, weightDecay: 0.1 },
      clip: { value: null, norm: 1 },
      regularization: { l1: 0.1, l2: 0.1 },
      frozen,
    });
    const before = parameters();
    const copy = arena.allocateFilled(0);
    const gradient = arena.allocateFrom(ramp(DENSE.vectorLength, 1, 0));
    // What is frozen may be infinite: nobody looks at it.
    arena.view(gradient)[3] = Number.POSITIVE_INFINITY;
    const report = updater.apply(gradient, 1, 0, 0, copy);
    expect(report.finite).toBe(true);
    expect(report.layerNorms[0]?.norm).toBe(0);
    expect(report.gradientNorm).toBe(report.layerNorms[1]?.norm);
    const after = parameters();
    expect(after.slice(0, frozen)).toEqual(before.slice(0, frozen));
    after.slice(frozen).forEach((value, i) => {
      expect(value).not.toBe(before[frozen + i]);
    });
    arena.elementwise.finish();
    expect(arena.view(copy)).toEqual(after);
    expect(updater.exportState().vectors[0]?.values.slice(0, frozen)).toEqual(new Float32Array(frozen));
  });

  test('of what is not frozen makes what it makes where nothing is', () => {
    const optimizer = {
      type: 'adam',
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      weightDecay: 0.1,
    } as const;
    const [whole, part] = [setUp(DENSE, { optimizer }), setUp(DENSE, { optimizer, frozen: 16 })];
    for (const { arena, updater } of [whole, part]) {
      for (let step = 0; step < 3; step += 1) {
        updater.apply(arena.allocateFrom(ramp(DENSE.vectorLength, -1, 0.1)), 4, step, 0);
      }
    }
    expect(part.parameters().slice(16)).toEqual(whole.parameters().slice(16));
    expect(part.parameters().slice(0, 16)).not.toEqual(whole.parameters().slice(0, 16));
  });

  test('clips by value first and by the norm of what is left', () => {
    const { arena, updater, parameters } = setUp(DENSE, { clip: { value: 0.5, norm: 1 } });
    const before = parameters();
    updater.apply(arena.allocateFilled(8), 1, 0, 0);
    const expected = 1 / Math.sqrt(26);
    for (const [i, p] of parameters().entries()) expect(before[i]! - p).toBeCloseTo(expected, 6);
  });

  test('a norm within the bound is left as it is', () => {
    const { arena, updater, parameters } = setUp(DENSE, { clip: { value: null, norm: 100 } });
    const before = parameters();
    updater.apply(arena.allocateFilled(8), 4, 0, 0);
    expect(parameters()).toEqual(before.map((p) => p - 2));
  });

  test('adds L1 and L2 terms to weights and to nothing else', () => {
    const { arena, updater, parameters } = setUp(DENSE, { regularization: { l1: 0.01, l2: 0.1 } });
    const before = parameters();
    updater.apply(arena.allocateFilled(0), 1, 0, 0);
    const after = parameters();
    for (const { role, offset, length } of DENSE.tensors) {
      for (let i = offset; i < offset + length; i += 1) {
        const w = before[i]!;
        const term = role === 'weight' ? 0.01 * Math.sign(w) + 0.2 * w : 0;
        expect(after[i]).toBeCloseTo(w - term, 6);
      }
    }
  });

  test('moves running values by the layer’s momentum towards their weighted mean, and not by the optimizer', () => {
    const { arena, updater, parameters } = setUp(NORMED, {
      optimizer: { type: 'adam', lr: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 },
    });
    const before = parameters();
    updater.apply(arena.allocateFilled(10), 5, 0, 0);
    const after = parameters();
    for (let i = NORMED.trainableLength; i < NORMED.vectorLength; i += 1) {
      expect(after[i]).toBeCloseTo(before[i]! + 0.25 * (2 - before[i]!), 6);
    }
    expect(NORMED.vectorLength - NORMED.trainableLength).toBe(6);
  });

  test('touches nothing when a gradient or a fresh running value is not finite', () => {
    for (const place of [0, NORMED.trainableLength - 1, NORMED.vectorLength - 1]) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const { arena, updater, parameters } = setUp(NORMED, {
          optimizer: { type: 'momentum', lr: 1, momentum: 0.9, weightDecay: 0 },
        });
        const before = parameters();
        const gradient = arena.allocateFilled(1);
        arena.view(gradient)[place] = bad;
        expect(updater.apply(gradient, 2, 0, 0).finite).toBe(false);
        expect(parameters()).toEqual(before);
        expect(updater.exportState().vectors[0]?.values.every((v) => v === 0)).toBe(true);
      }
    }
  });

  test('goes on from an exported state to the same bits', () => {
    const options = {
      optimizer: { type: 'adamw', lr: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 },
    } as const;
    const whole = setUp(DENSE, options);
    const second = setUp(DENSE, options);
    const gradient = (t: number) => ramp(DENSE.vectorLength, -1 - t, 0.1 * t + 0.07);
    for (let t = 0; t < 6; t += 1) {
      if (t === 3) {
        const { vectors, scalars } = whole.updater.exportState();
        const wire = JSON.parse(JSON.stringify(scalars)) as Record<string, number>;
        second.updater.importState(whole.parameters(), { vectors: [...vectors].reverse(), scalars: wire });
      }
      whole.updater.apply(whole.arena.allocateFrom(gradient(t)), 7, t, 0);
      if (t >= 3) second.updater.apply(second.arena.allocateFrom(gradient(t)), 7, t, 0);
    }
    expect(second.parameters()).toEqual(whole.parameters());
  });

  test('refuses the state of another optimizer', () => {
    const { updater, parameters } = setUp(DENSE);
    expect(() =>
      updater.importState(parameters(), {
        vectors: [{ name: 'velocity', values: parameters() }],
        scalars: {},
      }),
    ).toThrow(/The optimizer sgd keeps the vectors \[\], but the state has \[velocity\]/);
  });
});
