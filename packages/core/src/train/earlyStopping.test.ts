import { describe, expect, test } from 'vitest';
import type { EarlyStoppingSpec } from '../spec/runSpec.ts';
import { sentence } from '../words/sentence.ts';
import { type EpochMetrics, initialEarlyStopping, observeEpoch } from './earlyStopping.ts';

const SPEC: EarlyStoppingSpec = {
  metric: 'validationLoss',
  patience: 3,
  minimumImprovement: 0.0005,
  restoreBest: true,
  target: null,
};

/** Decisions for a sequence of values of the spec's metric, until it stops; the state goes through JSON each time. */
function watch(spec: EarlyStoppingSpec, values: readonly number[]) {
  const decisions = [];
  let state = initialEarlyStopping(spec);
  for (const [index, value] of values.entries()) {
    const metrics: EpochMetrics = {
      epoch: index + 1,
      trainLoss: 1,
      trainErrors: 1,
      validationLoss: 1,
      validationAccuracy: 1,
      [spec.metric]: value,
    };
    const decision = observeEpoch(state, spec, metrics);
    decisions.push(decision);
    if (decision.stop) break;
    state = JSON.parse(JSON.stringify(decision.state));
  }
  return decisions;
}

describe('early stopping', () => {
  test('stops after the epochs of patience and names the best', () => {
    const decisions = watch(SPEC, [0.5, 0.3, 0.2, 0.15, 0.1, 0.0712, 0.0711, 0.09, 0.0709, 0.01]);
    expect(decisions.map(({ improved }) => improved)).toEqual([
      ...[true, true, true, true, true, true],
      ...[false, false, false],
    ]);
    const seen = { metric: 'validationLoss', minimumImprovement: 0.0005, best: { epoch: 6, value: 0.0712 } };
    expect(decisions.at(-1)?.reason).toEqual({ type: 'patienceOver', ...seen, epoch: 9, waited: 3 });
    expect(decisions.at(-2)?.reason).toEqual({
      type: 'notImproved',
      ...seen,
      epoch: 8,
      waited: 2,
      patience: 3,
    });
    expect(decisions.slice(-2).map(({ reason }) => sentence(reason, 'en'))).toEqual([
      'Goes on after epoch 8: validation loss has not improved by 0.0005 for 2 epochs of 3; best was epoch 6 with 0.0712.',
      'Stops after epoch 9: validation loss has not improved by 0.0005 for 3 epochs; best was epoch 6 with 0.0712.',
    ]);
  });

  test('an improvement starts the count again', () => {
    const decisions = watch({ ...SPEC, patience: 2 }, [1, 2, 0.5, 2, 0.4, 2, 2, 0.1]);
    expect(decisions.length).toBe(7);
    expect(decisions.at(-1)?.state).toMatchObject({ best: 0.4, bestEpoch: 5 });
  });

  test('accuracy is better when higher', () => {
    const decisions = watch({ ...SPEC, metric: 'validationAccuracy', patience: 1 }, [0.9, 0.95, 0.94]);
    expect(decisions.map(({ improved, stop }) => [improved, stop])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
  });

  test('an equal value is no improvement even when the smallest improvement is 0, and one fewer error counts as one', () => {
    const errors = { ...SPEC, metric: 'trainErrors', patience: 1 } as const;
    expect(watch({ ...errors, minimumImprovement: 0 }, [3, 3]).at(-1)?.stop).toBe(true);
    expect(watch({ ...errors, minimumImprovement: 1 }, [3, 2]).at(-1)?.improved).toBe(true);
  });

  test('stops at once at the target', () => {
    const decisions = watch({ ...SPEC, metric: 'trainErrors', target: 0 }, [2, 1, 0, 0]);
    expect(decisions.length).toBe(3);
    expect(decisions.at(-1)).toMatchObject({
      improved: true,
      stop: true,
      reason: { type: 'targetReached', epoch: 3, metric: 'trainErrors', value: 0, target: 0 },
    });
    const accuracy = { ...SPEC, metric: 'validationAccuracy', target: 0.9 } as const;
    expect(watch(accuracy, [0.5, 0.91]).at(-1)?.stop).toBe(true);
  });

  test('a value that is not a number never counts as improved', () => {
    const decisions = watch({ ...SPEC, patience: 2, target: 0.1 }, [Number.NaN, Number.POSITIVE_INFINITY]);
    expect(decisions.at(-1)?.reason).toMatchObject({ type: 'patienceOver', waited: 2, best: null });
    expect(watch(SPEC, [Number.NaN, 0.5]).at(-1)?.improved).toBe(true);
  });

  test('says so when there is no validation set to watch', () => {
    const metrics = {
      epoch: 0,
      trainLoss: 1,
      trainErrors: 1,
      validationLoss: null,
      validationAccuracy: null,
    };
    expect(() => observeEpoch(initialEarlyStopping(SPEC), SPEC, metrics)).toThrow(
      /there is no validation set/,
    );
  });
});
