/** Runs on digits that lie in many data blocks, and the same run in this process. */
import {
  digitsDataSet,
  type RunOutcome,
  type RunSpec,
  resolveRunSpec,
  splitForRun,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';

const DATA = { source: 'digits', limit: 3_072, validation: 256 };
/** Of the training set; 256 samples are held out in another, 4,000 of the test set are in sixteen. */
export const BLOCKS_OF_TRAINING = 12;
/** Of each vector that travels. */
export const VECTOR_BYTES = 4 * (784 * 10 + 10);

const digitsRun = (fields: Readonly<Record<string, unknown>>): RunSpec =>
  resolveRunSpec({
    name: 'by need',
    seed: 7,
    model: {
      input: [1, 28, 28],
      layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }],
      loss: 'cross_entropy',
    },
    microbatch: 16,
    epochs: 1,
    ...fields,
  });

/** The first leaf has 512 samples, half of a group of four blocks. */
export const roundsByBlocks = digitsRun({
  data: { ...DATA, order: 'blocks' },
  batch: 32,
  steps: { type: 'localSteps', replicas: 2, localSteps: 16, outer: { type: 'average' } },
});

/** The same for three epochs, so that changes of the parameters travel too, in 4 bits each way. */
export const codedRoundsByBlocks = digitsRun({
  data: { ...DATA, order: 'blocks' },
  batch: 32,
  epochs: 3,
  steps: { type: 'localSteps', replicas: 2, localSteps: 16, outer: { type: 'nesterov' } },
  coding: { up: 'int4', down: 'int4' },
});

export const shuffledSteps = digitsRun({ data: { ...DATA, order: 'shuffled' }, batch: 64 });

export function aloneOnDigits(spec: RunSpec): Promise<RunOutcome> {
  const data = splitForRun(digitsDataSet(), spec.data, spec.seed);
  return trainAlone({ spec, data, engine: wasmStrictEngine });
}
