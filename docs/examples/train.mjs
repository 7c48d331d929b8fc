// Trains a small network on the built-in digits in this process, with no coordinator and no network.
// Run it from a checkout after `npm run build`:  node docs/examples/train.mjs
import { writeFileSync } from 'node:fs';
import {
  compileModel,
  digitsDataSet,
  exportModel,
  resolveRunSpec,
  sentence,
  splitForRun,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';

// Everything that is left out gets its default; resolveRunSpec says in a sentence what it does not understand.
const spec = resolveRunSpec({
  name: 'small-digits',
  seed: 7,
  data: { source: 'digits', validation: 500 },
  model: {
    input: [1, 28, 28],
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 64 },
      { type: 'relu' },
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units: 10 },
    ],
    loss: 'cross_entropy',
  },
  batch: 64,
  epochs: 5,
  optimizer: { type: 'adam', lr: 0.002 },
  earlyStopping: { metric: 'validationLoss', patience: 2 },
});

const data = splitForRun(digitsDataSet({ train: 4000, test: 1000 }), spec.data, spec.seed);
const outcome = await trainAlone({
  spec,
  data,
  engine: wasmStrictEngine,
  // Null where nothing is held out for validation, or there is no test set.
  onEpoch: ({ epoch, trainLoss, validationAccuracy }) =>
    console.log(`epoch ${epoch}  loss ${trainLoss.toFixed(4)}  validation ${validationAccuracy?.toFixed(3)}`),
});
if (outcome.state === 'diverged') throw new Error(sentence(outcome.reason, 'en'));

console.log(`test accuracy ${outcome.test?.accuracy.toFixed(3)}`);
console.log(`parameters SHA-256 ${outcome.parametersSha256}`);
const file = process.argv[2];
if (file !== undefined) writeFileSync(file, exportModel(compileModel(spec.model), outcome.parameters));
