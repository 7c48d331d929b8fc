// What the presets of the lecture gave when they were last trained, kept beside the page.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { findPreset, KERNEL_BUILD, presets, specSha256 } from '@shoal/core';

const RECORDS_FILE = fileURLToPath(
  new URL('../../packages/dashboard/src/lecture/presetRecords.json', import.meta.url),
);

/**
 * Not trained for the figures of the page: `npm run bench:frontier` trains those for slow lines, `npm run test:records` the
 * one that takes longer than all others together.
 */
const ELSEWHERE = new Set([
  'mnist-cnn-slow-line',
  'mnist-mlp-slow-line',
  'mnist-best',
  // Of other data than the lecture's.
  'fashion-mnist',
  'cifar10-residual',
  'houses',
]);

/** The presets whose figures the page has, in the order of the lecture. */
export const figuredPresets = presets.filter(({ name }) => !ELSEWHERE.has(name));

/** What decides the figures of a preset: its spec, whatever is said about it, and the kernels. */
export function originOf(preset) {
  return { spec: specSha256({ ...findPreset(preset), about: '' }), kernels: KERNEL_BUILD };
}

/** What was trained before, by the preset's name; nothing without the file. */
export async function readRecords() {
  const text = await readFile(RECORDS_FILE, 'utf8').catch(() => '{}');
  return JSON.parse(text);
}

/** In the order of the lecture and laid out as all files are, so that a change shows as what it is. */
export async function writeRecords(records) {
  const inOrder = figuredPresets
    .filter(({ name }) => records[name] !== undefined)
    .map(({ name }) => [name, records[name]]);
  await writeFile(RECORDS_FILE, JSON.stringify(Object.fromEntries(inOrder)));
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  execFileSync(process.execPath, [biome, 'format', '--write', RECORDS_FILE], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
