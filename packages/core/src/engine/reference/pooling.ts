/** Layers that shrink an image: maximum, average and global average. */
import type { Layer, PoolLayer } from '../../nn/model.ts';
import { lengthOf } from '../../nn/shapes.ts';
import type { Operation, Pass } from './operation.ts';

/** Visits every window of every channel of every sample with the indices of its first input and its output. */
function eachWindow(
  layer: PoolLayer,
  count: number,
  visit: (firstInput: number, output: number) => void,
): void {
  const [channels, height, width] = layer.inputShape;
  const [, outHeight, outWidth] = layer.outputShape;
  for (let plane = 0; plane < count * channels; plane += 1) {
    for (let i = 0; i < outHeight; i += 1) {
      for (let j = 0; j < outWidth; j += 1) {
        const firstInput = (plane * height + i * layer.stride[0]) * width + j * layer.stride[1];
        visit(firstInput, (plane * outHeight + i) * outWidth + j);
      }
    }
  }
}

/** Offsets of a window's inputs from its first one, in row-major order. */
function windowOffsets(layer: PoolLayer): number[] {
  const [, , width] = layer.inputShape;
  const offsets: number[] = [];
  for (let a = 0; a < layer.size[0]; a += 1) {
    for (let b = 0; b < layer.size[1]; b += 1) offsets.push(a * width + b);
  }
  return offsets;
}

/**
 * forward   y = max over the window of x
 * backward  dx of the window's first maximum, in row-major order, grows by dy
 */
export function maxPoolOperation(layer: PoolLayer, microbatch: number): Operation {
  const y = new Float64Array(microbatch * lengthOf(layer.outputShape));
  const dx = new Float64Array(microbatch * lengthOf(layer.inputShape));
  const winner = new Int32Array(y.length);
  const offsets = windowOffsets(layer);

  return {
    forward(x: Float64Array, { count }: Pass): Float64Array {
      eachWindow(layer, count, (firstInput, output) => {
        let best = firstInput;
        for (const offset of offsets) {
          if (x[firstInput + offset] > x[best]) best = firstInput + offset;
        }
        winner[output] = best;
        y[output] = x[best];
      });
      return y;
    },

    backward(_x: Float64Array, dy: Float64Array, { count }: Pass): Float64Array {
      dx.fill(0);
      eachWindow(layer, count, (_firstInput, output) => {
        dx[winner[output]] += dy[output];
      });
      return dx;
    },
  };
}

/**
 * forward   y = (Σ over the window of x) / window size
 * backward  dx of every place in the window grows by dy / window size
 */
export function averagePoolOperation(layer: PoolLayer, microbatch: number): Operation {
  const y = new Float64Array(microbatch * lengthOf(layer.outputShape));
  const dx = new Float64Array(microbatch * lengthOf(layer.inputShape));
  const offsets = windowOffsets(layer);

  return {
    forward(x: Float64Array, { count }: Pass): Float64Array {
      eachWindow(layer, count, (firstInput, output) => {
        let sum = 0;
        for (const offset of offsets) sum += x[firstInput + offset];
        y[output] = sum / offsets.length;
      });
      return y;
    },

    backward(_x: Float64Array, dy: Float64Array, { count }: Pass): Float64Array {
      dx.fill(0);
      eachWindow(layer, count, (firstInput, output) => {
        for (const offset of offsets) dx[firstInput + offset] += dy[output] / offsets.length;
      });
      return dx;
    },
  };
}

/** The average pool whose window is the whole image: y[c] = mean over places of x[c], dx[c] = dy[c] / places. */
export function globalAveragePoolOperation(layer: Layer, microbatch: number): Operation {
  const [channels, height, width] = layer.inputShape;
  return averagePoolOperation(
    {
      ...layer,
      type: 'avg_pool2d',
      outputShape: [channels, 1, 1],
      size: [height, width],
      stride: [height, width],
    },
    microbatch,
  );
}
