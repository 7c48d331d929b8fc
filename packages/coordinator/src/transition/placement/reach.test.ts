import { describe, expect, it } from 'vitest';
import { DrivenRun, manyLeaves } from '../drivenRun.suite.ts';
import { DEFAULT_SCHEDULING } from '../model/facts.ts';
import type { WorkerState } from '../model/worker.ts';
import { changeWorker } from './load.ts';

const { takingPartMin } = DEFAULT_SCHEDULING;
const WORKERS = 400;

/** Workers that do a microbatch a millisecond. The run is resumed, so that nobody has the parameters. */
function crowd(workers: number): DrivenRun {
  const run = new DrivenRun(manyLeaves(2), { progress: { version: 5 } });
  for (let worker = 1; worker <= workers; worker += 1) run.join(worker, { probeMs: null });
  for (let worker = 1; worker <= workers; worker += 1) {
    run.send({ type: 'probed', worker, fault: null, computeMs: 1 });
  }
  return run;
}

/** As if the process had been busy for so long with each of a thousand workers. */
function serve({ state }: DrivenRun, busyMsEach: number): void {
  Object.assign(state.serving, { served: 1000, busyMs: 1000 * busyMsEach });
}

/** How many take part once the reach is chosen anew, as it is when somebody leaves. */
function takingPart(run: DrivenRun): number {
  const [last] = [...run.state.workers.keys()].slice(-1);
  run.send({ type: 'left', worker: last as number, reason: { type: 'text', text: 'It is late.' } });
  return [...run.state.workers.values()].filter(({ inReach }) => inReach).length;
}

describe('who takes part', () => {
  it('is everyone as long as serving them costs nothing', () => {
    expect(takingPart(crowd(WORKERS))).toBe(WORKERS - 1);
  });

  it('is as many as the coordinator can serve in the time in which they compute', () => {
    const run = crowd(WORKERS);
    serve(run, 1);
    // 4,096 microbatches at one a millisecond: √4096 workers compute for 64 ms and are served in as long.
    const many = takingPart(run);
    expect(many).toBeGreaterThanOrEqual(64);
    expect(many).toBeLessThanOrEqual(65);
    serve(run, 0.25);
    expect(takingPart(run)).toBeGreaterThanOrEqual(128);
    serve(run, 0);
    expect(takingPart(run)).toBe(WORKERS - 3);
  });

  it('does not flap: whoever took part stays until another is faster by far', () => {
    const run = crowd(WORKERS);
    serve(run, 1);
    takingPart(run);
    const workers = [...run.state.workers.values()];
    const those = () => workers.filter(({ inReach }) => inReach).map(({ id }) => id);
    const first = those();
    const idle = workers.filter(({ inReach }) => !inReach);
    // They have waited for each other to be served, and somebody else is a little faster.
    for (const worker of workers) if (worker.inReach) Object.assign(worker, { overheadMs: 30 });
    const [rival] = idle as [WorkerState];
    changeWorker(run.state, rival, { speed: 1.1 * rival.speed });
    takingPart(run);
    expect(those()).toEqual(first);
    changeWorker(run.state, rival, { speed: 2 * rival.speed });
    takingPart(run);
    expect(those()).toContain(rival.id);
    expect(those().filter((id) => !first.includes(id))).toEqual([rival.id]);
  });

  it('is always a classful, whatever they cost', () => {
    const run = crowd(WORKERS);
    serve(run, 1_000);
    expect(takingPart(run)).toBe(takingPartMin);
    const few = crowd(takingPartMin - 5);
    serve(few, 1_000);
    expect(takingPart(few)).toBe(takingPartMin - 6);
  });
});

describe('what serving costs', () => {
  it('is the time for which the process was busy over the workers that were sent parameters', () => {
    const run = crowd(40);
    const { serving, workers } = run.state;
    const { served } = serving;
    expect(served).toBe([...workers.values()].filter(({ held }) => held.length > 0).length);
    expect(served).toBeGreaterThan(0);
    run.later(50, { busyMs: 20 });
    expect(serving.busyMs).toBe(20);
    expect(serving.served).toBeCloseTo(0.98 * served, 10);
    for (let i = 0; i < 1000; i += 1) run.later(50);
    expect(serving.busyMs).toBeLessThan(0.001);
  });
});
