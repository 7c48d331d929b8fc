/** The fully connected layer. */
import type { DenseLayer } from '../../nn/model.ts';
import type { Operation, Pass } from './operation.ts';

/**
 * forward   y[u] = b[u] + Σᵢ w[u,i]·x[i]
 * backward  ∂w[u,i] = Σ over samples dy[u]·x[i],  ∂b[u] = Σ over samples dy[u],  dx[i] = Σᵤ w[u,i]·dy[u]
 */
export function denseOperation(layer: DenseLayer, microbatch: number): Operation {
  const { inputs, units } = layer;
  const y = new Float64Array(microbatch * units);
  const dx = new Float64Array(microbatch * inputs);

  return {
    forward(x: Float64Array, { count, parameters }: Pass): Float64Array {
      for (let sample = 0; sample < count; sample += 1) {
        for (let unit = 0; unit < units; unit += 1) {
          const row = layer.weight.offset + unit * inputs;
          let sum = layer.bias === null ? 0 : parameters[layer.bias.offset + unit];
          for (let input = 0; input < inputs; input += 1) {
            sum += parameters[row + input] * x[sample * inputs + input];
          }
          y[sample * units + unit] = sum;
        }
      }
      return y;
    },

    backward(x: Float64Array, dy: Float64Array, { count, parameters, gradient }: Pass): Float64Array {
      dx.fill(0);
      for (let sample = 0; sample < count; sample += 1) {
        for (let unit = 0; unit < units; unit += 1) {
          const slope = dy[sample * units + unit];
          const row = layer.weight.offset + unit * inputs;
          if (layer.bias !== null) gradient[layer.bias.offset + unit] += slope;
          for (let input = 0; input < inputs; input += 1) {
            gradient[row + input] += slope * x[sample * inputs + input];
            dx[sample * inputs + input] += slope * parameters[row + input];
          }
        }
      }
      return dx;
    },
  };
}
