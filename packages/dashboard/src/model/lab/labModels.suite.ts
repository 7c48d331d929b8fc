/** Small models with parameters that were drawn, and data, for the tests of what looks into them. */
import {
  compileModel,
  digitsDataSet,
  type Executor,
  initialParameters,
  type LayerSpec,
  type Model,
  type Samples,
  wasmStrictEngine,
} from '@shoal/core';
import { type Pace, paceOf } from './pace.ts';

const LAYERS: LayerSpec[] = [
  { type: 'conv2d', filters: 4, kernel: 5, stride: 2 },
  { type: 'relu' },
  { type: 'max_pool2d', size: 2 },
  { type: 'flatten' },
  { type: 'dense', units: 32 },
  { type: 'tanh' },
  { type: 'dropout', rate: 0.5 },
  { type: 'dense', units: 10 },
];

export const digitModel: Model = compileModel({
  input: [1, 28, 28],
  layers: LAYERS,
  loss: 'cross_entropy',
});

/** Biases away from zero: at zero every rectifier over an empty corner of the picture stands right on its bend. */
export const digitParameters: Float32Array = initialParameters(digitModel, 3).map((value) =>
  value === 0 ? 0.05 : value,
);

export function someDigits(count: number): Samples {
  return digitsDataSet({ train: 1, test: count }).test;
}

export async function executorOf(
  model: Model,
  parameters: Float32Array,
  microbatch: number,
): Promise<Executor> {
  const executor = await wasmStrictEngine.compile(model, { microbatch, inputGradient: false });
  executor.parameters.set(parameters);
  executor.parametersChanged();
  return executor;
}

/** Rests at each piece of work, as when time flew, until `pieces` of them are done; then it is called off. */
export function paceUntil(pieces: number, progress: (done: number, total: number) => void = () => {}): Pace {
  let now = 0;
  let done = 0;
  return paceOf({
    now: () => {
      now += 1000;
      return now;
    },
    rest: () => Promise.resolve(),
    isCancelled: () => {
      done += 1;
      return done > pieces;
    },
    progress,
  });
}
