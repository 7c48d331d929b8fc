import { findPreset, type RunView, type WorkerView } from '@shoal/core';
import { expect, test } from 'vitest';
import { NewsStream } from '../news/news.ts';
import { Classroom } from './classroom.ts';

/** As much of a run and of a worker as is shown to those who are invited. */
const runOf = (runId: string): RunView =>
  ({
    ...{ runId, spec: findPreset('mlp-xor'), state: 'training', epoch: 1 },
    ...{ dataSet: { name: 'xor' }, parameters: 33, workers: 2 },
  }) as unknown as RunView;
const worker = (name: string, samples: number, local = false): WorkerView =>
  ({ name, samples, local }) as unknown as WorkerView;

test('a ranking outlives its run, whose workers leave at its end, and no other run begins with it', () => {
  let run = runOf('one');
  let workers = [worker('local-1', 900, true), worker('Ada', 10), worker('Bo', 25), worker('Cy', 0)];
  const room = new Classroom({ by: null, run: () => run, workers: () => workers, news: new NewsStream() });
  expect(room.invitation.ranking).toBeNull();
  room.showRanking(true);
  const places = [
    { name: 'Bo', samples: 25 },
    { name: 'Ada', samples: 10 },
  ];
  expect(room.invitation.ranking).toEqual(places);
  workers = [];
  expect(room.invitation.ranking).toEqual(places);
  run = runOf('two');
  expect(room.invitation.ranking).toEqual([]);
  room.showRanking(false);
  expect(room.invitation.ranking).toBeNull();
});
