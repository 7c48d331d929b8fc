import type { Standing } from '@shoal/core';
import { expect, test } from 'vitest';
import { Curve } from './curve.ts';

const standing = (epoch: number, step: number, loss: number | null, records: number[] = []): Standing => ({
  type: 'standing',
  state: 'training',
  reason: '',
  epoch,
  step,
  stepsPerEpoch: 10,
  loss,
  testAccuracy: null,
  records: records.map((number) => ({
    epoch: number,
    trainLoss: 1 / number,
    trainAccuracy: 0.5,
    validationLoss: null,
    validationAccuracy: null,
  })),
  workers: 1,
  samples: 0,
  share: 0,
  leases: 0,
  rank: 1,
  speed: 0,
  samplesLate: 0,
  leasesLate: 0,
  help: 'counts',
});

test('the curve has a point for each moment and an entry for each epoch, however often it is told', () => {
  const curve = new Curve();
  curve.add(standing(0, 0, null));
  curve.add(standing(0, 5, 0.8));
  curve.add(standing(0, 5, 0.8));
  curve.add(standing(1, 0, 0.6, [1]));
  curve.add(standing(1, 3, 0.5, [1]));
  expect(curve.view.losses).toEqual([
    { at: 0.5, loss: 0.8 },
    { at: 1, loss: 0.6 },
    { at: 1.3, loss: 0.5 },
  ]);
  expect(curve.view.epochs.map(({ epoch }) => epoch)).toEqual([1]);
});

test('a coordinator that was resumed at an earlier step takes the curve back there', () => {
  const curve = new Curve();
  for (const step of [2, 4, 6, 8]) curve.add(standing(2, step, step / 10));
  curve.add(standing(2, 5, 0.55));
  expect(curve.view.losses.map(({ at }) => at)).toEqual([2.2, 2.4, 2.5]);
});

test('the curve stays small however long a run is', () => {
  const curve = new Curve();
  for (let second = 0; second < 5_000; second += 1) {
    curve.add(standing(Math.floor(second / 10), second % 10, 1));
  }
  const { losses } = curve.view;
  expect(losses.length).toBeLessThanOrEqual(240);
  expect(losses.length).toBeGreaterThan(100);
  expect(losses[0]?.at).toBe(0);
  expect(losses.at(-1)?.at).toBeGreaterThan(480);
});

test('however many epochs are told, so many are kept, the latest among them', () => {
  const curve = new Curve();
  for (let epoch = 1; epoch <= 20_000; epoch += 1) curve.add(standing(epoch, 0, 0.5, [epoch]));
  const { epochs, losses } = curve.view;
  expect(epochs.length).toBeLessThanOrEqual(4_096);
  expect(epochs.length).toBeGreaterThan(2_000);
  expect(epochs.at(-1)?.epoch).toBe(20_000);
  expect(losses.length).toBeLessThanOrEqual(240);
});
