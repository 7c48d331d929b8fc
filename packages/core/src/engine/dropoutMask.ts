/** Which neurons dropout leaves out: a function of the address alone, so anybody can name them without training. */
import type { Layer } from '../nn/model.ts';
import { lengthOf } from '../nn/shapes.ts';
import { Purpose, threefry } from '../random/threefry.ts';
import type { RandomAddress } from './engine.ts';

/**
 * [elements of the layer] 1 where the neuron is out for this sample in this epoch (both numbered from 0), else 0: word i of the stream
 * key [seed, dropout, layer, epoch], counter sample = number of the sample, is below ⌊rate·2³²⌋.
 */
export function droppedNeurons(
  layer: Extract<Layer, { type: 'dropout' }>,
  { seed, epoch }: RandomAddress,
  sample: number,
): Uint8Array {
  const key = [seed, Purpose.dropout, layer.id, epoch] as const;
  const threshold = Math.floor(layer.rate * 4294967296);
  const words = new Uint32Array(4);
  const dropped = new Uint8Array(lengthOf(layer.inputShape));
  for (let i = 0; i < dropped.length; i += 1) {
    if (i % 4 === 0) threefry(key, sample, i / 4, 0, 0, words);
    dropped[i] = (words[i % 4] as number) < threshold ? 1 : 0;
  }
  return dropped;
}
