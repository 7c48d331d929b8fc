// Trains a preset as `docs/lecture.md` says it: with the command, on MNIST. A run is a function of its spec, so what it
// prints is kept beside the page and trained anew only where the spec or the kernels have changed.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPreset, KERNEL_BUILD, specSha256 } from '@shoal/core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SHOAL = join(ROOT, 'packages/coordinator/bin/shoal.js');
export const FIGURES_FILE = join(ROOT, 'docs/lecture-figures.json');
const DIGITS = 6;

/** What decides the figures of a preset: its spec, whatever is said about it, and the kernels. */
export function originOf(preset) {
  return { spec: specSha256({ ...findPreset(preset), about: '' }), kernels: KERNEL_BUILD };
}

/** What was trained before, by the preset's name; nothing without the file. */
export async function readRecords() {
  const text = await readFile(FIGURES_FILE, 'utf8').catch(() => '{}');
  return JSON.parse(text);
}

/** One line a preset, so that a change shows as what it is. */
export async function writeRecords(records) {
  const lines = Object.entries(records).map(
    ([name, record]) => `${JSON.stringify(name)}: ${JSON.stringify(record)}`,
  );
  await writeFile(FIGURES_FILE, `{\n${lines.join(',\n')}\n}\n`);
}

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
