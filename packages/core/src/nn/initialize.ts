/**
 * The parameters that a run starts from. Every value is addressed by (seed, layer, role, element), so that it
 * depends on nothing else and is the same on every machine: uniform numbers, a division, a square root and one
 * rounding to float32 are all that stands between the generator and the weight.
 */
import { unreachable } from '../base/unreachable.ts';
import { Purpose, RandomStream } from '../random/threefry.ts';
import type { InitializerSpec } from './layers.ts';
import type { Model, TensorInfo, TensorRole } from './model.ts';
import { allLayers, tensorsOf } from './walk.ts';

/** Third coordinate of a weight's address (the counter's sample word). */
export const ROLE_NUMBERS: Readonly<Record<TensorRole, number>> = {
  weight: 0,
  bias: 1,
  scale: 2,
  shift: 3,
  slope: 4,
  running_mean: 5,
  running_var: 6,
};

/** [vectorLength] float32: the flat vector before the first step. `seed` is taken modulo 2³². */
export function initialParameters(model: Model, seed: number): Float32Array {
  const vector = new Float32Array(model.vectorLength);
  for (const layer of allLayers(model.layers)) {
    for (const tensor of tensorsOf(layer)) {
      fill(vector.subarray(tensor.offset, tensor.offset + tensor.length), tensor, layer.id, seed);
    }
  }
  return vector;
}

function fill(values: Float32Array, tensor: TensorInfo, layerId: number, seed: number): void {
  const { start } = tensor;
  switch (start.type) {
    case 'constant':
      values.fill(start.value);
      return;
    case 'given':
      values.set(start.values);
      return;
    case 'drawn': {
      const limit = limitOf(start.initializer, start.fanIn, start.fanOut);
      if (limit === 0) return;
      const stream = new RandomStream([seed, Purpose.initialize, layerId, 0], ROLE_NUMBERS[tensor.role]);
      for (let index = 0; index < values.length; index += 1) {
        values[index] = Math.fround((2 * stream.uniform(index) - 1) * limit);
      }
      return;
    }
    default:
      unreachable(start);
  }
}

/** Weights are uniform in [−limit, limit). */
function limitOf(initializer: InitializerSpec, fanIn: number, fanOut: number): number {
  switch (initializer.type) {
    case 'zeros':
      return 0;
    case 'uniform':
      return initializer.limit;
    case 'glorot':
      return Math.sqrt(6 / (fanIn + fanOut));
    case 'he':
      return Math.sqrt(6 / fanIn);
  }
}
