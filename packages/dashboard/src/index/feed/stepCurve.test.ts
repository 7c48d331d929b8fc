import type { StepColumns } from '@shoal/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StepCurve } from './stepCurve.ts';

/** Points whose loss tells which message they came in. */
const columns = (steps: readonly number[], mark = 0): StepColumns => ({
  globalStep: steps,
  loss: steps.map((step) => step + mark),
  learningRate: steps.map(() => 0.1),
  gradientNorm: steps.map(() => 1),
  samplesPerSecond: steps.map(() => 100),
});

describe('StepCurve', () => {
  it('appends what is newer', () => {
    const curve = new StepCurve();
    curve.merge(columns([1, 2]));
    curve.merge(columns([3]));
    expect(curve.columns).toEqual(columns([1, 2, 3]));
    expect(curve.newest).toBe(3);
  });

  it('has each step once and the newest message for it, whatever overlaps', () => {
    const message = fc
      .uniqueArray(fc.integer({ min: 1, max: 60 }))
      .map((steps) => steps.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        const curve = new StepCurve();
        const expected = new Map<number, number>();
        messages.forEach((steps, index) => {
          curve.merge(columns(steps, index * 1000));
          for (const step of steps) expected.set(step, step + index * 1000);
        });
        const sorted = [...expected].sort(([a], [b]) => a - b);
        expect(curve.columns.globalStep).toEqual(sorted.map(([step]) => step));
        expect(curve.columns.loss).toEqual(sorted.map(([, loss]) => loss));
      }),
    );
  });

  it('gives a new object for every change, and the same one for none', () => {
    const curve = new StepCurve();
    curve.merge(columns([1]));
    const first = curve.columns;
    curve.merge(columns([]));
    curve.dropAfter(1);
    expect(curve.columns).toBe(first);
    curve.merge(columns([2]));
    expect(curve.columns).not.toBe(first);
  });

  it('forgets what lies after the step of a checkpoint', () => {
    const curve = new StepCurve();
    curve.merge(columns([1, 2, 3, 4]));
    curve.dropAfter(2);
    expect(curve.columns).toEqual(columns([1, 2]));
  });

  it('keeps every second point once there are too many, and always the newest', () => {
    const curve = new StepCurve({ pointsMax: 4 });
    curve.merge(columns([1, 2, 3, 4, 5]));
    expect(curve.columns.globalStep).toEqual([1, 3, 5]);
    curve.merge(columns([6, 7]));
    expect(curve.columns.globalStep).toEqual([1, 5, 7]);
  });
});
