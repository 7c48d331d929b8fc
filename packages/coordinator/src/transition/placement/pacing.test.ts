import { describe, expect, it } from 'vitest';
import { DrivenRun, manyLeaves } from '../drivenRun.suite.ts';
import { DEFAULT_SCHEDULING } from '../model/facts.ts';

const WORKERS = 300;
const { laggingMs, leasesOpenMin } = DEFAULT_SCHEDULING;
const TICK_MS = 50;

/** Everybody has something to do. */
function crowded(): DrivenRun {
  const run = new DrivenRun(manyLeaves(1));
  for (let worker = 1; worker <= WORKERS; worker += 1) run.join(worker);
  // The first few got everything, as long as they were alone.
  for (const worker of [1, 2, 3])
    run.send({ type: 'left', worker, reason: { type: 'text', text: 'It is late.' } });
  return run;
}

/** The oldest lease is given back, and whatever may be granted then is. */
function giveBack(run: DrivenRun): void {
  const [lease] = run.state.leases.values();
  if (lease === undefined) throw new Error('No lease is open.');
  const { id, worker } = lease;
  run.send({ type: 'failed', worker, lease: id, code: 'missingSamples', message: 'again' });
}

function tick(run: DrivenRun, lagMs: number, times = 1): void {
  for (let i = 0; i < times; i += 1) run.later(TICK_MS, { lagMs });
}

describe('a coordinator that falls behind', () => {
  it('grants fewer leases at a time the longer it lasts, says so once, and never fewer than the minimum', () => {
    const run = crowded();
    const before = run.state.leases.size;
    expect(before).toBeGreaterThan(WORKERS / 2);
    tick(run, laggingMs + 300);
    const lowered = run.state.leasesOpenMax;
    expect(lowered).toBe(Math.floor(before * 0.7));
    while (run.state.leases.size > lowered) {
      const open = run.state.leases.size;
      giveBack(run);
      expect(run.state.leases.size).toBe(open - 1);
    }
    giveBack(run);
    expect(run.state.leases.size).toBe(lowered);
    for (let round = 0; round < 30; round += 1) {
      tick(run, laggingMs + 300, 11);
      while (run.state.leases.size > Math.max(leasesOpenMin, run.state.leasesOpenMax)) giveBack(run);
    }
    expect(run.state.leasesOpenMax).toBe(leasesOpenMin);
    expect(run.messages.filter((message) => message.includes('behind'))).toEqual([
      `The coordinator is ${laggingMs + 300} ms behind: it grants at most ${lowered} leases at a time until it has caught up.`,
    ]);
  });

  it('grants as many as before once its ticks are in time again', () => {
    const run = crowded();
    tick(run, laggingMs + 1);
    expect(run.state.leasesOpenMax).toBeLessThan(2 * WORKERS);
    tick(run, 0, 100);
    expect(run.state.leasesOpenMax).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes no notice of being late with no more leases open than the minimum', () => {
    const run = crowded();
    for (let worker = 9; worker <= WORKERS; worker += 1) {
      run.send({ type: 'left', worker, reason: { type: 'text', text: 'It is late.' } });
    }
    tick(run, 5_000);
    expect(run.state.leasesOpenMax).toBe(Number.POSITIVE_INFINITY);
  });
});
