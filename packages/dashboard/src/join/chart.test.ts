import { expect, test } from 'vitest';
import { chartOf } from './chart.ts';

const epoch = (number: number, validationAccuracy: number | null) => ({
  epoch: number,
  trainLoss: 1 / number,
  trainAccuracy: 0.5,
  validationLoss: null,
  validationAccuracy,
});

test('there is no chart before there is a line', () => {
  expect(chartOf({ losses: [], epochs: [] })).toBeNull();
  expect(chartOf({ losses: [{ at: 0.1, loss: 2 }], epochs: [epoch(1, 0.5)] })).toBeNull();
  expect(chartOf({ losses: [], epochs: [epoch(1, 0.5)] })).toBeNull();
});

test('loss goes from 0 to a round number above it, accuracy from 0 to 1, both over the epochs so far', () => {
  const losses = [
    { at: 0, loss: 2.4 },
    { at: 1, loss: 1.2 },
    { at: 2, loss: 0.3 },
  ];
  expect(chartOf({ losses, epochs: [epoch(1, 0.5), epoch(2, 0.75)] })).toEqual({
    loss: '0,20 50,60 100,90',
    accuracy: '50,50 100,25',
    lossMax: 3,
    epochs: 2,
  });
});

test('one epoch’s accuracy is a dot, and without a validation set there is none', () => {
  const losses = [
    { at: 0.5, loss: 0.002 },
    { at: 1, loss: 0.001 },
  ];
  expect(chartOf({ losses, epochs: [epoch(1, 1)] })).toMatchObject({
    accuracy: '100,0 100,0',
    lossMax: 0.002,
  });
  expect(chartOf({ losses, epochs: [epoch(1, null)] })?.accuracy).toBe('');
});

test('a page that came late draws the means of the epochs before it, and from then on what it sees', () => {
  const epochs = [epoch(1, null), epoch(2, null), epoch(3, null)];
  expect(chartOf({ losses: [], epochs })?.loss).toBe('16.67,0 50,50 83.33,66.67');
  expect(chartOf({ losses: [{ at: 4, loss: 0.25 }], epochs })?.loss).toBe('12.5,0 37.5,50 62.5,66.67 100,75');
  expect(chartOf({ losses: [{ at: 2, loss: 0.25 }], epochs })?.loss).toBe('16.67,0 50,50 66.67,75');
});
