import { describe, expect, it } from 'vitest';
import { DrivenRun, runFacts } from '../drivenRun.suite.ts';
import type { GrantEffect } from '../model/effects.ts';
import { DEFAULT_SCHEDULING } from '../model/facts.ts';
import { helpOf } from './credit.ts';

/** Rounds of 40 microbatches of 4 samples, two a step; each thread does a microbatch in 100 ms. */
function roundsWith(...workers: readonly number[]): DrivenRun {
  const steps = { type: 'localSteps', replicas: 2, localSteps: 40, outer: { type: 'average' } };
  const run = new DrivenRun(runFacts({ batch: 4, microbatch: 4, steps }, { train: 400 }));
  run.send({ type: 'pause', reason: { type: 'operatorPaused' } });
  // The probe has two microbatches.
  for (const worker of workers) run.join(worker, { probeMs: 200 });
  run.send({ type: 'resume', reason: { type: 'operatorResumed' } });
  return run;
}

const progress = (run: DrivenRun, { worker, lease }: GrantEffect, done: number, computeMs: number): void =>
  run.send({ type: 'progress', worker, lease, done, missing: 0, computeMs });

/** Its data is on the way: so many bytes have not come. */
const missing = (run: DrivenRun, { worker, lease }: GrantEffect, bytes: number): void =>
  run.send({ type: 'progress', worker, lease, done: 0, missing: bytes, computeMs: 0 });

const granted = (run: DrivenRun, worker: number): GrantEffect => {
  const grant = run.grants.find((one) => one.worker === worker);
  if (grant === undefined) throw new Error(`Worker ${worker} holds nothing.`);
  return grant;
};

const LATE = 'is late';
const told = (run: DrivenRun): string[] => run.messages.filter((message) => message.includes(LATE));

describe('a lease that takes long', () => {
  it('is not late while its worker gets on with it, however much longer than expected it takes', () => {
    const run = roundsWith(1, 2);
    const [slow, fast] = [granted(run, 1), granted(run, 2)];
    expect([slow.to - slow.from, slow.expectedMs, fast.expectedMs]).toEqual([1, 4_000, 4_000]);
    // Twice as slow as the probe said: when the other is done, it would take as long for all of it as is left.
    for (let second = 1; second <= 4; second += 1) {
      run.later(1_000);
      progress(run, slow, 20 * second, 1_000 * second);
      progress(run, fast, 40 * second, 1_000 * second);
    }
    run.answer(fast, { computeMs: 4_000 });
    for (let second = 5; second <= 7; second += 1) {
      run.later(1_000);
      progress(run, slow, 20 * second, 1_000 * second);
    }
    expect(told(run)).toEqual([]);
    expect(run.worker(1).stalled).toBe(false);
    run.answer(slow, { computeMs: 8_000 });
    expect(run.state.progress.globalStep).toBe(1);
  });

  it('is given to an idle worker that would be done with all of it sooner', () => {
    const run = roundsWith(1, 2);
    const [slow, fast] = [granted(run, 1), granted(run, 2)];
    run.later(1_000);
    progress(run, slow, 4, 1_000);
    run.later(3_000);
    progress(run, slow, 16, 4_000);
    run.answer(fast, { computeMs: 4_000 });
    run.later(50);
    expect(told(run)).toHaveLength(1);
    const copy = granted(run, 2);
    expect([copy.from, copy.to]).toEqual([slow.from, slow.to]);
    run.answer(copy, { computeMs: 4_000 });
    expect(run.all('revoke')).toEqual([{ type: 'revoke', worker: 1, lease: slow.lease }]);
    expect(run.state.progress.globalStep).toBe(1);
  });

  it('is late once nothing more becomes of it, and its worker counts for nothing', () => {
    const run = roundsWith(1, 2);
    const [halted, fast] = [granted(run, 1), granted(run, 2)];
    run.later(1_000);
    progress(run, halted, 120, 1_000);
    run.answer(fast, { computeMs: 4_000 });
    // It says so again and again, but gets no further.
    for (let ms = 500; ms <= DEFAULT_SCHEDULING.progressSilenceMs; ms += 500) {
      run.later(500);
      progress(run, halted, 120, 1_000 + ms);
    }
    expect(told(run)).toEqual([]);
    run.later(50);
    expect(told(run)).toHaveLength(1);
    run.later(DEFAULT_SCHEDULING.stalledMs);
    expect(run.worker(1).stalled).toBe(true);
    progress(run, halted, 124, 9_000);
    expect(run.worker(1).stalled).toBe(false);
  });

  it('ends no connection while something becomes of it, and ends it when nothing does', () => {
    const run = roundsWith(1);
    const grant = granted(run, 1);
    const { unansweredMs } = DEFAULT_SCHEDULING;
    for (let part = 1; part <= 4; part += 1) {
      run.later(unansweredMs);
      progress(run, grant, part, part * unansweredMs);
    }
    expect(run.all('bye')).toEqual([]);
    run.later(unansweredMs + 1);
    expect(run.all('bye')).toMatchObject([{ worker: 1, code: 'unanswered' }]);
  });

  it.each([
    ['more samples than it has', [161]],
    ['fewer than before', [40, 39]],
  ])('ends the connection of whoever says that it is done with %s', (_, said) => {
    const run = roundsWith(1);
    const grant = granted(run, 1);
    for (const [i, done] of said.entries()) progress(run, grant, done, 1_000 * (i + 1));
    expect(run.all('bye')).toMatchObject([{ worker: 1, code: 'badMessage' }]);
  });

  it('of another worker, or of none, is not spoken for', () => {
    const run = roundsWith(1, 2);
    const grant = granted(run, 1);
    progress(run, { ...grant, worker: 2 }, 100_000, 1);
    progress(run, { ...grant, lease: 4_711 }, 100_000, 1);
    progress(run, { ...grant, worker: 9 }, 100_000, 1);
    expect(run.all('bye')).toEqual([]);
    expect([...run.state.leases.values()].map(({ headway }) => headway)).toEqual([null, null]);
  });
});

describe('a lease whose data is on the way', () => {
  it('is neither late nor unanswered while more of it comes, however slow the line', () => {
    const run = roundsWith(1);
    const grant = granted(run, 1);
    const { unansweredMs } = DEFAULT_SCHEDULING;
    for (let second = 4; second < (2 * unansweredMs) / 1_000; second += 4) {
      run.later(4_000);
      missing(run, grant, 1_000_000 - second);
    }
    expect(told(run)).toEqual([]);
    expect(run.worker(1).stalled).toBe(false);
    expect(run.all('bye')).toEqual([]);
  });

  it('is late once no more of it comes for twice the expected time, and ends the connection where none ever does', () => {
    const run = roundsWith(1, 2);
    const [waiting, fast] = [granted(run, 1), granted(run, 2)];
    run.later(1_000);
    missing(run, waiting, 500);
    for (let second = 2; second <= 4; second += 1) {
      run.later(1_000);
      missing(run, waiting, 500);
      progress(run, fast, 40 * second, 1_000 * second);
    }
    run.answer(fast, { computeMs: 4_000 });
    run.later(4_900);
    expect(told(run)).toEqual([]);
    run.later(200);
    expect(told(run)).toHaveLength(1);
    run.later(DEFAULT_SCHEDULING.unansweredMs);
    expect(run.all('bye')).toMatchObject([{ worker: 1, code: 'unanswered' }]);
  });

  it('is given to an idle worker that would be done with it before the rest has come', () => {
    const run = roundsWith(1, 2);
    const [waiting, fast] = [granted(run, 1), granted(run, 2)];
    for (let second = 1; second <= 4; second += 1) {
      run.later(1_000);
      // A hundred seconds more.
      missing(run, waiting, 104_000 - 1_000 * second);
    }
    run.answer(fast, { computeMs: 4_000 });
    run.later(50);
    expect(told(run)).toHaveLength(1);
  });

  it('is left to its worker where the rest comes soon, and its wait is not taken for what leases take', () => {
    const run = roundsWith(1, 2);
    const [waiting, fast] = [granted(run, 1), granted(run, 2)];
    for (let second = 1; second <= 4; second += 1) {
      run.later(1_000);
      missing(run, waiting, 100_000 - 24_900 * second);
    }
    const { overheadMs, speed } = run.worker(1);
    run.answer(fast, { computeMs: 4_000 });
    run.later(50);
    expect(told(run)).toEqual([]);
    for (let second = 1; second <= 3; second += 1) {
      run.later(1_000);
      progress(run, waiting, 40 * second, 1_000 * second);
    }
    run.later(1_000);
    run.answer(waiting, { computeMs: 4_000 });
    expect(run.worker(1).overheadMs).toBe(overheadMs);
    expect(run.worker(1).speed).toBeCloseTo(speed, 6);
  });

  it.each([
    [
      'that more is missing than before',
      [
        [0, 100],
        [0, 101],
      ],
    ],
    ['that it is done with some and misses some', [[4, 100]]],
  ] as const)('ends the connection of whoever says %s', (_, said) => {
    const run = roundsWith(1);
    const { worker, lease } = granted(run, 1);
    for (const [done, missing] of said) {
      run.send({ type: 'progress', worker, lease, done, missing, computeMs: 0 });
    }
    expect(run.all('bye')).toMatchObject([{ worker: 1, code: 'badMessage' }]);
  });
});

it('a worker whose single round takes longer than a step of the others is told that its machine is too slow', () => {
  const run = roundsWith(1, 2);
  run.join(3, { probeMs: 200 * 20 });
  run.join(4, { probeMs: 200 });
  // Nearly done all the time, so that nobody takes over what they are at.
  for (let second = 1; second <= 11; second += 1) {
    run.later(1_000);
    for (const worker of [1, 2]) progress(run, granted(run, worker), 119 + second, 1_000 * second);
  }
  expect([3, 4].map((worker) => helpOf(run, run.worker(worker)))).toEqual(['machine', 'nothingLeft']);
});
