import { describe, expect, it } from 'vitest';
import { manyLeaves } from './manyLeaves.suite.ts';
import { DEFAULT_SCHEDULING, type RunState, type WorkerState } from './state.ts';
import { initialProgress, startRun, transition } from './transition.ts';

const { takingPartMin } = DEFAULT_SCHEDULING;
const WORKERS = 400;

const FACTS = manyLeaves(2);

/** Workers that answer within a step what they are granted, at a microbatch a millisecond. */
class Class {
  /** Resumed, so that nobody has the parameters. */
  readonly state: RunState = startRun(FACTS, { ...initialProgress(FACTS), version: 5 }).state;
  now = 0;

  constructor(workers: number) {
    for (let worker = 1; worker <= workers; worker += 1) {
      const identity = `identity-${worker}`;
      this.send({
        type: 'joined',
        worker,
        identity,
        name: `w${worker}`,
        threads: 1,
        origin: null,
        belief: 'believed',
      });
    }
    for (let worker = 1; worker <= workers; worker += 1) {
      this.send({ type: 'probed', worker, fault: null, computeMs: 1 });
    }
  }

  send(event: Parameters<typeof transition>[1]): void {
    transition(this.state, event, this.now);
  }

  /** As if the process had been busy for so long with each of a thousand workers. */
  serve(busyMsEach: number): void {
    const { serving } = this.state;
    serving.served = 1000;
    serving.busyMs = 1000 * busyMsEach;
  }

  /** How many take part once the reach is chosen anew, as it is when somebody leaves. */
  takingPart(): number {
    const [last] = [...this.state.workers.keys()].slice(-1);
    this.send({ type: 'left', worker: last as number, reason: 'It is late.' });
    return [...this.state.workers.values()].filter(({ inReach }) => inReach).length;
  }
}

describe('who takes part', () => {
  it('is everyone as long as serving them costs nothing', () => {
    expect(new Class(WORKERS).takingPart()).toBe(WORKERS - 1);
  });

  it('is as many as the coordinator can serve in the time in which they compute', () => {
    const room = new Class(WORKERS);
    room.serve(1);
    // 4,096 microbatches at one a millisecond: √4096 workers compute for 64 ms and are served in as long.
    const many = room.takingPart();
    expect(many).toBeGreaterThanOrEqual(64);
    expect(many).toBeLessThanOrEqual(65);
    room.serve(0.25);
    expect(room.takingPart()).toBeGreaterThanOrEqual(128);
    room.serve(0);
    expect(room.takingPart()).toBe(WORKERS - 3);
  });

  it('does not flap: whoever took part stays until another is faster by far', () => {
    const room = new Class(WORKERS);
    room.serve(1);
    room.takingPart();
    const workers = [...room.state.workers.values()];
    const those = () => workers.filter(({ inReach }) => inReach).map(({ id }) => id);
    const first = those();
    const idle = workers.filter(({ inReach }) => !inReach);
    // They have waited for each other to be served, and somebody else is a little faster.
    for (const worker of workers) if (worker.inReach) worker.overheadMs = 30;
    const [rival] = idle as [WorkerState];
    rival.speed *= 1.1;
    room.takingPart();
    expect(those()).toEqual(first);
    rival.speed *= 2;
    room.takingPart();
    expect(those()).toContain(rival.id);
    expect(those().filter((id) => !first.includes(id))).toEqual([rival.id]);
  });

  it('is always a classful, whatever they cost', () => {
    const room = new Class(WORKERS);
    room.serve(1_000);
    expect(room.takingPart()).toBe(takingPartMin);
    const few = new Class(takingPartMin - 5);
    few.serve(1_000);
    expect(few.takingPart()).toBe(takingPartMin - 6);
  });
});

describe('what serving costs', () => {
  it('is the time for which the process was busy over the workers that were sent parameters', () => {
    const room = new Class(40);
    const { serving, workers } = room.state;
    const { served } = serving;
    expect(served).toBe([...workers.values()].filter(({ held }) => held.length > 0).length);
    expect(served).toBeGreaterThan(0);
    room.now += 50;
    room.send({ type: 'tick', lagMs: 0, busyMs: 20 });
    expect(serving.busyMs).toBe(20);
    expect(serving.served).toBeCloseTo(0.98 * served, 10);
    for (let i = 0; i < 1000; i += 1) {
      room.now += 50;
      room.send({ type: 'tick', lagMs: 0, busyMs: 0 });
    }
    expect(serving.busyMs).toBeLessThan(0.001);
  });
});
