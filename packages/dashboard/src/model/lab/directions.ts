/**
 * Two random directions in the space of all parameters, for a slice through the loss surface. They are normalised filter by
 * filter (Li, Xu, Taylor, Studer, Goldstein, "Visualizing the Loss Landscape of Neural Nets", 2018): each filter or neuron of a
 * direction is scaled to the length of the same filter or neuron in the model, so that a step of 1 changes every one of them
 * by as much as it is long, whatever its scale. Biases and norms' parameters stay where they are, as in the paper.
 */
import { type Model, RandomStream, type TensorInfo } from '@shoal/core';

/** Second word of the random key, beside the purposes that a run has: directions never share a stream with training. */
const DIRECTION = 2000;

/** [vectorLength] a direction; `which` tells directions of one seed apart. */
export function randomDirection(
  model: Model,
  parameters: Float32Array,
  seed: number,
  which: number,
): Float32Array {
  const direction = new Float32Array(model.vectorLength);
  model.tensors.forEach((tensor, number) => {
    if (tensor.role !== 'weight') return;
    const stream = new RandomStream([seed, DIRECTION, number, which], 0);
    for (let i = 0; i < tensor.length; i += 1) direction[tensor.offset + i] = gaussian(stream, i);
    normaliseFilters(tensor, parameters, direction);
  });
  return direction;
}

/** Number `i` of a standard normal stream (Box and Muller 1958). */
function gaussian(stream: RandomStream, i: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - stream.uniform(2 * i)));
  return radius * Math.cos(2 * Math.PI * stream.uniform(2 * i + 1));
}

/** d ← d · ‖w‖ / ‖d‖ for each row of the tensor: a dense neuron's weights, a convolution's filter. */
function normaliseFilters(tensor: TensorInfo, parameters: Float32Array, direction: Float32Array): void {
  const length = tensor.length / tensor.shape[0];
  for (let row = 0; row < tensor.shape[0]; row += 1) {
    const from = tensor.offset + row * length;
    const own = direction.subarray(from, from + length);
    const scale = norm(parameters.subarray(from, from + length)) / norm(own);
    for (let i = 0; i < length; i += 1) own[i] *= scale;
  }
}

export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] * values[i];
  return Math.sqrt(sum);
}
