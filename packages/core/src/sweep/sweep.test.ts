/** What a sweep's trials are, how they are ranked, and what is said of one that cannot be. */
import { describe, expect, it } from 'vitest';
import { mergeRunSpec } from '../spec/overrides.ts';
import { findPreset } from '../spec/presets/presets.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { SpecError } from '../spec/specError.ts';
import type { EpochRecord } from '../watch/records.ts';
import { resolveSweep } from './resolveSweep.ts';
import { rungsOf, standingOf, type TrialRecord } from './standing.ts';
import { trialsOf, valuesText } from './trials.ts';

const specOf = (base: string | object): RunSpec =>
  typeof base === 'string'
    ? findPreset(base)
    : mergeRunSpec(findPreset('mnist-mlp'), base as object as never);

const resolve = (fields: object) =>
  resolveSweep(
    { name: 'rates', base: 'mnist-mlp', vary: { 'optimizer.lr': [0.1, 0.01] }, ...fields },
    specOf,
  );

const valuesOf = (fields: object): string[] =>
  trialsOf(resolve(fields)).map(({ values }) => valuesText(values));

describe('trials', () => {
  it('of a grid are every combination, the last field changing fastest', () => {
    const vary = { 'optimizer.lr': [0.1, 0.01], batch: [32, 64] };
    expect(valuesOf({ vary })).toEqual([
      'optimizer.lr=0.1 batch=32',
      'optimizer.lr=0.1 batch=64',
      'optimizer.lr=0.01 batch=32',
      'optimizer.lr=0.01 batch=64',
    ]);
    const [first] = trialsOf(resolve({ vary }));
    // A smaller batch brings the microbatch down with it.
    expect(first?.spec).toMatchObject({ batch: 32, microbatch: 32, optimizer: { lr: 0.1 } });
  });

  it('set the tag that decides on fields first, whatever their order', () => {
    const vary = { 'optimizer.momentum': [0.5], 'optimizer.type': ['momentum'] };
    expect(trialsOf(resolve({ vary }))[0]?.spec.optimizer).toMatchObject({ type: 'momentum', momentum: 0.5 });
  });

  it('that are drawn follow from the seed alone, differ from each other and keep to their ranges', () => {
    const vary = {
      'optimizer.lr': { from: 0.0001, to: 0.1, scale: 'log' },
      'regularization.l2': { from: 0, to: 0.5 },
      batch: { from: 16, to: 20, whole: true },
      'optimizer.type': ['adam', 'adamw'],
    };
    const drawn = (seed: number) =>
      trialsOf(resolve({ vary, search: { type: 'random', trials: 200, seed } }));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    const texts = drawn(1).map(({ values }) => valuesText(values));
    expect(new Set(texts).size).toBe(200);
    // More trials begin with the same ones.
    const fewer = trialsOf(resolve({ vary, search: { type: 'random', trials: 20, seed: 1 } }));
    expect(fewer.map(({ values }) => valuesText(values))).toEqual(texts.slice(0, 20));
    const column = (path: string): number[] => drawn(1).map(({ values }) => values[path] as number);
    const rates = column('optimizer.lr');
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.0001);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.1);
    // Of three decades each has its third.
    expect(rates.filter((rate) => rate < 0.001).length).toBeGreaterThan(40);
    expect(rates.filter((rate) => rate > 0.01).length).toBeGreaterThan(40);
    expect([...new Set(column('batch'))].sort((a, b) => a - b)).toEqual([16, 17, 18, 19, 20]);
  });

  it('draw all combinations where as many are asked for', () => {
    const vary = { batch: [16, 32], epochs: { from: 1, to: 3, whole: true } };
    expect(new Set(valuesOf({ vary, search: { type: 'random', trials: 6 } })).size).toBe(6);
  });
});

describe('what cannot be a sweep', () => {
  const problem = (fields: object): string => {
    try {
      trialsOf(resolve(fields));
    } catch (error) {
      if (error instanceof SpecError) return error.message;
      throw error;
    }
    return '';
  };
  const random = (trials: number) => ({ search: { type: 'random', trials } });

  it.each([
    [{ vry: {} }, /^sweep\.vry is not a field of sweep: did you mean "vary"\?/],
    [{ name: 'My sweep' }, /^sweep\.name must be small letters/],
    [{ vary: {} }, /^sweep\.vary is empty/],
    [{ vary: { batch: [] } }, /^sweep\.vary has no value for batch/],
    [{ vary: { batch: 3 } }, /^sweep\.vary must have a list of values for batch.*not 3\.$/],
    [{ vary: { batch: [3, 3] } }, /^sweep\.vary lists 3 for batch twice/],
    [{ vary: { btch: [3] } }, /^trial 1 \(btch=3\): btch is not a field of a run spec: did you mean "batch"/],
    [{ vary: { batch: [3, -1] } }, /^trial 2 \(batch=-1\): batch must be a whole number from 1/],
    [{ vary: { batch: { from: 3, to: 2 } } }, /^The range of batch must begin below its end/],
    [{ vary: { batch: { from: 3 } } }, /^vary batch: to is missing/],
    [{ vary: { 'optimizer.lr': { from: 0, to: 1, scale: 'log' } } }, /must begin above 0/],
    [{ vary: { batch: { from: 1.5, to: 3, whole: true } } }, /must be some, not 1\.5 and 3\.$/],
    [{ vary: { batch: { from: 1, to: 3 } } }, /^sweep\.vary has a range for batch, of which/],
    [
      { vary: { seed: Array.from({ length: 1001 }, (_, i) => i) } },
      /^The sweep has 1001 trials, more than the 1000/,
    ],
    [random(9), /^sweep\.search\.trials is 9, but the values make only 2 different trials/],
    [random(1001), /^sweep\.search\.trials must be a whole number from 1 to 1000, not 1001\.$/],
    [{ search: { type: 'bayes' } }, /^sweep\.search\.type cannot be "bayes"/],
    [{ search: { type: 'successiveHalving', minEpochs: 9, maxEpochs: 3 } }, /^sweep\.search\.minEpochs is 9/],
    [{ search: { type: 'successiveHalving' }, vary: { epochs: [1, 2] } }, /^sweep\.vary names epochs/],
    [{ objective: { metric: 'testAccuracy' } }, /^sweep\.objective\.metric cannot be "testAccuracy"/],
    [{ base: { data: { source: 'mnist', validation: 0 }, earlyStopping: null } }, /no validation set/],
    [{ base: 'mlp-xor' }, /no validation set/],
    [{ base: 7 }, /^sweep\.base must be an object with the fields preset, not 7\.$|^sweep\.base must be/],
  ])('%j', (fields, message) => {
    expect(problem(fields)).toMatch(message);
  });
});

const epochs = (...losses: number[]): EpochRecord[] =>
  losses.map(
    (validationLoss, index) => ({ epoch: index + 1, validationLoss, improved: false }) as EpochRecord,
  );

const record = (losses: readonly number[], more: Partial<TrialRecord> = {}): TrialRecord => ({
  ...{ epochs: epochs(...losses), hasEnded: false, isLeft: false, restoresBest: false },
  ...more,
});

describe('standing', () => {
  const ended = { hasEnded: true };
  const grid = resolve({ vary: { seed: [1, 2, 3] } });

  it('trains trials in their order and ranks them by the goal, equal ones by number, those without a figure last', () => {
    expect(standingOf(grid, [record([], {}), record([]), record([])]).next).toEqual({
      trial: 0,
      untilEpoch: null,
    });
    const records = [record([3, 2], ended), record([1], ended), record([9, Number.NaN], ended)];
    expect(standingOf(grid, records)).toMatchObject({ next: null, values: [2, 1, null], ranking: [1, 0, 2] });
    const most = resolve({ vary: { seed: [1, 2, 3] }, objective: { metric: 'validationLoss', goal: 'max' } });
    expect(standingOf(most, [record([1], ended), record([2], ended), record([2], ended)]).ranking).toEqual([
      1, 2, 0,
    ]);
  });

  it('takes the figure of the best epoch where that is delivered', () => {
    const records = [{ ...record([3, 1, 5], ended), restoresBest: true }];
    const improved = records.map((one) => ({
      ...one,
      epochs: one.epochs.map((epoch) => ({ ...epoch, improved: epoch.epoch < 3 })),
    }));
    expect(standingOf(resolve({ vary: { seed: [1] } }), improved).values).toEqual([1]);
  });

  it('halves: all for a little, the best of them longer, whatever was trained beyond a rung', () => {
    const search = { type: 'successiveHalving', eta: 2, minEpochs: 1, maxEpochs: 4 };
    const halving = resolve({ vary: { seed: [1, 2, 3, 4] }, search });
    expect(halving.base.epochs).toBe(4);
    expect(rungsOf(halving, 4)).toEqual([
      { epochs: 1, survivors: 2 },
      { epochs: 2, survivors: 1 },
      { epochs: null, survivors: 1 },
    ]);
    const first = [record([4]), record([2]), record([3, 0]), record([])];
    expect(standingOf(halving, first).next).toEqual({ trial: 3, untilEpoch: 1 });
    // That the third was trained on for an epoch before its stop makes it no better.
    const second = [record([4]), record([2]), record([3, 0]), record([5])];
    expect(standingOf(halving, second)).toMatchObject({
      next: { trial: 1, untilEpoch: 2 },
      values: [4, 2, 0, 5],
      rungs: [0, 1, 1, 0],
    });
    const third = [record([4]), record([2, 1]), record([3, 0]), record([5])];
    expect(standingOf(halving, third)).toMatchObject({
      next: { trial: 2, untilEpoch: null },
      ranking: [2, 1, 0, 3],
    });
    const done = [record([4]), record([2, 1]), record([3, 0, 0, 9], ended), record([5])];
    expect(standingOf(halving, done)).toMatchObject({
      next: null,
      ranking: [2, 1, 0, 3],
      values: [4, 1, 9, 5],
    });
  });

  it('goes by what is left where a trial was stopped by somebody or has diverged', () => {
    const search = { type: 'successiveHalving', eta: 2, minEpochs: 1, maxEpochs: 2 };
    const halving = resolve({ vary: { seed: [1, 2] }, search });
    const records = [record([], { isLeft: true }), record([2])];
    expect(standingOf(halving, records)).toMatchObject({ next: { trial: 1, untilEpoch: null } });
    const none = [record([], { hasEnded: true }), record([], { isLeft: true })];
    expect(standingOf(halving, none)).toMatchObject({ next: null, values: [null, null] });
  });
});
