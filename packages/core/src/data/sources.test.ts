import { describe, expect, it } from 'vitest';
import { formAt, newData } from '../spec/forms.ts';
import { mergeRunSpec } from '../spec/overrides.ts';
import { findPreset } from '../spec/presets/presets.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import { SpecError } from '../spec/specError.ts';
import { augmentOf, choiceOf } from './dataSpec.ts';
import { DATA_SOURCES, type DataSourceName } from './sources.ts';

const cnn = findPreset('mnist-cnn');
const names = Object.keys(DATA_SOURCES) as DataSourceName[];

describe('the sources of data', () => {
  it('are what a spec may name and a form offers', () => {
    expect(formAt(cnn, ['data', 'source'])?.choices).toEqual(names);
    expect(() => mergeRunSpec(cnn, { data: { source: 'tape' } })).toThrow(
      new RegExp(names.map((name) => `"?${name}"?`).join('.*')),
    );
  });

  it.each(names)('%s begins with what a spec takes, and resolves to itself', (source) => {
    const { data } = resolveRunSpec({ model: cnn.model, data: newData(source) });
    expect(data.source).toBe(source);
    expect(resolveRunSpec({ model: cnn.model, data }).data).toEqual(data);
    const given = Object.keys(data);
    expect(augmentOf(data) === null).toBe(!given.includes('augment'));
    expect(choiceOf(data) === null).toBe(!given.includes('validation'));
  });

  it('take no field that another one has', () => {
    const table = { source: 'table', table: 'xor', validation: 5 };
    expect(() => resolveRunSpec({ model: cnn.model, data: table })).toThrow(SpecError);
    expect(newData('table')).toEqual({ source: 'table', table: 'xor' });
  });
});
