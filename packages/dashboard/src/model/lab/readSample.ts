/** Reads one sample and tells what every layer did with it. */
import { allLayers, droppedNeurons, type InspectableExecutor, type RandomAddress } from '@shoal/core';
import { answerOf } from './answer.ts';

/** The network as in training: with the neurons out that this sample's address names. */
export type TrainingMode = RandomAddress & { readonly sample: number };

export type LayerReading = {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** 1 where a neuron is out; null where all take part. */
  readonly dropped: Uint8Array | null;
};

export type Reading = {
  readonly probabilities: Float32Array;
  readonly said: number;
  readonly layers: readonly LayerReading[];
};

/**
 * `pixels` are the inputs of one sample. With `training` null the network reads as it does when it is used; otherwise
 * dropout is at work, with the masks that workers draw for that sample in that epoch.
 */
export function readSample(
  executor: InspectableExecutor,
  pixels: Float32Array,
  training: TrainingMode | null,
): Reading {
  const { model } = executor;
  executor.inputs.set(pixels);
  executor.targets[0] = 0;
  if (training === null) {
    executor.evaluate(1);
  } else {
    executor.samples[0] = training.sample;
    executor.computeGradient(1, training);
  }
  const layers = allLayers(model.layers)
    // A flat image has the same values as the image.
    .filter((layer) => layer.type !== 'flatten')
    .map((layer) => ({
      name: layer.name,
      type: layer.type,
      shape: layer.outputShape,
      values: executor.activations(layer.name, 0),
      dropped:
        training !== null && layer.type === 'dropout'
          ? droppedNeurons(layer, training, training.sample)
          : null,
    }));
  return { ...answerOf(model, executor.outputs), layers };
}
