import { compileModel } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../news/reports.ts';
import { Reporter } from './reporter.ts';

const MODEL = compileModel({ input: [2], layers: [{ type: 'dense', units: 1 }], loss: 'squared_error' });
const STEP = { epoch: 1, step: 1, globalStep: 1, loss: 1, samples: 100, learningRate: 0.1, gradientNorm: 1 };

/** At 0, with a clock that is moved by hand. */
function started() {
  const clock = { now: 0 };
  const reports: RunReport[] = [];
  const reporter = new Reporter({
    ...{
      model: MODEL,
      stepsOf: () => 1,
      clock: () => clock.now,
      emit: (report) => void reports.push(report),
    },
    ...{ bytes: () => 0, blockBytes: () => 0 },
  });
  reporter.start();
  const epoch = (): number => {
    const record = {
      epoch: 1,
      trainLoss: 1,
      trainAccuracy: 1,
      trainErrors: 0,
      validationLoss: null,
      validationAccuracy: null,
    };
    return reporter.epoch({ type: 'epochDone', record: { ...record, improved: false }, layerNorms: [] })
      .seconds;
  };
  return { clock, reporter, epoch };
}

describe('the times of a run', () => {
  it('leave out what came before a step that was held back', () => {
    const { clock, reporter, epoch } = started();
    for (const second of [1, 2, 3]) {
      clock.now = 1_000 * second + 50;
      reporter.step(STEP, 1_000 * second);
    }
    expect(reporter.totals()).toEqual({ seconds: 3.05, samplesPerSecond: 2_000 });
    expect(reporter.outlook(10).remainingSeconds).toBeCloseTo(0.5);
    expect(epoch()).toBeCloseTo(0.15);
  });

  it('leave out a pause, whether it goes through one step or lies between two', () => {
    const { clock, reporter, epoch } = started();
    clock.now = 20;
    reporter.paused();
    clock.now = 520;
    reporter.resumed();
    clock.now = 550;
    // Begun before the pause, and 50 ms at work.
    reporter.step(STEP, 0);
    reporter.paused();
    clock.now = 1_550;
    reporter.resumed();
    clock.now = 1_600;
    reporter.step(STEP, 1_550);
    expect(reporter.totals().samplesPerSecond).toBe(2_000);
    expect(epoch()).toBeCloseTo(0.1);
  });

  it('count single steps within a pause, and the wait between them not', () => {
    const { clock, reporter, epoch } = started();
    reporter.paused();
    for (const begun of [500, 900]) {
      clock.now = begun + 50;
      reporter.step(STEP, begun);
    }
    clock.now = 2_000;
    reporter.resumed();
    clock.now = 2_050;
    reporter.step(STEP, 2_000);
    expect(reporter.totals().samplesPerSecond).toBe(2_000);
    expect(epoch()).toBeCloseTo(0.15);
  });
});
