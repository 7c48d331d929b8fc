import { findPreset, nodesOfRange, resolveRunSpec } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { countedPerSecond, helpOf } from './credit.ts';
import type { Effect, GrantEffect } from './effects.ts';
import { DEFAULT_SCHEDULING, type RunState, type WorkerState } from './state.ts';
import { initialProgress, startRun, transition } from './transition.ts';

const MICROBATCH = 4;

/** A run of steps of ten microbatches, and whoever joins it. */
class Room {
  readonly state: RunState;
  readonly effects: Effect[] = [];
  readonly grants: GrantEffect[] = [];
  now = 0;

  constructor() {
    const facts = {
      spec: resolveRunSpec({
        ...findPreset('mnist-softmax'),
        batch: 40,
        microbatch: MICROBATCH,
        epochs: 1_000,
        earlyStopping: null,
        schedule: { type: 'constant' },
      }),
      counts: { train: 400, validation: 8, test: 8 },
      limits: DEFAULT_SCHEDULING,
    };
    const { state, effects } = startRun(facts, initialProgress(facts));
    this.state = state;
    this.#carry(effects);
  }

  send(event: Parameters<typeof transition>[1]): void {
    this.#carry(transition(this.state, event, this.now));
  }

  #carry(effects: Effect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.type === 'grant') this.grants.push(effect);
      if (effect.type !== 'update') continue;
      const report = { finite: true, learningRate: 0.1, gradientNorm: 1, layerNorms: [] };
      this.send({ type: 'updated', report });
    }
  }

  join(worker: number, probeMs: number): void {
    const identity = `identity-${worker}`;
    this.send({
      type: 'joined',
      worker,
      identity,
      name: identity,
      threads: 1,
      origin: null,
      belief: 'believed',
    });
    this.send({ type: 'probed', worker, fault: null, computeMs: probeMs });
  }

  worker(id: number): WorkerState {
    return this.state.workers.get(id)!;
  }

  help(id: number): string {
    return helpOf(this.state, this.worker(id), this.now);
  }

  /** Grants that nobody has answered, of one worker. */
  held(worker: number): GrantEffect[] {
    return this.grants.filter((grant) => grant.worker === worker && this.state.leases.has(grant.lease));
  }

  answer(grant: GrantEffect, computeMs: number): void {
    for (const node of nodesOfRange(grant.from, grant.to, grant.leaves)) {
      const first = node.index * 2 ** node.level;
      const last = Math.min(first + 2 ** node.level, grant.leaves);
      const count = (last - first) * MICROBATCH;
      const { worker, lease } = grant;
      const tensor = grant.task === 'evaluate' ? null : 1;
      const sums = { finite: true, loss: 1, correct: 0, count, tensor, digest: '', logNorm: null };
      this.send({ type: 'partial', worker, lease, node, computeMs, ...sums });
    }
  }

  /** Everything that worker holds, one after the other, for so many leases. */
  work(worker: number, leases: number, msEach: number): void {
    for (let done = 0; done < leases; done += 1) {
      const [grant] = this.held(worker);
      if (grant === undefined) return;
      this.now += msEach;
      this.answer(grant, msEach);
    }
  }

  told(worker: number): number {
    return this.effects.filter((effect) => effect.type === 'counted' && effect.worker === worker).length;
  }
}

/** Both hold a lease of the first step; the first answers and then takes over what the second has not answered. */
function overtaken(): { readonly room: Room; readonly lost: GrantEffect } {
  const room = new Room();
  room.join(1, 10);
  room.join(2, 10);
  // Whoever came first was granted the first step; of the next both get their share.
  room.work(1, 2, 10);
  while (room.held(2).length === 0) room.work(1, 1, 10);
  const [lost] = room.held(2);
  for (let ticks = 0; ticks < 600 && room.state.leases.get(lost!.lease)?.revoked !== true; ticks += 1) {
    room.work(1, 1, 1);
    room.now += 50;
    room.send({ type: 'tick', lagMs: 0, busyMs: 0 });
  }
  expect(room.state.leases.get(lost!.lease)?.revoked).toBe(true);
  return { room, lost: lost! };
}

describe('what counts', () => {
  it('is told a worker once, with its first answer, which the probe is not', () => {
    const room = new Room();
    room.join(1, 10);
    expect(room.told(1)).toBe(0);
    room.work(1, 1, 10);
    expect(room.told(1)).toBe(1);
    room.work(1, 5, 10);
    expect(room.told(1)).toBe(1);
    expect(room.help(1)).toBe('counts');
  });

  it('is told as samples a second over the last ten, from the first second on', () => {
    const room = new Room();
    room.join(1, 10);
    room.work(1, 1, 10);
    const { samples } = room.worker(1);
    expect(samples).toBeGreaterThan(0);
    expect(countedPerSecond(room.worker(1), 10)).toBe(samples);
    expect(countedPerSecond(room.worker(1), 2_000)).toBe(samples / 2);
    expect(countedPerSecond(room.worker(1), 9_999)).toBeCloseTo(samples / 10, 1);
    // What was counted in the ten seconds before fades out over the next ten.
    expect(countedPerSecond(room.worker(1), 15_000)).toBeCloseTo(samples / 20, 5);
    expect(countedPerSecond(room.worker(1), 20_000)).toBe(0);
    expect(countedPerSecond(room.worker(1), 1e9)).toBe(0);
  });
});

describe('what came too late', () => {
  it('is laid on the line where computing was the smaller part of the time', () => {
    const { room, lost } = overtaken();
    room.answer(lost, 10);
    expect(room.help(2)).toBe('line');
    expect(room.worker(2)).toMatchObject({ samples: 0, credit: { leasesLate: 1, countedAt: null } });
    expect(room.worker(2).credit.samplesLate).toBe((lost.to - lost.from) * MICROBATCH);
    expect(countedPerSecond(room.worker(2), room.now)).toBe(0);
    expect(room.told(2)).toBe(0);
  });

  it('is laid on the machine where it was the larger', () => {
    const { room, lost } = overtaken();
    room.answer(lost, room.now - 60);
    expect(room.help(2)).toBe('machine');
  });

  it('is found out for a lease that its worker was told to stop, too: by how long the probe took', () => {
    const { room, lost } = overtaken();
    room.send({
      type: 'failed',
      worker: 2,
      lease: lost.lease,
      code: 'revoked',
      message: 'Stopped, as told.',
    });
    expect(room.help(2)).toBe('line');
    expect(room.worker(2).credit.samplesLate).toBe((lost.to - lost.from) * MICROBATCH);
  });

  it('is forgotten with the next answer in time', () => {
    const { room, lost } = overtaken();
    room.answer(lost, 10);
    expect(room.help(2)).toBe('line');
    for (let tries = 0; tries < 5_000 && room.worker(2).samples === 0; tries += 1) {
      // Now it is the first that lags.
      if (room.held(2).length > 0) room.work(2, 1, 1);
      else room.work(1, 1, 1);
    }
    expect(room.worker(2).samples).toBeGreaterThan(0);
    expect(room.help(2)).toBe('counts');
    expect(room.told(2)).toBe(1);
  });
});

describe('an answer that stays away', () => {
  it('is told after ten seconds, be it that of the probe or of a lease, and with the connection it is too late', () => {
    const room = new Room();
    room.join(1, 10);
    const joined = {
      type: 'joined',
      identity: 'ada',
      name: 'ada',
      threads: 1,
      origin: null,
      belief: 'believed',
    } as const;
    room.send({ ...joined, worker: 2 });
    room.now += 10_000;
    expect(room.help(2)).toBe('unknown');
    room.now += 1;
    expect(room.help(2)).toBe('slow');
    room.send({ type: 'left', worker: 2, reason: 'The line broke.' });
    // What is known of an identity comes back with it.
    room.send({ ...joined, worker: 3 });
    expect(room.help(3)).toBe('slow');
    room.send({ type: 'probed', worker: 3, fault: null, computeMs: 10 });
    while (room.held(3).length === 0) room.work(1, 1, 10);
    const lost = room.held(3).map(({ from, to }) => (to - from) * MICROBATCH);
    room.now += 60_000;
    room.send({ type: 'left', worker: 3, reason: 'The line broke.' });
    room.send({ ...joined, worker: 4 });
    expect(room.help(4)).toBe('line');
    expect(room.worker(4).credit.samplesLate).toBe(lost.reduce((sum, samples) => sum + samples, 0));
  });

  it('of a worker that has counted before is told once that is half a minute ago', () => {
    const room = new Room();
    room.join(1, 10);
    room.work(1, 3, 10);
    expect(room.held(1)).not.toEqual([]);
    room.now += 29_000;
    expect(room.help(1)).toBe('counts');
    room.now += 2_000;
    expect(room.help(1)).toBe('slow');
  });
});

/** More workers than microbatches: somebody is never asked. */
function crowd(): { readonly room: Room; readonly idle: number } {
  const room = new Room();
  for (let worker = 1; worker <= 12; worker += 1) room.join(worker, 1);
  const idle = [...room.state.workers.keys()].find((worker) => room.held(worker).length === 0);
  expect(idle).toBeDefined();
  return { room, idle: idle! };
}

describe('who does nothing', () => {
  it('is told so once it is plain: that nothing is left, or that the operator lets it rest', () => {
    const { room, idle } = crowd();
    expect(room.help(idle)).toBe('unknown');
    room.now = 11_000;
    expect(room.help(idle)).toBe('nothingLeft');
    room.send({ type: 'mode', worker: idle, mode: 'paused' });
    expect(room.help(idle)).toBe('paused');
    room.send({ type: 'pause', reason: 'The operator paused the run.' });
    room.send({ type: 'mode', worker: idle, mode: 'working' });
    expect(room.help(idle)).toBe('unknown');
  });

  it('is told of the line where that keeps it out', () => {
    const { room, idle } = crowd();
    room.now = 11_000;
    Object.assign(room.worker(idle), { inReach: false, overheadMs: 400 });
    expect(room.help(idle)).toBe('line');
  });
});
