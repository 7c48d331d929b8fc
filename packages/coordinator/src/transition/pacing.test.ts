import { describe, expect, it } from 'vitest';
import type { Effect, GrantEffect } from './effects.ts';
import { manyLeaves } from './manyLeaves.suite.ts';
import { DEFAULT_SCHEDULING, type RunState } from './state.ts';
import { initialProgress, startRun, transition } from './transition.ts';

const WORKERS = 300;
const { laggingMs, leasesOpenMin } = DEFAULT_SCHEDULING;

const FACTS = manyLeaves(1);

class Crowd {
  readonly state: RunState = startRun(FACTS, initialProgress(FACTS)).state;
  readonly grants: GrantEffect[] = [];
  readonly messages: string[] = [];
  now = 0;

  constructor() {
    for (let worker = 1; worker <= WORKERS; worker += 1) {
      this.send({
        type: 'joined',
        worker,
        identity: `identity-${worker}`,
        name: `w${worker}`,
        threads: 1,
        origin: null,
        belief: 'believed',
      });
      this.send({ type: 'probed', worker, fault: null, computeMs: 10 });
    }
    // The first few got everything, as long as they were alone.
    for (const worker of [1, 2, 3]) this.send({ type: 'left', worker, reason: 'It is late.' });
  }

  send(event: Parameters<typeof transition>[1]): void {
    for (const effect of transition(this.state, event, this.now) as Effect[]) {
      if (effect.type === 'grant') this.grants.push(effect);
      if (effect.type === 'log') this.messages.push(effect.message);
    }
  }

  tick(lagMs: number, times = 1): void {
    for (let i = 0; i < times; i += 1) {
      this.now += 50;
      this.send({ type: 'tick', lagMs, busyMs: 0 });
    }
  }

  /** The oldest lease is given back, and whatever may be granted then is. */
  giveBack(): void {
    const [lease] = this.state.leases.values();
    if (lease === undefined) throw new Error('No lease is open.');
    this.send({
      type: 'failed',
      worker: lease.worker,
      lease: lease.id,
      code: 'missingSamples',
      message: 'again',
    });
  }
}

describe('a coordinator that falls behind', () => {
  it('grants fewer leases at a time the longer it lasts, says so once, and never fewer than the minimum', () => {
    const crowd = new Crowd();
    const before = crowd.state.leases.size;
    expect(before).toBeGreaterThan(WORKERS / 2);
    crowd.messages.length = 0;
    crowd.tick(laggingMs + 300);
    const lowered = crowd.state.leasesOpenMax;
    expect(lowered).toBe(Math.floor(before * 0.7));
    while (crowd.state.leases.size > lowered) {
      const open = crowd.state.leases.size;
      crowd.giveBack();
      expect(crowd.state.leases.size).toBe(open - 1);
    }
    crowd.giveBack();
    expect(crowd.state.leases.size).toBe(lowered);
    for (let round = 0; round < 30; round += 1) {
      crowd.tick(laggingMs + 300, 11);
      while (crowd.state.leases.size > Math.max(leasesOpenMin, crowd.state.leasesOpenMax)) crowd.giveBack();
    }
    expect(crowd.state.leasesOpenMax).toBe(leasesOpenMin);
    expect(crowd.messages.filter((message) => message.includes('behind'))).toEqual([
      `The coordinator is ${laggingMs + 300} ms behind: it grants at most ${lowered} leases at a time until it has caught up.`,
    ]);
  });

  it('grants as many as before once its ticks are in time again', () => {
    const crowd = new Crowd();
    crowd.tick(laggingMs + 1);
    expect(crowd.state.leasesOpenMax).toBeLessThan(2 * WORKERS);
    crowd.tick(0, 100);
    expect(crowd.state.leasesOpenMax).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes no notice of being late with no more leases open than the minimum', () => {
    const crowd = new Crowd();
    for (let worker = 9; worker <= WORKERS; worker += 1) {
      crowd.send({ type: 'left', worker, reason: 'It is late.' });
    }
    crowd.tick(5_000);
    expect(crowd.state.leasesOpenMax).toBe(Number.POSITIVE_INFINITY);
  });
});
