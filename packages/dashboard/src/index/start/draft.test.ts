import { type Fact, findPreset, presets, resolveRunSpec, SpecError } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import {
  checkDraft,
  problemAt,
  shapesOf,
  typedNumber,
  usualEarlyStopping,
  valueAt,
  withValue,
  withVariant,
} from './draft.ts';

const cnn = findPreset('mnist-cnn');

/** What the command line is told as well. */
function problemsOf(input: unknown): readonly Fact[] {
  try {
    resolveRunSpec(input);
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
  }
  return [];
}

describe('a draft', () => {
  it('is right for every preset', () => {
    for (const preset of presets) {
      const checked = checkDraft(preset);
      expect(checked.kind === 'right' ? checked.spec : checked.problems, preset.name).toEqual(preset);
    }
  });

  it('is told what is wrong as the command line is', () => {
    const draft = withValue(withValue(cnn, ['microbatch'], 9999), ['optimizer', 'lr'], -1);
    const checked = checkDraft(draft);
    expect(checked).toEqual({ kind: 'wrong', problems: problemsOf(draft) });
    const problems = checked.kind === 'wrong' ? checked.problems : [];
    expect(problems.length).toBe(2);
    expect(problemAt(problems, ['optimizer', 'lr'])).toBe(true);
    expect(problemAt(problems, ['microbatch'])).toBe(true);
    expect(problemAt(problems, ['batch'])).toBe(false);
  });

  it('is told which layers do not fit', () => {
    const draft = withValue(cnn, ['model', 'layers'], [{ type: 'conv2d', filters: 2, kernel: 99 }]);
    const checked = checkDraft(draft);
    expect(checked.kind === 'wrong' && checked.problems[0]).toMatchObject({
      type: 'windowTooLarge',
      layer: 'conv2d1',
    });
  });

  it('changes one field and leaves the draft that it came from', () => {
    const changed = withValue(cnn, ['model', 'layers', 0, 'filters'], 8);
    expect(valueAt(changed, ['model', 'layers', 0, 'filters'])).toBe(8);
    expect(valueAt(cnn, ['model', 'layers', 0, 'filters'])).toBe(32);
    expect(valueAt(withValue(cnn, ['about'], undefined), ['about'])).toBeUndefined();
  });

  it('gets the usual values with another optimizer, schedule or data source', () => {
    const sgd = withVariant({ ...cnn, epochs: 'many' }, 'optimizer', 'sgd');
    expect(sgd.optimizer).toEqual({ type: 'sgd', lr: 0.1, weightDecay: 0 });
    expect(sgd.epochs).toBe('many');
    expect(valueAt(withVariant(cnn, 'schedule', 'cosine'), ['schedule', 'steps'])).toBeNull();
    expect(withVariant(cnn, 'data', 'table').data).toEqual({ source: 'table', table: 'xor' });
    expect(valueAt(withVariant(cnn, 'data', 'digits'), ['data', 'validation'])).toBe(5000);
    expect(checkDraft(withValue(cnn, ['earlyStopping'], usualEarlyStopping())).kind).toBe('right');
  });

  it('shows the shape after each layer up to the first that does not fit', () => {
    expect(shapesOf(cnn.model).slice(0, 3)).toEqual(['32×26×26', '32×26×26', '32×13×13']);
    expect(shapesOf(cnn.model).at(-1)).toBe('10');
    const broken = [...cnn.model.layers.slice(0, 1), { type: 'dense', units: 3 }];
    expect(shapesOf({ ...cnn.model, layers: broken })).toEqual(['32×26×26']);
    expect(shapesOf({ input: 'x', layers: [{}] })).toEqual([]);
  });

  it('keeps what was typed when it is no number', () => {
    expect(typedNumber(' 1e-3 ', { nullable: false })).toBe(0.001);
    expect(typedNumber('0.', { nullable: false })).toBe(0);
    expect(typedNumber('', { nullable: true })).toBeNull();
    expect(typedNumber('', { nullable: false })).toBe('');
    expect(typedNumber('ten', { nullable: true })).toBe('ten');
  });
});
