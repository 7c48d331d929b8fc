// Folders of runs that nobody has trained, as a coordinator would have left them: for lists of thousands.
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPreset, mergeRunSpec, specSha256 } from '@shoal/core';

const PRESETS = ['mnist-mlp', 'mnist-cnn', 'mnist-softmax'];
const OPTIMIZERS = ['sgd', 'adam', 'rmsprop'];
const AT_ONCE = 32;
const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 0, 5, 8);

/** A number from 0 to 1 that looks like chance and is none. */
const noise = (i, salt) => {
  const x = Math.sin(i * 12.9898 + salt * 78.233) * 43_758.5453;
  return x - Math.floor(x);
};

/** @returns the name of run number `i`, which is also that of its folder */
export const nameOfMade = (i) => `made-20260105-080000-${i.toString(16).padStart(4, '0')}`;

/**
 * Writes run number `i`. Every tenth was stopped, every 25th has diverged, the others have finished; their test accuracy
 * falls from run to run of a hundred, so that it is known which is best.
 */
export async function makeRun(runsFolder, i) {
  const runId = nameOfMade(i);
  const folder = join(runsFolder, runId);
  const createdAt = new Date(FIRST + i * 60_000).toISOString();
  const spec = mergeRunSpec(findPreset(PRESETS[i % PRESETS.length]), {
    seed: 1 + (i % 500),
    epochs: 10,
    optimizer: { type: OPTIMIZERS[i % OPTIMIZERS.length], lr: (1 + (i % 40)) / 1000 },
  });
  const state = i % 10 === 9 ? 'stopped' : i % 25 === 7 ? 'diverged' : 'finished';
  const accuracy = 0.99 - (i % 100) / 1000 - noise(i, 1) / 10_000;
  const epochs = Array.from({ length: state === 'finished' ? 10 : 4 }, (_, at) => ({
    epoch: at + 1,
    trainLoss: 2 / (at + 1) + noise(i, at),
    trainAccuracy: accuracy - 0.1 / (at + 1),
    trainErrors: 100 - at,
    validationLoss: 2.2 / (at + 1) + noise(i, at) / 2,
    validationAccuracy: accuracy - 0.12 / (at + 1),
    learningRate: spec.optimizer.lr,
    layerNorms: [{ layer: 'dense1', norm: 1 / (at + 1) }],
    seconds: 2 + noise(i, 3),
    samplesPerSecond: 20_000 + Math.round(5_000 * noise(i, 4)),
    bytes: (at + 1) * (1_000_000 + 1_000 * (i % 300)),
    blockBytes: 47_000_000,
    improved: true,
  }));
  const seconds = epochs.reduce((sum, record) => sum + record.seconds, 0);
  const result = {
    ...{ runId, state, reason: 'All epochs are done.', epochs: epochs.length, steps: 469 * epochs.length },
    ...{ bestEpoch: epochs.length, trainLoss: epochs.at(-1).trainLoss, trainAccuracy: accuracy - 0.01 },
    ...{ valAccuracy: epochs.at(-1).validationAccuracy, testAccuracy: accuracy, testLoss: 1 - accuracy },
    ...{ dataSet: 'mnist', seconds, samplesPerSecond: 20_000 },
    parametersSha256: specSha256({ ...spec, seed: spec.seed }),
    endedAt: new Date(FIRST + i * 60_000 + seconds * 1000).toISOString(),
  };
  const dataSet = {
    name: i % 3 === 0 ? 'fashion-mnist' : 'mnist',
    train: 55_000,
    validation: 5_000,
    test: 10_000,
  };
  const files = {
    'run.json': JSON.stringify({ runId, createdAt, spec, dataSet, kernels: 'made' }),
    'epochs.jsonl': epochs.map((record) => `${JSON.stringify(record)}\n`).join(''),
    ...(state === 'stopped' ? {} : { 'result.json': JSON.stringify(result) }),
    ...(i % 4 === 0
      ? {
          'label.json': JSON.stringify({
            tags: ['sweep:lr', i % 8 === 0 ? 'even' : 'odd'],
            notes: `note ${i}`,
          }),
        }
      : {}),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  // As if it had been there for long: what is new may still change.
  const before = new Date(FIRST - DAY_MS);
  for (const name of [...Object.keys(files), '']) await utimes(join(folder, name), before, before);
}

export async function makeRuns(runsFolder, count) {
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => from + i);
    await Promise.all(numbers.map((i) => makeRun(runsFolder, i)));
  }
}
