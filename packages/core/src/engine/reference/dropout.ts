/** Dropout with masks that are addressed, not drawn (Srivastava et al. 2014, in its inverted form). */
import type { Layer } from '../../nn/model.ts';
import { lengthOf } from '../../nn/shapes.ts';
import { Purpose, threefry } from '../../random/threefry.ts';
import type { Operation, Pass } from './operation.ts';

/**
 * In training, with word i of the stream key [seed, dropout, layer, epoch], counter sample = number of the sample:
 * forward   y[i] = 0 where word < ⌊rate·2³²⌋, else x[i]·s with s = 1/(1 − rate) rounded to float32
 * backward  dx[i] = 0 where dropped, else dy[i]·s
 * In evaluation y = x. Scaling what is kept in training is the lecture's "multiply the weights by (1 − rate) in
 * testing" done early.
 */
export function dropoutOperation(layer: Layer & { readonly type: 'dropout' }, microbatch: number): Operation {
  const length = lengthOf(layer.inputShape);
  const y = new Float64Array(microbatch * length);
  const dx = new Float64Array(microbatch * length);
  const factors = new Float64Array(microbatch * length);
  const words = new Uint32Array(4);
  const threshold = Math.floor(layer.rate * 4294967296);
  const scale = Math.fround(1 / (1 - layer.rate));

  function drawFactors({ count, samples, address }: Pass): void {
    const key = [address.seed, Purpose.dropout, layer.id, address.epoch] as const;
    for (let sample = 0; sample < count; sample += 1) {
      for (let i = 0; i < length; i += 1) {
        if (i % 4 === 0) threefry(key, samples[sample], i / 4, 0, 0, words);
        factors[sample * length + i] = words[i % 4] < threshold ? 0 : scale;
      }
    }
  }

  return {
    forward(x: Float64Array, pass: Pass): Float64Array {
      if (!pass.training) return x;
      drawFactors(pass);
      for (let i = 0; i < pass.count * length; i += 1) y[i] = factors[i] * x[i];
      return y;
    },

    backward(_x: Float64Array, dy: Float64Array, { count }: Pass): Float64Array {
      for (let i = 0; i < count * length; i += 1) dx[i] = factors[i] * dy[i];
      return dx;
    },
  };
}
