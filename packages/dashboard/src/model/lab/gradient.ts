/** One weight's slope three ways: backpropagation and a difference quotient in float64, and the kernels that train. */
import {
  allLayers,
  checkGradient,
  type Executor,
  type GradientCheck,
  type Samples,
  SampleWriter,
} from '@shoal/core';
import type { Pace } from './pace.ts';

/** A weight by its place in the flat vector, or any, drawn from [0, 1): the steeper the loss is in one, the likelier it is. */
export type WeightChoice =
  | { readonly type: 'place'; readonly index: number }
  | { readonly type: 'any'; readonly draw: number };

export type SlopeCheck = {
  /** Place of the weight in the flat vector. */
  readonly index: number;
  readonly check: GradientCheck;
  /** ∂l/∂w as the kernels of the workers compute it, in float32. */
  readonly kernels: number;
  readonly samples: number;
  /** The loss along this weight: places and losses, the middle one where the weight is. */
  readonly curve: { readonly weights: Float64Array; readonly losses: Float64Array };
};

/** Places along the curve, odd. */
const CURVE_POINTS = 31;

/**
 * All `samples` are used, at once, and must fit the executor's microbatch. Both sides drop the same neurons, if any.
 */
export async function checkSlope(
  executor: Executor,
  parameters: Float32Array,
  samples: Samples,
  choice: WeightChoice,
  pace: Pace,
): Promise<SlopeCheck> {
  const { model } = executor;
  const { count } = samples;
  const numbers = Uint32Array.from({ length: count }, (_, i) => i);
  const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: 0 });
  writer.write(executor, samples, numbers, numbers, null);
  const address = { seed: 0, epoch: 0 };
  executor.parameters.set(parameters);
  executor.parametersChanged();
  executor.computeGradient(count, address);
  const { trainableLength } = model;
  const index = indexOf(choice, executor.gradient.subarray(0, trainableLength));
  const kernels = executor.gradient[index] / count;
  const check = checkGradient({
    model,
    parameters,
    inputs: executor.inputs.slice(0, count * model.inputLength),
    labels: samples.targets.values,
    index,
    address,
  });

  // Without layers that do something else in training, the forward pass alone has the same loss.
  const isSteady = allLayers(model.layers).every(({ type }) => type !== 'dropout' && type !== 'batch_norm');
  const lossAt = (weight: number): number => {
    executor.parameters[index] = weight;
    executor.parametersChanged();
    const sums = isSteady ? executor.evaluate(count) : executor.computeGradient(count, address);
    return sums.loss / count;
  };
  const reach = Math.max(0.5, 2 * Math.abs(check.value));
  const weights = Float64Array.from(
    { length: CURVE_POINTS },
    (_, i) => check.value + reach * ((2 * i) / (CURVE_POINTS - 1) - 1),
  );
  const losses = new Float64Array(CURVE_POINTS);
  for (const [i, weight] of weights.entries()) {
    losses[i] = lossAt(weight);
    await pace.breathe(i + 1, CURVE_POINTS);
  }
  return { index, check, kernels, samples: count, curve: { weights, losses } };
}

/** Most weights hardly matter to a few samples, and some, behind a silent rectifier, not at all: there is little to be seen of those. */
function indexOf(choice: WeightChoice, gradient: Float32Array): number {
  if (choice.type === 'place') return choice.index;
  const all = gradient.reduce((sum, slope) => sum + Math.abs(slope), 0);
  let rest = choice.draw * all;
  const found = gradient.findIndex((slope) => {
    rest -= Math.abs(slope);
    return rest < 0;
  });
  return found >= 0 ? found : Math.floor(choice.draw * gradient.length);
}
