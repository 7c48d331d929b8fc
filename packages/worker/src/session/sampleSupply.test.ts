import { SET_NAMES, selectSamples } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { numbersOf, tinyBlocks, tinyData, tinyLease, tinySpec, tinyWelcome } from '../tinyRun.suite.ts';
import type { BlockPlace, SessionEffect } from './events.ts';
import { finished, joined, parameters, samplesOf, sums } from './joinedSession.suite.ts';
import type { Transcript } from './transcript.suite.ts';

const BLOCK = 14;
const blocksOfLeaves = (from: number, to: number): number[] => [
  ...new Set([...numbersOf(from, to, 13)].map((number) => Math.floor(number / BLOCK))),
];
const fetched = (blocks: readonly number[], round = 1): string[] =>
  blocks.map((index) => `fetch block ${index} of train, round ${round}`);

const arrival = (place: BlockPlace, round = 1) => ({
  type: 'blockFetched' as const,
  round,
  place,
  content: tinyBlocks.get(tinyWelcome.data[place.set].blocks[place.index]!.sha256)!,
});
const arrive = (script: Transcript, index: number, round = 1): string[] =>
  script.on(arrival({ set: 'train', index }, round));

const evaluation = (lease: number, set: 'validation' | 'test') => ({
  ...tinyLease(lease, 0, 4, { bare: true, task: 'evaluate' }),
  set,
  step: 0,
  leaves: set === 'test' ? 5 : 4,
});

describe('a lease without values', () => {
  test('waits for the blocks that it needs, in the order in which it needs them, and is computed once they are here', () => {
    const script = joined();
    const needed = blocksOfLeaves(0, 3);
    expect(needed.length).toBeGreaterThan(1);
    expect(script.hear(tinyLease(1, 0, 3, { bare: true }))).toEqual(fetched(needed));
    // One that has its samples is computed meanwhile.
    expect(script.hear(tinyLease(2, 3, 4)).at(-1)).toBe(
      `slot 0: job 1, gradient of 3 to 4, samples ${samplesOf(3, 4)}`,
    );
    for (const index of needed.slice(0, -1)) expect(arrive(script, index)).toEqual([]);
    const last = script.effects(arrival({ set: 'train', index: needed.at(-1)! }));
    const [computed] = last as Extract<SessionEffect, { type: 'toSlot' }>[];
    if (computed?.request.type !== 'compute') throw new Error(JSON.stringify(last));
    const numbers = numbersOf(0, 3, 13);
    expect(computed.request.numbers).toEqual(numbers);
    const { inputs, targets } = computed.request.samples;
    numbers.forEach((number, row) => {
      expect(inputs.values.subarray(6 * row, 6 * row + 6)).toEqual(
        tinyData.train.inputs.values.subarray(6 * number, 6 * number + 6),
      );
      expect(targets.values[row]).toBe(tinyData.train.targets.values[number]);
    });
  });

  test('tells once a second what has not come of it, while more comes and nothing before it is computed', () => {
    const script = joined();
    const [first, ...rest] = blocksOfLeaves(0, 3) as [number, ...number[]];
    const sizeOf = (index: number): number => tinyWelcome.data.train.blocks[index]!.byteLength;
    const all = [first, ...rest].reduce((sum, index) => sum + sizeOf(index), 0);
    const coming = (bytes: number, index = first, round = 1): string[] =>
      script.on({ type: 'blockArriving', round, place: { set: 'train', index }, bytes });
    script.now = 5_000;
    script.hear(tinyLease(1, 0, 3, { bare: true }));
    script.now = 5_900;
    expect(coming(10)).toEqual([]);
    script.now = 6_000;
    expect(script.on({ type: 'tick' })).toEqual([`send progress of lease 1: ${all - 10} bytes missing`]);
    script.now = 6_900;
    expect(coming(20)).toEqual([]);
    script.now = 7_000;
    expect(coming(21)).toEqual([`send progress of lease 1: ${all - 21} bytes missing`]);
    // The same again is no news, and another attempt begins with nothing.
    script.now = 9_000;
    expect([...script.on({ type: 'tick' }), ...coming(5), ...coming(30, first, 7), ...coming(9, 99)]).toEqual(
      [],
    );
    arrive(script, first);
    expect(script.on({ type: 'tick' })).toEqual([
      `send progress of lease 1: ${all - sizeOf(first)} bytes missing`,
    ]);
    script.now = 20_000;
    for (const index of rest) arrive(script, index);
    expect(script.on({ type: 'tick' })).toEqual([]);
    // What waits behind another is not what the coordinator waits for.
    script.hear({ type: 'counted' });
    script.hear(evaluation(2, 'test'));
    script.now = 30_000;
    expect(script.on({ type: 'tick' })).toEqual([]);
  });

  test('asks for nothing that is here already, or on its way', () => {
    const script = joined();
    const first = blocksOfLeaves(0, 2);
    script.hear(tinyLease(1, 0, 2, { bare: true }));
    const both = blocksOfLeaves(2, 4).filter((index) => !first.includes(index));
    script.hear({ type: 'counted' });
    const asked = script.hear(tinyLease(2, 2, 4, { bare: true }));
    expect(asked.slice(0, both.length)).toEqual(fetched(both));
    expect(new Set(asked).size).toBe(asked.length);
    for (const line of fetched(first)) expect(asked).not.toContain(line);
    for (const index of [0, 1, 2]) arrive(script, index);
    script.answer(0, finished(1, sums(1, 0, 4)));
    expect(script.hear(tinyLease(3, 4, 7, { bare: true }))).toEqual([
      `slot 0: job 3, gradient of 4 to 7, samples ${samplesOf(4, 7)}`,
    ]);
  });

  test('has nothing fetched for it before an answer has counted, while another one is computed', () => {
    const script = joined();
    script.hear(tinyLease(1, 0, 1));
    expect(script.hear(tinyLease(2, 1, 2, { bare: true }))).toEqual([]);
    // It is computed and answered, and may still count.
    const needed = blocksOfLeaves(1, 2);
    script.now = 1_000;
    expect(script.answer(0, finished(1, sums(0, 0, 2))).slice(1)).toEqual([]);
    script.now = 5_900;
    const said = script.on({ type: 'tick' });
    expect(said).toEqual([expect.stringMatching(/^send progress of lease 2: \d+ bytes missing$/)]);
    // Others were faster, it may be: its next lease is another try.
    script.now = 6_000;
    expect(script.on({ type: 'tick' })).toEqual(fetched(needed));

    const other = joined();
    other.hear(tinyLease(1, 0, 1));
    other.hear(tinyLease(2, 1, 2, { bare: true }));
    expect(other.hear({ type: 'counted' })).toEqual(fetched(needed));
  });

  test('is over at once when it is revoked while it waits', () => {
    const script = joined();
    script.hear(tinyLease(1, 0, 3, { bare: true }));
    expect(script.hear({ type: 'revoke', lease: 1 })).toEqual([
      'send failed lease 1: revoked, Stopped, as told.',
    ]);
    for (const index of [0, 1, 2]) expect(arrive(script, index)).toEqual([]);
    expect(script.hear(tinyLease(2, 0, 3)).at(-1)).toContain('job 1');
  });

  test('is answered with unknownVersion when its parameters have gone while it waited', () => {
    const script = joined();
    script.hear(parameters(1));
    script.hear(tinyLease(1, 0, 3, { bare: true, version: 1 }));
    for (const version of [2, 3]) script.hear(parameters(version));
    const lines = [0, 1, 2].flatMap((index) => arrive(script, index));
    expect(lines).toEqual(['send failed lease 1: unknownVersion, Parameter version 1 is not here any more.']);
  });

  test('of an evaluation has the blocks of its own set', () => {
    const script = joined();
    expect(script.hear(evaluation(1, 'test'))).toEqual(['fetch block 0 of test, round 1']);
    expect(script.on(arrival({ set: 'test', index: 0 }))).toEqual([
      'slot 0: parameters 0',
      'slot 0: job 1, evaluate of 0 to 4, samples 0 1 2 3 4 5 6 7',
    ]);
  });

  test('whose block has a class that the model does not have ends the connection', () => {
    const script = joined();
    const needed = blocksOfLeaves(0, 3);
    script.hear(tinyLease(1, 0, 3, { bare: true }));
    const lines = needed.flatMap((index) => {
      const right = arrival({ set: 'train', index });
      const content = right.content.slice();
      content.fill(9, (content.length / 7) * 6);
      return script.on({ ...right, content });
    });
    expect(lines.slice(-2)).toEqual([
      'warn: The coordinator at http://host:1 is not understood: lease 1 has a sample of class 9, the model has 3.',
      'disconnect',
    ]);
  });
});

describe('what a worker fetches', () => {
  test('ends with its connection, and what still comes of it is passed over', () => {
    const script = joined();
    const needed = blocksOfLeaves(0, 3);
    script.hear(tinyLease(1, 0, 3, { bare: true }));
    expect(script.lose('The line broke')).toContain('stop fetching');
    script.on({ type: 'connected' });
    script.hear(tinyWelcome);
    expect(arrive(script, needed[0]!, 1)).toEqual([]);
    expect(script.hear(tinyLease(1, 0, 3, { bare: true }))).toEqual(fetched(needed, 2));
  });

  test('is ahead of its leases once an answer has counted, and it is ready when the next steps are here', () => {
    const script = joined();
    script.hear(tinyLease(1, 0, 1));
    script.answer(0, finished(1, sums(0, 0, 2)));
    script.hear({ type: 'counted' });
    const asked = script.hear(tinyLease(2, 1, 2)).filter((line) => line.startsWith('fetch'));
    // The run is short: after the steps that are left come the evaluations.
    expect(asked.slice(0, 3).toSorted()).toEqual(fetched([0, 1, 2]));
    expect(asked[0]).toBe(fetched(blocksOfLeaves(0, 7))[0]);
    const evaluations = ['validation', 'test'] as const;
    expect(asked.slice(3)).toEqual(evaluations.map((set) => `fetch block 0 of ${set}, round 1`));
    expect([0, 1, 2].flatMap((index) => arrive(script, index))).toEqual([]);
    expect(evaluations.flatMap((set) => script.on(arrival({ set, index: 0 })))).toEqual(['send ready']);
    expect(script.hear({ type: 'counted' })).toEqual([]);
  });

  test('is ahead of nothing with rounds of local steps: it is ready at once, and fetches what each needs', () => {
    const steps = {
      type: 'localSteps',
      replicas: 2,
      localSteps: 2,
      outer: { type: 'average' },
    };
    const spec = { ...tinySpec, steps, batch: 5, microbatch: 5 };
    const script = joined();
    script.lose('');
    script.on({ type: 'connected' });
    script.hear({ ...tinyWelcome, spec });
    expect(script.hear({ type: 'counted' })).toEqual(['send ready']);
    const lease = { ...tinyLease(1, 0, 1, { bare: true }), step: 0, leaves: 2 };
    expect(script.hear(lease).every((line) => line.startsWith('fetch'))).toBe(true);
  });

  test('goes in part where there is room for a part: a lease is put together all the same', () => {
    const limits = { memoryBytesMax: 12 * 1024 };
    const script = joined(1, { limits });
    const { train } = tinyWelcome.data;
    // One block at a time would be too much already.
    expect(train.blocks.every(({ byteLength }) => byteLength > 60)).toBe(true);
    script.hear(tinyLease(1, 0, 3, { bare: true }));
    const lines = blocksOfLeaves(0, 3).flatMap((index) => arrive(script, index));
    expect(lines.at(-1)).toBe(`slot 0: job 1, gradient of 0 to 3, samples ${samplesOf(0, 3)}`);
  });

  test('is nothing where the coordinator shares its memory: leases wait for the data set as a whole', () => {
    const script = joined(1, { sharesData: true });
    expect(script.hear(tinyLease(1, 0, 3, { bare: true }))).toEqual([]);
    expect(script.on({ type: 'dataLoaded', load: 9, splits: tinyData })).toEqual([]);
    expect(script.on({ type: 'dataLoaded', load: 1, splits: tinyData })).toEqual([
      'send ready',
      'slot 0: parameters 0',
      `slot 0: job 1, gradient of 0 to 3, samples ${samplesOf(0, 3)}`,
    ]);
    expect(script.hear({ type: 'counted' })).toEqual([]);
  });

  test('never decides what is computed: with values, by blocks and shared the slots are given the same', () => {
    const given = (script: Transcript, ...events: Parameters<Transcript['effects']>): unknown =>
      script.effects(...events).flatMap((effect) => {
        if (effect.type !== 'toSlot' || effect.request.type !== 'compute') return [];
        const { samples, rows = Uint32Array.of(), ...request } = effect.request;
        return [{ ...request, samples: selectSamples(samples, rows) }];
      });
    const withValues = given(joined(), { type: 'received', message: tinyLease(1, 0, 7) });
    const byBlocks = joined();
    byBlocks.hear(tinyLease(1, 0, 7, { bare: true }));
    for (const index of [0, 1]) arrive(byBlocks, index);
    const shared = joined(1, { sharesData: true });
    shared.hear(tinyLease(1, 0, 7, { bare: true }));
    expect(given(byBlocks, arrival({ set: 'train', index: 2 }))).toEqual(withValues);
    expect(given(shared, { type: 'dataLoaded', load: 1, splits: tinyData })).toEqual(withValues);
    expect(SET_NAMES).toContain('train');
  });
});
