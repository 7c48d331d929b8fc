/** The two-dimensional convolution (cross-correlation, as everywhere in the field) with stride and zero padding. */
import type { Conv2dLayer } from '../../nn/model.ts';
import { lengthOf } from '../../nn/shapes.ts';
import type { Operation, Pass } from './operation.ts';

/**
 * With input place (r, s) = (i·strideH + a − padH, j·strideW + b − padW) and x = 0 outside the image:
 * forward   y[f,i,j] = bias[f] + Σ over c,a,b of w[f,c,a,b]·x[c,r,s]
 * backward  ∂w[f,c,a,b] = Σ over samples,i,j of dy[f,i,j]·x[c,r,s],  ∂bias[f] = Σ over samples,i,j of dy[f,i,j],
 *           dx[c,r,s] = Σ over f,i,j,a,b that reach (r, s) of w[f,c,a,b]·dy[f,i,j]
 */
export function convolutionOperation(layer: Conv2dLayer, microbatch: number): Operation {
  const [channels, height, width] = layer.inputShape;
  const [filters, outHeight, outWidth] = layer.outputShape;
  const [kernelHeight, kernelWidth] = layer.kernel;
  const inputLength = lengthOf(layer.inputShape);
  const outputLength = lengthOf(layer.outputShape);
  const y = new Float64Array(microbatch * outputLength);
  const dx = new Float64Array(microbatch * inputLength);

  /** Visits every pair of a weight and an input place that meet in output place (i, j) of one filter. */
  function eachTap(
    filter: number,
    i: number,
    j: number,
    visit: (weight: number, place: number) => void,
  ): void {
    for (let channel = 0; channel < channels; channel += 1) {
      for (let a = 0; a < kernelHeight; a += 1) {
        const r = i * layer.stride[0] + a - layer.padding[0];
        if (r < 0 || r >= height) continue;
        for (let b = 0; b < kernelWidth; b += 1) {
          const s = j * layer.stride[1] + b - layer.padding[1];
          if (s < 0 || s >= width) continue;
          const weight = ((filter * channels + channel) * kernelHeight + a) * kernelWidth + b;
          visit(layer.weight.offset + weight, (channel * height + r) * width + s);
        }
      }
    }
  }

  function eachOutput(count: number, visit: (sample: number, f: number, i: number, j: number) => void): void {
    for (let sample = 0; sample < count; sample += 1) {
      for (let filter = 0; filter < filters; filter += 1) {
        for (let i = 0; i < outHeight; i += 1) {
          for (let j = 0; j < outWidth; j += 1) visit(sample, filter, i, j);
        }
      }
    }
  }

  const outputIndex = (sample: number, filter: number, i: number, j: number): number =>
    sample * outputLength + (filter * outHeight + i) * outWidth + j;

  return {
    forward(x: Float64Array, { count, parameters }: Pass): Float64Array {
      eachOutput(count, (sample, filter, i, j) => {
        let sum = layer.bias === null ? 0 : parameters[layer.bias.offset + filter];
        eachTap(filter, i, j, (weight, place) => {
          sum += parameters[weight] * x[sample * inputLength + place];
        });
        y[outputIndex(sample, filter, i, j)] = sum;
      });
      return y;
    },

    backward(x: Float64Array, dy: Float64Array, { count, parameters, gradient }: Pass): Float64Array {
      dx.fill(0);
      eachOutput(count, (sample, filter, i, j) => {
        const slope = dy[outputIndex(sample, filter, i, j)];
        if (layer.bias !== null) gradient[layer.bias.offset + filter] += slope;
        eachTap(filter, i, j, (weight, place) => {
          gradient[weight] += slope * x[sample * inputLength + place];
          dx[sample * inputLength + place] += slope * parameters[weight];
        });
      });
      return dx;
    },
  };
}
