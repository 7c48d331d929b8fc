/** A run small enough for a test: six-valued samples of three classes, seven microbatches a step, dropout inside. */
import { classSamples, type DataSet, resolveRunSpec, type Samples } from '@shoal/core';

export const smallSpec = resolveRunSpec({
  name: 'small',
  about: 'A run for tests.',
  seed: 11,
  data: { source: 'idx', validation: 8 },
  model: {
    input: [6],
    layers: [
      { type: 'dense', units: 5 },
      { type: 'tanh' },
      { type: 'dropout', rate: 0.25 },
      { type: 'dense', units: 3 },
    ],
    loss: 'cross_entropy',
  },
  batch: 13,
  microbatch: 2,
  epochs: 2,
  optimizer: { type: 'adam', lr: 0.01 },
});

function samples(count: number, salt: number): Samples {
  const values = Uint8Array.from({ length: count * 6 }, (_, i) => (i * 73 + salt * 31) % 256);
  return classSamples(
    { shape: [6], values },
    Uint8Array.from({ length: count }, (_, i) => (i + salt) % 3),
  );
}

export const smallData: DataSet = {
  info: { name: 'small', source: 'idx', shape: [6], classes: 3, sha256: 'ab'.repeat(32) },
  train: samples(48, 1),
  test: samples(9, 3),
};
