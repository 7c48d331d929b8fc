/** Layer normalisation (Ba et al. 2016) over all features of one sample. */
import type { LayerNormLayer } from '../../nn/model.ts';
import type { Operation, Pass } from './operation.ts';

/**
 * Over the n features of a sample:
 * forward   m = Σx/n,  v = Σ(x − m)²/n,  x̂ = (x − m)/√(v + ε),  y[i] = scale[i]·x̂[i] + shift[i]
 * backward  ∂scale[i] = Σ over samples dy[i]·x̂[i],  ∂shift[i] = Σ over samples dy[i],  g[i] = scale[i]·dy[i],
 *           dx[i] = (g[i] − Σg/n − x̂[i]·Σ(g·x̂)/n) / √(v + ε)
 */
export function layerNormOperation(layer: LayerNormLayer, microbatch: number): Operation {
  const { features, epsilon, scale, shift } = layer;
  const y = new Float64Array(microbatch * features);
  const dx = new Float64Array(microbatch * features);
  const normalised = new Float64Array(microbatch * features);
  const inverse = new Float64Array(microbatch);

  return {
    forward(x: Float64Array, { count, parameters }: Pass): Float64Array {
      for (let sample = 0; sample < count; sample += 1) {
        const first = sample * features;
        let sum = 0;
        for (let i = 0; i < features; i += 1) sum += x[first + i];
        const mean = sum / features;
        let squares = 0;
        for (let i = 0; i < features; i += 1) squares += (x[first + i] - mean) * (x[first + i] - mean);
        inverse[sample] = 1 / Math.sqrt(squares / features + epsilon);
        for (let i = 0; i < features; i += 1) {
          normalised[first + i] = (x[first + i] - mean) * inverse[sample];
          y[first + i] = parameters[scale.offset + i] * normalised[first + i] + parameters[shift.offset + i];
        }
      }
      return y;
    },

    backward(_x: Float64Array, dy: Float64Array, { count, parameters, gradient }: Pass): Float64Array {
      for (let sample = 0; sample < count; sample += 1) {
        const first = sample * features;
        let slopes = 0;
        let products = 0;
        for (let i = 0; i < features; i += 1) {
          gradient[scale.offset + i] += dy[first + i] * normalised[first + i];
          gradient[shift.offset + i] += dy[first + i];
          const slope = parameters[scale.offset + i] * dy[first + i];
          slopes += slope;
          products += slope * normalised[first + i];
        }
        for (let i = 0; i < features; i += 1) {
          const slope = parameters[scale.offset + i] * dy[first + i];
          dx[first + i] =
            (slope - slopes / features - (normalised[first + i] * products) / features) * inverse[sample];
        }
      }
      return dx;
    },
  };
}
