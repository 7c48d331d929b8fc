import { type EpochRecord, emptyColumns, findPreset, mergeRunSpec, type RunDetail } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { aligned, differences, labelsOf, placesOf } from './compare.ts';

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

const run = (records: readonly EpochRecord[], steps: number | null = null) => ({
  records,
  steps: emptyColumns(),
  result: steps === null ? null : ({ steps, epochs: records.length } as RunDetail['result']),
});

describe('a comparison of runs', () => {
  it('has all epochs of all of them, with gaps where a run was not there', () => {
    const runs = [run([record(1, 3), record(2, 2)]), run([record(2, 4), record(3, 1)])];
    expect(aligned(runs, 'trainLoss')).toEqual({
      at: [1, 2, 3],
      columns: [
        [3, 2, null],
        [null, 4, 1],
      ],
    });
    expect(aligned(runs, 'validationLoss').columns[0]).toEqual([null, null, null]);
  });

  it.each([
    [
      'epochs',
      [1, 2],
      [
        [3, 2],
        [5, 4],
      ],
    ],
    // 10 steps in two epochs, and 30 in two.
    [
      'steps',
      [5, 10, 15, 30],
      [
        [3, 2, null, null],
        [null, null, 5, 4],
      ],
    ],
    [
      'seconds',
      [1, 2, 4],
      [
        [3, 2, null],
        [null, 5, 4],
      ],
    ],
    [
      'bytes',
      [100, 200, 1050, 1100],
      [
        [3, 2, null, null],
        [null, null, 5, 4],
      ],
    ],
  ] as const)('sets curves over %s', (axis, at, columns) => {
    const quick = [1, 2].map((epoch) => ({ ...record(epoch, 4 - epoch), bytes: 100 * epoch }));
    const slow = [1, 2].map((epoch) => ({
      ...{ ...record(epoch, 6 - epoch), seconds: 2 },
      ...{ bytes: 50 * epoch, blockBytes: 1_000 },
    }));
    expect(aligned([run(quick, 10), run(slow, 30)], 'trainLoss', axis)).toEqual({ at, columns });
  });

  it('leaves out what was not recorded, and counts each epoch that a long list no longer has', () => {
    expect(aligned([run([record(1, 3)])], 'trainLoss', 'bytes')).toEqual({ at: [], columns: [[]] });
    expect(placesOf(run([record(2, 3), record(4, 2)]), 'seconds')).toEqual([2, 4]);
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
