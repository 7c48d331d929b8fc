import { describe, expect, it } from 'vitest';
import { mergeRunSpec } from '../spec/overrides.ts';
import { findPreset } from '../spec/presets/presets.ts';
import { RUN_FIGURE_NAMES, type RunFigureValues } from './runFigures.ts';
import { askRuns, canSortRunsBy, DEFAULT_RUN_QUERY, type RunQuery, type RunRow } from './runQuery.ts';
import type { RunSummary } from './views.ts';

const NO_FIGURES = Object.fromEntries(RUN_FIGURE_NAMES.map((name) => [name, null])) as RunFigureValues;

function row(runId: string, fields: Partial<RunSummary> = {}, lr = 0.1): RunRow {
  const spec = mergeRunSpec(findPreset('mnist-mlp'), { optimizer: { type: 'sgd', lr } });
  const summary: RunSummary = {
    ...NO_FIGURES,
    ...{ runId, name: 'mnist-mlp', preset: 'mnist-mlp', about: '', tags: [], notes: '', archived: false },
    ...{ createdAt: `2026-01-05T10:00:0${runId.length}Z`, endedAt: null, state: 'finished' },
    ...{ model: 'dense × 2', dataSet: 'mnist', optimizer: { type: 'sgd', lr } },
    ...{ parametersSha256: null, specSha256: 's', alike: null },
    ...fields,
  };
  return { summary, spec };
}

const rows: readonly RunRow[] = [
  row('a', { testAccuracy: 0.91, testLoss: 0.3, tags: ['good', 'sweep:lr'] }, 0.1),
  row('bb', { testAccuracy: 0.97, testLoss: 0.4, notes: 'With dropout', state: 'diverged' }, 0.02),
  row('ccc', { name: 'Wide net', dataSet: 'fashion-mnist', state: 'stopped', specSha256: 't' }, 0.5),
  row('dddd', { testAccuracy: 0.97, testLoss: 0.2, archived: true, tags: ['good'] }, 0.1),
];

const ask = (query: Partial<RunQuery>) => askRuns(rows, { ...DEFAULT_RUN_QUERY, ...query });
const ids = (query: Partial<RunQuery>): string[] => ask(query).runs.map(({ runId }) => runId);

describe('a list of runs', () => {
  it('has the latest first, without what was archived, and says what there is to filter by', () => {
    const answer = ask({});
    expect(answer.runs.map(({ runId }) => runId)).toEqual(['ccc', 'bb', 'a']);
    expect(answer).toMatchObject({ offset: 0, found: 3, all: 4, best: null });
    expect(answer.facets).toEqual({
      tags: [
        { value: 'good', runs: 2 },
        { value: 'sweep:lr', runs: 1 },
      ],
      states: [
        { value: 'diverged', runs: 1 },
        { value: 'finished', runs: 2 },
        { value: 'stopped', runs: 1 },
      ],
      data: [
        { value: 'fashion-mnist', runs: 1 },
        { value: 'mnist', runs: 3 },
      ],
      archived: 1,
    });
  });

  it('comes in parts', () => {
    expect(ids({ limit: 2 })).toEqual(['ccc', 'bb']);
    expect(ids({ limit: 2, offset: 2 })).toEqual(['a']);
    expect(ask({ limit: 2, offset: 9 })).toMatchObject({ runs: [], found: 3 });
  });

  it.each<[Partial<RunQuery>, string[]]>([
    [{ archived: 'too' }, ['dddd', 'ccc', 'bb', 'a']],
    [{ archived: 'only' }, ['dddd']],
    [{ tags: ['good'] }, ['a']],
    [{ tags: ['good', 'other'] }, []],
    [{ states: ['stopped', 'diverged'] }, ['ccc', 'bb']],
    [{ data: ['fashion-mnist'] }, ['ccc']],
    [{ spec: 't' }, ['ccc']],
    [{ search: 'wide' }, ['ccc']],
    [{ search: 'dropout MNIST-mlp' }, ['bb']],
    [{ search: '  ' }, ['ccc', 'bb', 'a']],
    [{ search: 'accuracy>0.95' }, ['bb']],
    [{ search: 'accuracy>=91%' }, ['bb', 'a']],
    [{ search: 'optimizer.lr<0.1' }, ['bb']],
    [{ search: 'lr=0.5' }, ['ccc']],
    [{ search: 'tag=good' }, ['a']],
    [{ search: 'tag!=good' }, ['ccc', 'bb']],
    [{ search: 'state!=finished data=mnist' }, ['bb']],
    [{ search: 'no.such.field=1' }, []],
  ])('is filtered by %j', (query, expected) => {
    expect(ids(query)).toEqual(expected);
  });

  it.each<[Partial<RunQuery>, string[]]>([
    // The better end first; of equals the latest; what has no value last.
    [{ sort: 'accuracy', archived: 'too' }, ['dddd', 'bb', 'a', 'ccc']],
    [{ sort: 'testLoss' }, ['a', 'bb', 'ccc']],
    [{ sort: 'testLoss', descending: true }, ['bb', 'a', 'ccc']],
    [{ sort: 'accuracy', descending: false }, ['a', 'bb', 'ccc']],
    [{ sort: 'optimizer.lr' }, ['bb', 'a', 'ccc']],
    [{ sort: 'name' }, ['bb', 'a', 'ccc']],
    [{ sort: 'started', descending: false }, ['a', 'bb', 'ccc']],
    [{ sort: 'tags' }, ['a', 'ccc', 'bb']],
    [{ sort: 'data' }, ['ccc', 'bb', 'a']],
  ])('is sorted by %j', (query, expected) => {
    expect(ids(query)).toEqual(expected);
  });

  it('names the best of those found, of equals the first that there was', () => {
    expect(ask({ best: 'testAccuracy' }).best?.runId).toBe('bb');
    expect(ask({ best: 'testLoss' }).best?.runId).toBe('a');
    expect(ask({ best: 'testLoss', archived: 'too' }).best?.runId).toBe('dddd');
    expect(ask({ best: 'testAccuracy', archived: 'too' }).best?.runId).toBe('bb');
    expect(ask({ best: 'r2' }).best).toBeNull();
    // A longer run is neither good nor bad.
    expect(ask({ best: 'epochs' }).best).toBeNull();
  });

  it('knows what can be sorted by', () => {
    for (const name of ['accuracy', 'tags', 'r2', 'optimizer.lr', 'seed'])
      expect(canSortRunsBy(name, rows)).toBe(true);
    for (const name of ['nonsense', 'optimizer', 'optimizer.nonsense', 'toString', '__proto__']) {
      expect(canSortRunsBy(name, rows)).toBe(false);
    }
  });

  it('is not changed by being asked', () => {
    const before = rows.map(({ summary }) => summary.runId);
    ids({ sort: 'accuracy' });
    expect(rows.map(({ summary }) => summary.runId)).toEqual(before);
  });
});
