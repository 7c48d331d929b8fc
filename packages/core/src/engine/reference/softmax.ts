/** The softmax layer, over the features of each sample. */
import { exp } from '../../math/elementary.ts';
import type { Layer } from '../../nn/model.ts';
import { lengthOf } from '../../nn/shapes.ts';
import type { Operation, Pass } from './operation.ts';

/**
 * forward   y[i] = e^(x[i] − max x) / Σₖ e^(x[k] − max x); the maximum cancels and keeps e^… finite
 * backward  dx[i] = y[i]·(dy[i] − Σₖ y[k]·dy[k])
 */
export function softmaxOperation(layer: Layer, microbatch: number): Operation {
  const length = lengthOf(layer.inputShape);
  const y = new Float64Array(microbatch * length);
  const dx = new Float64Array(microbatch * length);

  return {
    forward(x: Float64Array, { count }: Pass): Float64Array {
      for (let first = 0; first < count * length; first += length) {
        let largest = x[first];
        for (let i = 1; i < length; i += 1) largest = Math.max(largest, x[first + i]);
        let sum = 0;
        for (let i = 0; i < length; i += 1) {
          y[first + i] = exp(x[first + i] - largest);
          sum += y[first + i];
        }
        for (let i = 0; i < length; i += 1) y[first + i] /= sum;
      }
      return y;
    },

    backward(_x: Float64Array, dy: Float64Array, { count }: Pass): Float64Array {
      for (let first = 0; first < count * length; first += length) {
        let mean = 0;
        for (let i = 0; i < length; i += 1) mean += y[first + i] * dy[first + i];
        for (let i = 0; i < length; i += 1) dx[first + i] = y[first + i] * (dy[first + i] - mean);
      }
      return dx;
    },
  };
}
