import { findPreset, SpecError } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { CHOICES, NULLABLE } from './choices.ts';
import { checkDraft, type Draft, usualEarlyStopping, valueAt, withValue, withVariant } from './draft.ts';

/** A spec in which the field is there, so that only the field itself can be wrong. */
function specWith(path: string): Draft {
  const cnn: Draft = { ...findPreset('mnist-cnn'), earlyStopping: usualEarlyStopping() };
  if (path === 'data.table') return { ...withVariant(cnn, 'data', 'table'), earlyStopping: null };
  if (path === 'schedule.unit') return withVariant(cnn, 'schedule', 'step');
  return path === 'schedule.steps' ? withVariant(cnn, 'schedule', 'cosine') : cnn;
}

/** The words that the run spec itself offers for a field. */
function offered(path: string): string[] {
  const keys = path.split('.');
  const checked = checkDraft(withValue(specWith(path), keys, 'no such word'));
  if (checked.kind === 'right') throw new SpecError([`${path} takes any word.`]);
  const problem = checked.problems.find((one) => one.startsWith(path)) ?? '';
  return CHOICES[path]!.filter((word) => problem.includes(word));
}

describe('the choices of the form', () => {
  it('are words that the run spec offers', () => {
    for (const [path, words] of Object.entries(CHOICES)) expect(offered(path), path).toEqual([...words]);
  });

  it('may be left open where the run spec takes null', () => {
    for (const path of NULLABLE) {
      expect(valueAt(specWith(path), path.split('.')), path).not.toBeUndefined();
      const checked = checkDraft(withValue(specWith(path), path.split('.'), null));
      expect(checked.kind === 'wrong' ? checked.problems : [], path).toEqual([]);
    }
  });
});
