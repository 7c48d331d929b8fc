import { type EpochRecord, findPreset, mergeRunSpec, type RunSummary } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { aligned, bitsOf, differences, labelsOf } from './compare.ts';

const record = (epoch: number, trainLoss: number): EpochRecord => ({
  epoch,
  trainLoss,
  trainAccuracy: 0.5,
  trainErrors: 1,
  validationLoss: null,
  validationAccuracy: null,
  learningRate: 0.1,
  layerNorms: [],
  seconds: 1,
  samplesPerSecond: 100,
  improved: true,
});

const summary = (runId: string, specSha256: string, parametersSha256: string | null): RunSummary => ({
  runId,
  name: 'mnist-cnn',
  about: '',
  createdAt: '2026-03-09T14:05:59Z',
  state: 'finished',
  testAccuracy: 0.9,
  epochs: 3,
  dataSet: 'mnist',
  optimizer: { type: 'adam', lr: 0.001 },
  parametersSha256,
  specSha256,
});

describe('a comparison of runs', () => {
  it('has all epochs of all of them, with gaps where a run was not there', () => {
    const runs = [
      [record(1, 3), record(2, 2)],
      [record(2, 4), record(3, 1)],
    ];
    expect(aligned(runs, 'trainLoss')).toEqual({
      at: [1, 2, 3],
      columns: [
        [3, 2, null],
        [null, 4, 1],
      ],
    });
    expect(aligned(runs, 'validationLoss').columns[0]).toEqual([null, null, null]);
  });

  it('tells runs of one name apart', () => {
    const named = [
      { runId: 'a', name: 'x' },
      { runId: 'b', name: 'x' },
      { runId: 'c', name: 'y' },
    ];
    expect(labelsOf(named)).toEqual(['a', 'b', 'y']);
  });

  it('names the fields in which specs differ, those of other variants included', () => {
    const base = findPreset('mnist-cnn');
    expect(differences([base, base])).toEqual([]);
    const other = mergeRunSpec(base, { seed: base.seed + 1, optimizer: { type: 'sgd' } });
    const found = differences([base, other]);
    expect(found.find(({ path }) => path === 'seed')?.values).toEqual([`${base.seed}`, `${base.seed + 1}`]);
    expect(found.find(({ path }) => path === 'optimizer.type')?.values[1]).toBe('"sgd"');
    expect(found.find(({ path }) => path === 'model.layers')).toBeUndefined();
    const removed = found.filter(({ values }) => values.includes('–'));
    expect(removed.length).toBeGreaterThan(0);
  });
});

describe('the bits of a run', () => {
  it('are compared with those of runs of the same spec, and no others', () => {
    const runs = [
      summary('a', 's1', 'ff00'),
      summary('b', 's1', 'ff00'),
      summary('c', 's2', 'ff00'),
      summary('d', 's3', 'aa00'),
      summary('e', 's3', 'bb00'),
      summary('f', 's1', null),
    ];
    expect(runs.map((run) => bitsOf(run, runs))).toEqual([
      { kind: 'same', hash: 'ff00', runs: 2 },
      { kind: 'same', hash: 'ff00', runs: 2 },
      { kind: 'alone', hash: 'ff00' },
      { kind: 'different', hash: 'aa00' },
      { kind: 'different', hash: 'bb00' },
      { kind: 'none' },
    ]);
  });
});
