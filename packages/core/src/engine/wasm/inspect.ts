/** Looking into a network at work: what each layer gave out in the latest call. For pages that show it, never for training. */
import type { Executor } from '../engine.ts';

/**
 * An executor whose layers can be looked at one by one. Its outputs have the bits of the engine's ordinary executor; its
 * gradient may differ in the last ones, and it takes more memory and time, since no layer is done together with the next.
 */
export interface InspectableExecutor extends Executor {
  /**
   * [elements of the layer's output shape] what the layer gave out for one sample of the latest `evaluate` or
   * `computeGradient` (there with its dropped neurons at zero), copied. Members of residual blocks have names of their own.
   * @throws RangeError for a layer or a sample that is not there
   */
  activations(layer: string, sample: number): Float32Array;
}

/** The values of one sample where eight samples lie interleaved in each of `groups` groups. */
export function laneOf(values: Float32Array, groups: number, sample: number): Float32Array {
  const features = values.length / (8 * groups);
  const first = (sample >> 3) * features * 8 + (sample & 7);
  return Float32Array.from({ length: features }, (_, feature) => values[first + 8 * feature] as number);
}
