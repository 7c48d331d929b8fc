/** `docs/lecture.md` quotes what the presets gave, and what they gave is what they give. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { figuresOf, fill } from '../../../../../scripts/lecture/figures.mjs';
import { figuredPresets, originOf, readRecords } from '../../../../../scripts/lecture/records.mjs';
import { splitForRun } from '../../data/split.ts';
import { tableDataSet } from '../../data/tables.ts';
import { wasmStrictEngine } from '../../engine/wasm/wasmEngine.ts';
import { trainAlone } from '../../train/trainAlone.ts';
import { presets } from './presets.ts';

const pageOf = (name: string): string =>
  readFileSync(new URL(`../../../../../docs/${name}`, import.meta.url), 'utf8');
const page = pageOf('lecture.md');
const chinesePage = pageOf('lecture.zh.md');
const records = await readRecords();
const ANEW = 'its figures are those of another spec: "npm run lecture:figures" trains it anew';

test.each(figuredPresets.map(({ name }) => name))('%s was trained as it is', (name) => {
  expect(records[name]?.spec, ANEW).toBe(originOf(name).spec);
});

test('the page in either language has the figures that were given, each in its place', () => {
  expect(fill(page, figuresOf(records))).toBe(page);
  expect(fill(chinesePage, figuresOf(records, 'zh'))).toBe(chinesePage);
});

test('a figure that nothing gives, or that has no place, is refused', () => {
  const figures = { a: '1' };
  expect(fill('x <!-- figure a -->0<!-- end -->', figures)).toBe('x <!-- figure a -->1<!-- end -->');
  expect(() => fill('<!-- figure b -->0<!-- end -->', figures)).toThrow('asks for a figure "b"');
  expect(() => fill('nothing', figures)).toThrow('no place for a');
});

test('no paragraph is broken by a line that begins with a comment', () => {
  for (const one of [page, chinesePage]) expect(one.match(/^<!-- figure [a-z0-9-]+ -->./gm)).toBeNull();
});

describe('trained here', () => {
  const tables = presets.filter(({ data }) => data.source === 'table');
  test.each(tables)('$name gives what is quoted', async (spec) => {
    if (spec.data.source !== 'table') throw new Error('It is trained on a table.');
    const data = splitForRun(tableDataSet(spec.data.table), spec.data, spec.seed);
    const outcome = await trainAlone({ spec, data, engine: wasmStrictEngine });
    expect(outcome.history.map(({ trainErrors }) => trainErrors)).toEqual(records[spec.name]?.trainErrors);
    expect(outcome.parametersSha256).toBe(records[spec.name]?.result.parametersSha256);
  });
});
