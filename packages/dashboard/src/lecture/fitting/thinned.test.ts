import { expect, test } from 'vitest';
import { HIDDEN, maskOf, sumWithout, testedSum, thinnable } from './thinned.ts';

const sums = { hidden: [1, -0.5, 0.25, 2, 1, 1, 1, 1], weights: [0.5, 1, -1, 0.25, 0.1, 0.2, 0.3, 0.4] };

test.each([0.2, 0.5])('the mean over the thinned networks is what testing computes: p = %d', (rate) => {
  const model = thinnable(rate);
  const count = 4000;
  let mean = 0;
  let out = 0;
  for (let i = 0; i < count; i += 1) {
    const mask = maskOf(model, i);
    out += mask.reduce((sum, one) => sum + one, 0);
    mean += sumWithout(sums, mask) / count;
  }
  expect(out / count / HIDDEN).toBeCloseTo(rate, 1);
  expect(mean).toBeCloseTo(testedSum(sums, rate), 1);
});

test('each mini-batch has a mask of its own, the same each time', () => {
  const model = thinnable(0.5);
  expect(maskOf(model, 3)).toEqual(maskOf(model, 3));
  expect(new Set(Array.from({ length: 20 }, (_, i) => maskOf(model, i).join(''))).size).toBeGreaterThan(10);
});
