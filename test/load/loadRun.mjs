/**
 * The run that the load test drives: the model of a preset for MNIST, one sample a microbatch, so that a step has as many
 * microbatches as its batch has samples; and a synthetic data set that each process draws for itself.
 */
import { classSamples, findPreset, resolveRunSpec } from '@shoal/core';

const SIDE = 28;
const CLASSES = 10;

/** @param {number} microbatches a step */
export function loadSpec(microbatches, preset = 'mnist-cnn') {
  const { model, optimizer } = findPreset(preset);
  return resolveRunSpec({
    name: 'load',
    about: `${preset} for a load test of the coordinator.`,
    seed: 1,
    data: { source: 'idx', validation: 0 },
    model,
    optimizer,
    batch: microbatches,
    microbatch: 1,
    // Its workers answer with whatever is at hand: checked, they would all be sent away.
    trust: { spotCheck: 0 },
    // Stopped from outside long before.
    epochs: 100_000,
  });
}

/** Four steps an epoch. */
export function loadDataSet(microbatches) {
  return {
    info: {
      name: 'load',
      source: 'idx',
      shape: [1, SIDE, SIDE],
      classes: CLASSES,
      sha256: '10ad'.repeat(16),
    },
    train: samples(4 * microbatches),
    test: samples(64),
  };
}

function samples(count) {
  const sampleLength = SIDE * SIDE;
  const values = Uint8Array.from({ length: count * sampleLength }, (_, i) => Math.imul(i, 2654435761) >>> 24);
  return classSamples(
    { shape: [1, SIDE, SIDE], values },
    Uint8Array.from({ length: count }, (_, i) => i % CLASSES),
  );
}
