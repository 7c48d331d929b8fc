/** Trains what the next scenes need while somebody still speaks about this one, so that nobody waits for it. */
import type { RunSpec } from '@shoal/core';
import { atOnceSpec, deepSpec, residualSpecs } from './depth/specs.ts';
import { RACE } from './descent/race.ts';
import { AMOUNTS, byHeart, decaying, onSamples, stopping } from './fitting/specs.ts';
import { type SceneName, sceneAfter } from './sceneNames.ts';
import { recordingOf } from './train/recordings.ts';
import { READER } from './train/specs.ts';

const RUNS: { readonly [S in SceneName]?: readonly RunSpec[] } = {
  digits: [READER],
  'total-loss': [READER],
  vanishing: [deepSpec('sigmoid'), deepSpec('relu')],
  rectifiers: [deepSpec('prelu'), deepSpec('leaky_relu')],
  optimizers: RACE,
  slice: RACE,
  decay: [decaying(0), decaying(0.003)],
  overfitting: [byHeart],
  'early-stopping': [stopping(3)],
  'more-data': AMOUNTS.map(onSamples),
  pretraining: [atOnceSpec],
  residual: residualSpecs,
};

/** How many scenes ahead. */
const AHEAD = 2;
/** A page that is turned quickly is on its way to another one. */
const SETTLED_MS = 1_500;

/** @returns to be called when the scene is left */
export function trainAhead(scene: SceneName): () => void {
  const timer = setTimeout(() => {
    for (let by = 1; by <= AHEAD; by += 1) {
      for (const spec of RUNS[sceneAfter(scene, by)] ?? []) recordingOf(spec, false);
    }
  }, SETTLED_MS);
  return () => clearTimeout(timer);
}
