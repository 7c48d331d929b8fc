/** Batch normalisation (Ioffe & Szegedy 2015) over one microbatch. */
import type { BatchNormLayer } from '../../nn/model.ts';
import { lengthOf } from '../../nn/shapes.ts';
import type { Operation, Pass } from './operation.ts';

/**
 * For each feature (a channel of an image, an element of a vector) over its n values in the microbatch:
 * forward   m = Σx/n,  v = Σ(x − m)²/n,  x̂ = (x − m)/√(v + ε),  y = scale·x̂ + shift
 * backward  ∂scale = Σ dy·x̂,  ∂shift = Σ dy,
 *           dx = scale/√(v + ε) · (dy − ∂shift/n − x̂·∂scale/n)
 * In evaluation, and where n = 1, m and v are the running values, constants: dx = scale/√(v + ε)·dy.
 * The running values' part of the gradient gets count·m and count·v·n/(n − 1) (count times the running values
 * where n = 1), so that dividing by the number of samples gives their mean over microbatches.
 */
export function batchNormOperation(layer: BatchNormLayer, microbatch: number): Operation {
  const { features, epsilon } = layer;
  const length = lengthOf(layer.inputShape);
  const places = length / features;
  const y = new Float64Array(microbatch * length);
  const dx = new Float64Array(microbatch * length);
  const normalised = new Float64Array(microbatch * length);
  const inverse = new Float64Array(features);

  function eachValue(feature: number, count: number, visit: (index: number) => void): void {
    for (let sample = 0; sample < count; sample += 1) {
      const first = sample * length + feature * places;
      for (let place = 0; place < places; place += 1) visit(first + place);
    }
  }

  function measure(x: Float64Array, feature: number, count: number): { mean: number; variance: number } {
    let sum = 0;
    eachValue(feature, count, (i) => {
      sum += x[i];
    });
    const mean = sum / (count * places);
    let squares = 0;
    eachValue(feature, count, (i) => {
      squares += (x[i] - mean) * (x[i] - mean);
    });
    return { mean, variance: squares / (count * places) };
  }

  return {
    forward(x: Float64Array, { count, training, parameters, gradient }: Pass): Float64Array {
      const n = count * places;
      for (let feature = 0; feature < features; feature += 1) {
        const runningMean = parameters[layer.runningMean.offset + feature];
        const runningVariance = parameters[layer.runningVar.offset + feature];
        const measured = training && n > 1;
        const { mean, variance } = measured
          ? measure(x, feature, count)
          : { mean: runningMean, variance: runningVariance };
        if (training) {
          gradient[layer.runningMean.offset + feature] = count * mean;
          gradient[layer.runningVar.offset + feature] = count * variance * (measured ? n / (n - 1) : 1);
        }
        inverse[feature] = 1 / Math.sqrt(variance + epsilon);
        const scale = parameters[layer.scale.offset + feature];
        const shift = parameters[layer.shift.offset + feature];
        eachValue(feature, count, (i) => {
          normalised[i] = (x[i] - mean) * inverse[feature];
          y[i] = scale * normalised[i] + shift;
        });
      }
      return y;
    },

    backward(_x: Float64Array, dy: Float64Array, { count, parameters, gradient }: Pass): Float64Array {
      const n = count * places;
      for (let feature = 0; feature < features; feature += 1) {
        let slopes = 0;
        let products = 0;
        eachValue(feature, count, (i) => {
          slopes += dy[i];
          products += dy[i] * normalised[i];
        });
        gradient[layer.shift.offset + feature] += slopes;
        gradient[layer.scale.offset + feature] += products;
        const factor = parameters[layer.scale.offset + feature] * inverse[feature];
        eachValue(feature, count, (i) => {
          const centred = n > 1 ? dy[i] - slopes / n - (normalised[i] * products) / n : dy[i];
          dx[i] = factor * centred;
        });
      }
      return dx;
    },
  };
}
