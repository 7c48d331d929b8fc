// Trains a preset as `docs/lecture.md` says it: with the command, on MNIST. A run is a function of its spec, so what it
// prints is kept beside the page and trained anew only where the spec or the kernels have changed.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPreset } from '@shoal/core';
import { originOf } from './records.mjs';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));
const DIGITS = 6;

/** @returns `{ spec, kernels, epochs: columns of numbers, result }` @throws Error when the run ends without a result */
export async function train(preset) {
  const out = await mkdtemp(join(tmpdir(), 'shoal-lecture-'));
  try {
    const lines = await linesOf(['--preset', preset, '--out', out]);
    const epochs = lines.filter(({ type }) => type === 'epoch');
    const result = lines.find(({ type }) => type === 'result');
    if (result === undefined) throw new Error(`${preset} has ended without a result.`);
    const { data } = findPreset(preset);
    if (data.source === 'mnist' && result.dataSet !== 'mnist') {
      throw new Error('The figures of the lecture are those of MNIST: name its folder in SHOAL_DATA_DIR.');
    }
    return { ...originOf(preset), ...columnsOf(epochs), result: resultOf(result) };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function linesOf(args) {
  const where = ['--host', '127.0.0.1', '--port', '0', '--no-download', '--json'];
  const child = spawn(process.execPath, [SHOAL, 'train', ...args, ...where], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () =>
      resolve(
        said
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line)),
      ),
    );
  });
}

const rounded = (value) => (value === null || value === undefined ? null : Number(value.toPrecision(DIGITS)));

/** `epochs` as columns of one length, and the gradient norms of the last one, first layer first. */
function columnsOf(epochs) {
  const column = (name) => epochs.map((epoch) => rounded(epoch[name]));
  return {
    trainLoss: column('trainLoss'),
    trainAccuracy: column('trainAccuracy'),
    trainErrors: column('trainErrors'),
    validationLoss: column('validationLoss'),
    validationAccuracy: column('validationAccuracy'),
    layerNorms: (epochs.at(-1)?.layerNorms ?? []).map(({ norm }) => rounded(norm)),
  };
}

function resultOf({ state, reason, epochs, bestEpoch, testAccuracy, testLoss, parametersSha256 }) {
  return {
    state,
    reason,
    epochs,
    bestEpoch,
    testAccuracy: rounded(testAccuracy),
    testLoss: rounded(testLoss),
    parametersSha256,
  };
}
