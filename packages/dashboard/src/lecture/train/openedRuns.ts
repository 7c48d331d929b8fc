/** What is trained by everybody where a scene computes its picture without training: the run that it is about. */
import { findPreset, type RunSpec, resolveRunSpec } from '@shoal/core';
import type { SceneName } from '../sceneNames.ts';
import { digitsSpec, READER, stack, VALIDATION } from './specs.ts';

/** A preset on the built-in digits, which are at hand everywhere. */
function onDigits(preset: string, limit: number): RunSpec {
  const spec = findPreset(preset);
  const name = preset.replace(/^mnist/, 'lecture');
  return resolveRunSpec({ ...spec, name, data: { source: 'digits', limit, validation: VALIDATION } });
}

const ALL = 6000;
/** So few that they are learned by heart. */
const FEW = 1000;

const SOFTMAX = digitsSpec({
  name: 'lecture-softmax',
  limit: ALL,
  model: stack([], { type: 'relu' }),
  optimizer: { type: 'adam', lr: 0.003 },
  epochs: 8,
});

/** A scene without an entry trains in the page itself, and opens what it trains. */
export const openedRuns: { readonly [S in SceneName]?: () => RunSpec } = {
  neuron: () => findPreset('neuron'),
  activations: () => onDigits('mnist-prelu', ALL),
  approximation: () => findPreset('mlp-xor'),
  functions: () => findPreset('mlp-xor'),
  softmax: () => SOFTMAX,
  'training-data': () => READER,
  descent: () => onDigits('mnist-sgd', ALL),
  backpropagation: () => findPreset('mlp-xor'),
  'cross-entropy': () => onDigits('mnist-square-error', ALL),
  rates: () => onDigits('mnist-inverse-sqrt', ALL),
  adaptive: () => onDigits('mnist-adagrad', ALL),
  momentum: () => onDigits('mnist-momentum', ALL),
  dropout: () => onDigits('mnist-dropout', FEW),
};
