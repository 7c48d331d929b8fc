import { describe, expect, it } from 'vitest';
import { DrivenRun, runFacts } from '../drivenRun.suite.ts';
import type { GrantEffect } from '../model/effects.ts';
import { countedPerSecond, helpOf } from './credit.ts';

const MICROBATCH = 4;

/** Of many steps of ten microbatches. */
const newRun = (): DrivenRun => new DrivenRun(runFacts({ epochs: 1_000 }, { train: 400, test: 8 }));

const help = (run: DrivenRun, id: number): string => helpOf(run, run.worker(id));

/** Everything that the worker holds, one after the other, for so many leases. */
function work(run: DrivenRun, worker: number, leases: number, msEach: number): void {
  for (let done = 0; done < leases; done += 1) {
    const [grant] = run.held(worker);
    if (grant === undefined) return;
    run.now += msEach;
    run.answer(grant, { computeMs: msEach });
  }
}

/** How often the worker was told that an answer of its counted. */
const told = (run: DrivenRun, worker: number): number =>
  run.all('counted').filter((effect) => effect.worker === worker).length;

/** Both hold a lease of the first step; the first answers and then takes over what the second has not answered. */
function overtaken(): { readonly run: DrivenRun; readonly lost: GrantEffect } {
  const run = newRun();
  run.join(1, { probeMs: 10 });
  run.join(2, { probeMs: 10 });
  // Whoever came first was granted the first step; of the next both get their share.
  work(run, 1, 2, 10);
  while (run.held(2).length === 0) work(run, 1, 1, 10);
  const [lost] = run.held(2);
  for (let ticks = 0; ticks < 600 && run.state.leases.get(lost!.lease)?.revoked !== true; ticks += 1) {
    work(run, 1, 1, 1);
    run.later(50);
  }
  expect(run.state.leases.get(lost!.lease)?.revoked).toBe(true);
  return { run, lost: lost! };
}

describe('what counts', () => {
  it('is told a worker once, with its first answer, which the probe is not', () => {
    const run = newRun();
    run.join(1, { probeMs: 10 });
    expect(told(run, 1)).toBe(0);
    work(run, 1, 1, 10);
    expect(told(run, 1)).toBe(1);
    work(run, 1, 5, 10);
    expect(told(run, 1)).toBe(1);
    expect(help(run, 1)).toBe('counts');
  });

  it('is told as samples a second over the last ten, from the first second on', () => {
    const run = newRun();
    run.join(1, { probeMs: 10 });
    work(run, 1, 1, 10);
    const { samples } = run.worker(1);
    expect(samples).toBeGreaterThan(0);
    expect(countedPerSecond(run.worker(1), 10)).toBe(samples);
    expect(countedPerSecond(run.worker(1), 2_000)).toBe(samples / 2);
    expect(countedPerSecond(run.worker(1), 9_999)).toBeCloseTo(samples / 10, 1);
    // What was counted in the ten seconds before fades out over the next ten.
    expect(countedPerSecond(run.worker(1), 15_000)).toBeCloseTo(samples / 20, 5);
    expect(countedPerSecond(run.worker(1), 20_000)).toBe(0);
    expect(countedPerSecond(run.worker(1), 1e9)).toBe(0);
  });
});

describe('what came too late', () => {
  it('is laid on the line where computing was the smaller part of the time', () => {
    const { run, lost } = overtaken();
    run.answer(lost, { computeMs: 10 });
    expect(help(run, 2)).toBe('line');
    expect(run.worker(2)).toMatchObject({ samples: 0, credit: { leasesLate: 1, countedAt: null } });
    expect(run.worker(2).credit.samplesLate).toBe((lost.to - lost.from) * MICROBATCH);
    expect(countedPerSecond(run.worker(2), run.now)).toBe(0);
    expect(told(run, 2)).toBe(0);
  });

  it('is laid on the machine where it was the larger', () => {
    const { run, lost } = overtaken();
    run.answer(lost, { computeMs: run.now - 60 });
    expect(help(run, 2)).toBe('machine');
  });

  it('is found out for a lease that its worker was told to stop, too: by how long the probe took', () => {
    const { run, lost } = overtaken();
    run.send({
      type: 'failed',
      worker: 2,
      lease: lost.lease,
      code: 'revoked',
      message: 'Stopped, as told.',
    });
    expect(help(run, 2)).toBe('line');
    expect(run.worker(2).credit.samplesLate).toBe((lost.to - lost.from) * MICROBATCH);
  });

  it('is forgotten with the next answer in time', () => {
    const { run, lost } = overtaken();
    run.answer(lost, { computeMs: 10 });
    expect(help(run, 2)).toBe('line');
    for (let tries = 0; tries < 5_000 && run.worker(2).samples === 0; tries += 1) {
      // Now it is the first that lags.
      if (run.held(2).length > 0) work(run, 2, 1, 1);
      else work(run, 1, 1, 1);
    }
    expect(run.worker(2).samples).toBeGreaterThan(0);
    expect(help(run, 2)).toBe('counts');
    expect(told(run, 2)).toBe(1);
  });
});

describe('an answer that stays away', () => {
  it('is told after ten seconds, be it that of the probe or of a lease, and with the connection it is too late', () => {
    const run = newRun();
    run.join(1, { probeMs: 10 });
    const ada = { identity: 'ada', name: 'ada', probeMs: null };
    run.join(2, ada);
    run.now += 10_000;
    expect(help(run, 2)).toBe('unknown');
    run.now += 1;
    expect(help(run, 2)).toBe('slow');
    run.send({ type: 'left', worker: 2, reason: { type: 'text', text: 'The line broke.' } });
    // What is known of an identity comes back with it.
    run.join(3, ada);
    expect(help(run, 3)).toBe('slow');
    run.send({ type: 'probed', worker: 3, fault: null, computeMs: 10 });
    while (run.held(3).length === 0) work(run, 1, 1, 10);
    const lost = run.held(3).map(({ from, to }) => (to - from) * MICROBATCH);
    run.now += 60_000;
    run.send({ type: 'left', worker: 3, reason: { type: 'text', text: 'The line broke.' } });
    run.join(4, ada);
    expect(help(run, 4)).toBe('line');
    expect(run.worker(4).credit.samplesLate).toBe(lost.reduce((sum, samples) => sum + samples, 0));
  });

  it('of a worker that has counted before is told once that is half a minute ago', () => {
    const run = newRun();
    run.join(1, { probeMs: 10 });
    work(run, 1, 3, 10);
    expect(run.held(1)).not.toEqual([]);
    run.now += 29_000;
    expect(help(run, 1)).toBe('counts');
    run.now += 2_000;
    expect(help(run, 1)).toBe('slow');
  });
});

/** More workers than microbatches: somebody is never asked. */
function crowd(): { readonly run: DrivenRun; readonly idle: number } {
  const run = newRun();
  for (let worker = 1; worker <= 12; worker += 1) run.join(worker, { probeMs: 1 });
  const idle = [...run.state.workers.keys()].find((worker) => run.held(worker).length === 0);
  expect(idle).toBeDefined();
  return { run, idle: idle! };
}

describe('who does nothing', () => {
  it('is told so once it is plain: that nothing is left, or that the operator lets it rest', () => {
    const { run, idle } = crowd();
    expect(help(run, idle)).toBe('unknown');
    run.now = 11_000;
    expect(help(run, idle)).toBe('nothingLeft');
    run.send({ type: 'mode', worker: idle, mode: 'paused' });
    expect(help(run, idle)).toBe('paused');
    run.send({ type: 'pause', reason: { type: 'operatorPaused' } });
    run.send({ type: 'mode', worker: idle, mode: 'working' });
    expect(help(run, idle)).toBe('unknown');
  });

  it('is told of the line where that keeps it out', () => {
    const { run, idle } = crowd();
    run.now = 11_000;
    Object.assign(run.worker(idle), { inReach: false, overheadMs: 400 });
    expect(help(run, idle)).toBe('line');
  });
});
