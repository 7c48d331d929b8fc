import { findPreset, formAt, LAYER_TYPES, layerForm, nameIn } from '@shoal/core';
import { expect, test } from 'vitest';
import { choiceKind } from './choices.ts';
import { withVariant } from './draft.ts';

const DRAFTS = [
  findPreset('mnist-mlp'),
  withVariant(findPreset('mnist-mlp'), 'schedule', 'step'),
  withVariant(findPreset('mnist-mlp'), 'data', 'table'),
];
const PATHS = [
  ['numerics'],
  ['data', 'source'],
  ['data', 'table'],
  ['model', 'loss'],
  ['optimizer', 'type'],
  ['schedule', 'type'],
  ['schedule', 'unit'],
  ['earlyStopping', 'metric'],
];

test('every name that can be chosen is shown with its Chinese term', () => {
  for (const path of PATHS) {
    const forms = DRAFTS.map((draft) => formAt(draft, path)).filter((form) => form?.kind === 'choice');
    expect(forms.length, path.join('.')).toBeGreaterThan(0);
    for (const name of forms.flatMap((form) => form?.choices ?? [])) {
      expect(nameIn(choiceKind(path) ?? 'field', name, 'zh')).toMatch(
        new RegExp(`^.*[\u4e00-\u9fff].* ${name}$|^Nesterov.* ${name}$`),
      );
    }
  }
});

test('the layers and what can be chosen in them as well', () => {
  for (const type of LAYER_TYPES) {
    expect(nameIn('layer', type, 'zh')).toMatch(new RegExp(`[\u4e00-\u9fff].* ${type}$`));
    for (const form of layerForm(type).filter(({ kind }) => kind === 'choice')) {
      expect(choiceKind([form.name])).not.toBeNull();
      for (const name of [...form.choices, 'uniform']) {
        expect(nameIn('initializer', name, 'zh')).toMatch(new RegExp(`[\u4e00-\u9fff].* ${name}$`));
      }
    }
  }
});
