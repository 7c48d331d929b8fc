import { describe, expect, it } from 'vitest';
import { checkSlope } from './gradient.ts';
import { digitModel, digitParameters, executorOf, paceUntil, someDigits } from './labModels.suite.ts';

const samples = someDigits(8);

describe('the check of one gradient', () => {
  it('finds backpropagation, the difference quotient and the kernels in agreement, in every tensor', async () => {
    for (const { name, offset, length } of digitModel.tensors) {
      const executor = await executorOf(digitModel, digitParameters, samples.count);
      const index = offset + Math.floor(length / 2);
      const { check, kernels } = await checkSlope(
        executor,
        digitParameters,
        samples,
        { type: 'place', index },
        paceUntil(99),
      );
      expect(check.tensor).toBe(name);
      const allowed = 1e-4 * Math.max(Math.abs(check.backpropagation), 1e-3);
      expect(Math.abs(check.backpropagation - check.differenceQuotient), name).toBeLessThan(allowed);
      expect(Math.abs(check.backpropagation - kernels), name).toBeLessThan(allowed);
    }
  });

  it('takes a weight in which the loss is steep when any will do', async () => {
    for (const draw of [0, 0.31, 0.77, 0.999]) {
      const executor = await executorOf(digitModel, digitParameters, samples.count);
      const { index, kernels } = await checkSlope(
        executor,
        digitParameters,
        samples,
        { type: 'any', draw },
        paceUntil(99),
      );
      expect(kernels).not.toBe(0);
      expect(index).toBeLessThan(digitModel.trainableLength);
    }
  });

  it('draws the loss along the weight through where it stands', async () => {
    const executor = await executorOf(digitModel, digitParameters, samples.count);
    const { check, curve } = await checkSlope(
      executor,
      digitParameters,
      samples,
      { type: 'any', draw: 0.5 },
      paceUntil(99),
    );
    const middle = (curve.weights.length - 1) / 2;
    expect(curve.weights[middle]).toBeCloseTo(check.value, 12);
    expect(curve.losses[middle]).toBeCloseTo((check.lossAbove + check.lossBelow) / 2, 4);
  });
});
