/** The presets in the order of a lecture: each an ordinary run spec whose `about` says what it shows. */
import { nearestName } from '../nearestName.ts';
import type { RunSpec } from '../runSpec.ts';
import { SpecError } from '../specError.ts';
import { digitPresets } from './digits.ts';
import { neuronPresets } from './neurons.ts';
import { otherDataPresets } from './otherData.ts';
import { overfittingPresets } from './overfitting.ts';
import { slowLinePresets } from './slowLines.ts';

/** A resolved run spec with a name and one sentence on what it shows. */
export type Preset = RunSpec;

export const presets: readonly Preset[] = [
  ...neuronPresets,
  ...digitPresets,
  ...overfittingPresets,
  ...slowLinePresets,
  ...otherDataPresets,
];

/** @throws SpecError naming the nearest preset */
export function findPreset(name: string): Preset {
  const found = presets.find((preset) => preset.name === name);
  if (found !== undefined) return found;
  const known = presets.map((preset) => preset.name);
  throw new SpecError([{ type: 'presetUnknown', name, nearest: nearestName(name, known), known }]);
}
