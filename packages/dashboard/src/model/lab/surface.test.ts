import { evaluateSplit, SampleWriter } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { randomDirection } from './directions.ts';
import { digitModel, digitParameters, executorOf, paceUntil, someDigits } from './labModels.suite.ts';
import { computeSurface, type Surface } from './surface.ts';

const samples = someDigits(24);
const SIDE = 17;

async function lossAt(parameters: Float32Array): Promise<number> {
  const executor = await executorOf(digitModel, parameters, 16);
  const writer = new SampleWriter({ shape: [1, 28, 28], augment: null, seed: 0 });
  return evaluateSplit(executor, writer, samples)?.loss ?? Number.NaN;
}

async function surfaceOf(pace = paceUntil(1e6)) {
  const refinements: Surface[] = [];
  const executor = await executorOf(digitModel, digitParameters, 16);
  const computed = computeSurface({
    executor,
    parameters: digitParameters,
    samples,
    side: SIDE,
    reach: 1,
    seed: 5,
    pace,
    refined: (surface) => refinements.push(surface),
  });
  return { computed, refinements };
}

describe('a slice through the loss surface', () => {
  it('has the loss of the current parameters in its middle', async () => {
    const { losses } = await (await surfaceOf()).computed;
    expect(losses[(SIDE * SIDE - 1) / 2]).toBeCloseTo(await lossAt(digitParameters), 5);
  });

  it('reaches one whole direction to its edges', async () => {
    const { losses } = await (await surfaceOf()).computed;
    const first = randomDirection(digitModel, digitParameters, 5, 0);
    const second = randomDirection(digitModel, digitParameters, 5, 1);
    const corner = digitParameters.map((value, i) => value + first[i] - second[i]);
    expect(losses[SIDE - 1]).toBeCloseTo(await lossAt(corner), 4);
  });

  it('is there coarsely at once, and whole at the end', async () => {
    const { computed, refinements } = await surfaceOf();
    await computed;
    const known = refinements.map(({ losses }) => losses.filter((loss) => loss >= 0).length);
    expect(known).toEqual([9, 25, 81, 289]);
  });

  it('ends when it is called off and keeps what it has shown', async () => {
    const { computed, refinements } = await surfaceOf(paceUntil(30));
    await expect(computed).rejects.toThrow('called off');
    expect(refinements).toHaveLength(2);
  });
});
