/** The thinned networks of dropout, and what the neuron behind them is given. */
import { compileModel, droppedNeurons, initialParameters, type Layer, type Model } from '@shoal/core';

export const HIDDEN = 8;
const SEED = 5;

/** @param rate the probability of being left out */
export const thinnable = (rate: number): Model =>
  compileModel({
    input: [3],
    layers: [
      { type: 'dense', units: HIDDEN },
      { type: 'tanh' },
      { type: 'dropout', rate },
      { type: 'dense', units: 1, initializer: { type: 'uniform', limit: 1.5 } },
    ],
    loss: 'cross_entropy',
  });

export const parametersOf = (model: Model): Float32Array => initialParameters(model, SEED);

/** 1 where a neuron is out in this mini-batch: the masks that a run of this seed draws. */
export function maskOf(model: Model, miniBatch: number): Uint8Array {
  const layer = model.layers.find(
    (one): one is Extract<Layer, { type: 'dropout' }> => one.type === 'dropout',
  );
  return layer === undefined
    ? new Uint8Array(HIDDEN)
    : droppedNeurons(layer, { seed: SEED, epoch: 0 }, miniBatch);
}

type Sums = { readonly hidden: ArrayLike<number>; readonly weights: ArrayLike<number> };

/** Σ wᵢ hᵢ over the neurons that take part. */
export function sumWithout({ hidden, weights }: Sums, mask: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < hidden.length; i += 1) if (mask[i] !== 1) sum += (weights[i] ?? 0) * (hidden[i] ?? 0);
  return sum;
}

/** As in testing: all neurons, each weight times 1 − p. */
export const testedSum = (sums: Sums, rate: number): number => (1 - rate) * sumWithout(sums, []);
