import { decodeCoordinatorMessage, encodeMessage, STANDING_RECORDS_MAX, type Standing } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { initialProgress, startRun, transition } from '../../transition/transition.ts';
import { SECRET_BYTES } from '../../transition/trust/chance.ts';
import { prepareRun } from '../preparation/prepare.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { Standings } from './standings.ts';

const SECRET = new Uint8Array(SECRET_BYTES);

const epoch = (number: number) => ({
  epoch: number,
  trainLoss: 1 / number,
  trainAccuracy: 0.5,
  validationLoss: Number.POSITIVE_INFINITY,
  validationAccuracy: 0.25,
});

/** Workers 1, 2, … with these samples, and what each is told, as it comes out of its frame. */
function room(
  samples: readonly number[],
  epochs: readonly ReturnType<typeof epoch>[] = [],
  hasAccuracy = true,
) {
  const { facts } = prepareRun(smallSpec, smallData);
  const { state } = startRun(facts, initialProgress(facts));
  samples.forEach((count, index) => {
    const identity = `identity-${index + 1}`;
    transition(
      state,
      {
        type: 'joined',
        worker: index + 1,
        identity,
        name: identity,
        threads: 1,
        origin: null,
        belief: 'believed',
        isGateway: false,
      },
      { now: 0, secret: SECRET },
    );
    // Half of it on an earlier connection.
    state.contributed.set(identity, Math.floor(count / 2));
    state.workers.get(index + 1)!.samples = Math.ceil(count / 2);
  });
  const told: { worker: number; standing: Standing }[] = [];
  let now = 0;
  const standings = new Standings({
    clock: () => now,
    ...{ state, epochs, hasAccuracy },
    send: (worker, message) => {
      const standing = decodeCoordinatorMessage(encodeMessage(message));
      if (standing.type === 'standing') told.push({ worker, standing });
    },
  });
  const tickAt = (ms: number): void => {
    now = ms;
    standings.tick();
  };
  return { state, standings, told, tickAt };
}

describe('standings', () => {
  test('nobody is told who has not asked', () => {
    const { told, tickAt } = room([5, 5]);
    tickAt(10_000);
    expect(told).toEqual([]);
  });

  test('whoever asks is told at once and then once a second, however often it asks', () => {
    const { standings, told, tickAt } = room([5, 5]);
    standings.follow(2);
    standings.follow(2);
    for (let ms = 0; ms <= 3_000; ms += 50) tickAt(ms);
    expect(told.map(({ worker }) => worker)).toEqual([2, 2, 2, 2, 2]);
  });

  test('samples, share and rank are the worker’s own, and equals share a place', () => {
    const { standings, told } = room([10, 30, 10, 0]);
    for (const worker of [1, 2, 3, 4]) standings.follow(worker);
    expect(told.map(({ standing }) => [standing.rank, standing.samples, standing.share])).toEqual([
      [2, 10, 0.2],
      [1, 30, 0.6],
      [2, 10, 0.2],
      [4, 0, 0],
    ]);
    expect(told[0]?.standing).toMatchObject({ workers: 4, state: 'training', loss: null, stepsPerEpoch: 4 });
  });

  test('each epoch is told once on each connection, in portions that fit a message', () => {
    const before = Array.from({ length: STANDING_RECORDS_MAX + 3 }, (_, index) => epoch(index + 1));
    const { standings, told, tickAt } = room([1], before);
    standings.follow(1);
    standings.epochDone(epoch(before.length + 1));
    tickAt(1_000);
    tickAt(2_000);
    expect(told.map(({ standing }) => standing.records.length)).toEqual([STANDING_RECORDS_MAX, 4, 0]);
    expect(told[1]?.standing.records.at(-1)).toMatchObject({
      epoch: STANDING_RECORDS_MAX + 4,
      validationLoss: null,
    });
  });

  test('of a run that predicts a number no accuracy is told', () => {
    const accurate = { ...epoch(1), validationLoss: 0.5, validationAccuracy: 0 };
    for (const hasAccuracy of [true, false]) {
      const { standings, told } = room([1], [accurate], hasAccuracy);
      standings.follow(1);
      const [record] = told[0]?.standing.records ?? [];
      expect(record).toMatchObject({ validationLoss: 0.5, validationAccuracy: hasAccuracy ? 0 : null });
    }
  });

  test('the end is told at once with its result, and a worker that has left is told nothing', () => {
    const { standings, told, state } = room([1, 1]);
    standings.follow(1);
    standings.follow(2);
    transition(
      state,
      { type: 'left', worker: 1, reason: { type: 'text', text: 'Gone.' } },
      { now: 0, secret: SECRET },
    );
    standings.stepDone(0.75);
    standings.ended({
      state: 'finished',
      reason: { type: 'epochsDone', epochs: 2 },
      epochs: 2,
      steps: 8,
      bestEpoch: 2,
      testLoss: 0.5,
      testAccuracy: 0.875,
    });
    expect(told.slice(2).map(({ worker }) => worker)).toEqual([2]);
    expect(told[2]?.standing).toMatchObject({
      state: 'finished',
      reason: 'All 2 epochs are done.',
      facts: [{ type: 'epochsDone', epochs: 2 }],
      loss: 0.75,
      testAccuracy: 0.875,
      workers: 1,
    });
  });
});
