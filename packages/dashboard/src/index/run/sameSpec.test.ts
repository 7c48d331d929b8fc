import type { RunSummary } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { madeSummary } from '../runs/madeSummary.suite.ts';
import { sameSpec } from './sameSpec.ts';

const summary = (runId: string, specSha256: string, parametersSha256: string | null): RunSummary =>
  madeSummary({ runId, specSha256, parametersSha256 });

describe('sameSpec', () => {
  it('finds the other runs of a spec that have delivered a model, newest first', () => {
    const runs = [
      summary('d', 's', 'ff'),
      summary('c', 's', null),
      summary('b', 't', 'ff'),
      summary('a', 's', 'ee'),
    ];
    expect(sameSpec(runs, { runId: 'd', spec: 's' }).map(({ runId }) => runId)).toEqual(['a']);
    expect(sameSpec(runs, { runId: 'x', spec: 's' }).map(({ runId }) => runId)).toEqual(['d', 'a']);
  });

  it('shows a few of many', () => {
    const runs = Array.from({ length: 40 }, (_, index) => summary(`run-${index}`, 's', 'ff'));
    expect(sameSpec(runs, { runId: 'run-0', spec: 's' }).map(({ runId }) => runId)).toEqual([
      'run-1',
      'run-2',
      'run-3',
      'run-4',
      'run-5',
    ]);
  });
});
