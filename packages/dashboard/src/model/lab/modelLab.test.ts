import { blocksOf, findPreset, initialParameters } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { paceUntil, someDigits } from './labModels.suite.ts';
import { type LabProblem, problemOf } from './labProblem.ts';
import { ModelLab } from './modelLab.ts';

const spec = findPreset('mnist-softmax');
const samples = someDigits(40);
const { manifest, block } = blocksOf(samples, { blockBytesMax: 10_000 });

/** What the page is told of what goes wrong. */
function problemIn(action: () => unknown): LabProblem | null {
  try {
    action();
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

function labWith(parameters: boolean): ModelLab {
  const lab = new ModelLab(spec);
  if (parameters) lab.useParameters(initialParameters(lab.model, 1));
  return lab;
}

describe('what looks into the model of a run', () => {
  it('answers once parameters and all blocks are there, and says what is missing before', async () => {
    const lab = labWith(false);
    await expect(lab.confusion(paceUntil(99))).rejects.toMatchObject({ problem: { type: 'noParameters' } });
    lab.useParameters(initialParameters(lab.model, 1));
    lab.expectSet('test', manifest);
    manifest.blocks.forEach((_, index) => {
      expect(problemIn(() => lab.countOf('test'))).toEqual({ type: 'noSamples' });
      lab.acceptBlock('test', index, block(index));
    });
    expect(lab.countOf('test')).toBe(40);
    expect((await lab.confusion(paceUntil(99))).samples).toBe(40);
    expect(lab.sample(7).label).toBe(samples.targets.values[7]);
    expect(lab.sample(7).values).toEqual(
      Float32Array.from(samples.inputs.values.subarray(7 * 784, 8 * 784), (value) => value / 255),
    );
  });

  it('takes no damaged block, says so, and takes the whole set when it is sent again', () => {
    const lab = labWith(true);
    lab.expectSet('test', manifest);
    const damaged = block(0).slice();
    damaged[100] = (damaged[100] ?? 0) ^ 1;
    lab.acceptBlock('test', 0, damaged);
    expect(problemIn(() => lab.countOf('test'))).toMatchObject({
      type: 'found',
      fact: { type: 'blockDamaged', block: 0 },
    });
    lab.expectSet('test', manifest);
    manifest.blocks.forEach((_, index) => {
      lab.acceptBlock('test', index, block(index));
    });
    expect(lab.countOf('test')).toBe(40);
  });

  it('refuses parameters of another model', () => {
    expect(problemIn(() => labWith(false).useParameters(new Float32Array(3)))).toMatchObject({
      type: 'otherParameters',
      came: 3,
    });
  });

  it('reads with the newest parameters that it was given', async () => {
    const lab = labWith(true);
    const values = new Float32Array(784).fill(1);
    const before = (await lab.read(values, null)).probabilities;
    lab.useParameters(new Float32Array(lab.model.vectorLength));
    const after = (await lab.read(values, null)).probabilities;
    expect([...after]).toEqual(Array.from({ length: 10 }, () => Math.fround(0.1)));
    expect(before).not.toEqual(after);
  });
});
