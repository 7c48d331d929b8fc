/** The state of a run while anything happens to it: plain data, of which a copy is as good as the original. */
import { partOf, type RunState } from '@shoal/coordinator/simulation';
import { RandomStream } from '@shoal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Liar, liesSometimes, tells, turnsBad } from './liars.ts';
import { openSimulator, type Simulator, simulate } from './simulate.ts';

const SEEDS = 3;
/** Purpose word of the stream that says when to copy, far from those of runs and of the simulation. */
const COPYING = 1005;
/** A copy is made after one event in so many. */
const EVENTS_PER_COPY = 8;

const liar = (draw: () => number): Liar =>
  turnsBad(liesSometimes(tells('noise', draw), 0.7, draw), Math.floor(draw() * 12));
const longer = { epochs: 10, earlyStopping: { patience: 6 } };

const WORLDS: readonly (readonly [string, () => Promise<Simulator>])[] = [
  ['where nothing is checked', () => openSimulator({ trust: { spotCheck: 0 } })],
  ['with spot checks and liars', () => openSimulator({ trust: { spotCheck: 0.25 }, ...longer }, liar)],
  ['with a quorum and liars', () => openSimulator({ trust: { spotCheck: 0.1, quorum: 2 }, ...longer }, liar)],
  ['of a changing policy', () => openSimulator({ trust: { spotCheck: 0.25 }, ...longer }, liar, true)],
  [
    'with a trimmed mean',
    () => openSimulator({ trust: { spotCheck: 0.1, trim: 1 }, numerics: 'fast', ...longer }, liar),
  ],
];

/** Where in the state something is that is no plain data; null when nothing is. */
function strange(thing: unknown, path: string, seen = new Set<unknown>()): string | null {
  if (typeof thing === 'function' || typeof thing === 'symbol') return `${path} is a ${typeof thing}`;
  if (typeof thing !== 'object' || thing === null || seen.has(thing)) return null;
  seen.add(thing);
  const prototype: unknown = Object.getPrototypeOf(thing);
  const isPlain = [Object.prototype, Array.prototype, Map.prototype, Set.prototype].some(
    (one) => one === prototype,
  );
  if (!isPlain) return `${path} is no plain record, array, Map or Set`;
  const parts: [string, unknown][] =
    thing instanceof Map
      ? [...thing].flatMap(([key, value], i): [string, unknown][] => [
          [`key ${i}`, key],
          [String(i), value],
        ])
      : thing instanceof Set
        ? [...thing].map((one, i) => [String(i), one])
        : Reflect.ownKeys(thing).map((key) => [String(key), Reflect.get(thing, key)]);
  for (const [name, part] of parts) {
    const found = strange(part, `${path}.${name}`, seen);
    if (found !== null) return found;
  }
  return null;
}

/** What of the sums over the workers is not as it is when they are summed anew; null when all is. */
function wrongSum(state: RunState): string | null {
  if (state.stage.type === 'ended') return null;
  const anew = { speed: 0, busySpeed: 0, busyEnds: 0, idleLead: 0 };
  const { idle, taking, full, late, lateTaking } = state.order;
  const places = [idle, taking, full, late].map((ranking) => ranking.places);
  for (const worker of state.workers.values()) {
    const part = partOf(state, worker);
    expect(worker.counted).toEqual(part);
    const found = places.filter((those) => those.has(worker.id)).length;
    if (found !== (part === null ? 0 : 1)) return `${worker.name} is in ${found} orders`;
    for (const sum of Object.keys(anew) as (keyof typeof anew)[]) anew[sum] += part?.[sum] ?? 0;
  }
  for (const id of lateTaking.places.keys())
    if (!late.places.has(id)) return `worker ${id} is late in one order`;
  if (places.some((those) => [...those.keys()].some((id) => !state.workers.has(id)))) {
    return 'somebody who is gone is in the order';
  }
  for (const sum of Object.keys(anew) as (keyof typeof anew)[]) {
    // Sums that workers are added to and taken from are rounded.
    const scale = Math.max(1, Math.abs(anew[sum]), Math.abs(state.load.busyEnds));
    if (Math.abs(state.load[sum] - anew[sum]) > 1e-9 * scale) {
      return `${sum} is ${state.load[sum]} instead of ${anew[sum]}`;
    }
  }
  return null;
}

describe.each(WORLDS)('a run %s', (_, open) => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await open();
  });

  it('is plain data at any time, with the sums over its workers kept right', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      let events = 0;
      await simulate(simulator, seed, false, undefined, (state) => {
        events += 1;
        expect(wrongSum(state)).toBeNull();
        if (events % EVENTS_PER_COPY === 0) expect(strange(state, 'state')).toBeNull();
      });
      expect(events).toBeGreaterThan(100);
    }
  });

  it('goes on from a copy of its state as it would have gone on', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const straight = await simulate(simulator, seed, true);
      const stream = new RandomStream([seed, COPYING, 0, 0], 0);
      let events = 0;
      let copies = 0;
      const copied = await simulate(simulator, seed, true, undefined, (state) => {
        events += 1;
        if (stream.integer(events, EVENTS_PER_COPY) > 0) return;
        copies += 1;
        // Everything in it is another object than before.
        Object.assign(state, structuredClone(state));
      });
      expect(copies).toBeGreaterThan(10);
      expect(copied).toEqual(straight);
    }
  });
});

describe('what holds the state to that', () => {
  it('finds a function, an instance of a class and a typed array, wherever they are', () => {
    class Book {}
    expect(strange({ a: [new Map([[1, { b: () => 1 }]])] }, 'state')).toBe('state.a.0.0.b is a function');
    expect(strange({ a: new Set([new Book()]) }, 'state')).toBe(
      'state.a.0 is no plain record, array, Map or Set',
    );
    expect(strange({ a: new Uint8Array(3) }, 'state')).toMatch(/^state\.a is no plain/);
    expect(strange({ a: [1, 'b', null, { c: new Map([['d', new Set([2])]]) }] }, 'state')).toBeNull();
  });
});
