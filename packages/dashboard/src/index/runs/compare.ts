/** Several runs side by side: one metric on one axis, and the fields in which their specs differ. */
import type { EpochRecord, PublicSpec, RunSummary } from '@shoal/core';
import type { Values } from '../charts/chart.ts';
import { shortHash } from '../format.ts';

export const METRICS = [
  'validationAccuracy',
  'validationLoss',
  'trainAccuracy',
  'trainLoss',
  'learningRate',
  'samplesPerSecond',
] as const satisfies readonly (keyof EpochRecord)[];

export type Metric = (typeof METRICS)[number];

/** One column of values for each run, over all epochs that any of them has. */
export function aligned(
  runs: readonly (readonly EpochRecord[])[],
  metric: Metric,
): { readonly at: readonly number[]; readonly columns: readonly Values[] } {
  const at = [...new Set(runs.flatMap((records) => records.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  const columns = runs.map((records) => {
    const values = new Map(records.map((record) => [record.epoch, record[metric]]));
    return at.map((epoch) => values.get(epoch) ?? null);
  });
  return { at, columns };
}

/** What tells runs apart: their names, or the ids, which begin with the name, of those that share one. */
export function labelsOf(runs: readonly { readonly runId: string; readonly name: string }[]): string[] {
  return runs.map(({ runId, name }) =>
    runs.filter((other) => other.name === name).length > 1 ? runId : name,
  );
}

export type Difference = { readonly path: string; readonly values: readonly string[] };

/** Fields whose values are not the same in all specs, as dotted paths; lists count as one value. */
export function differences(specs: readonly PublicSpec[]): Difference[] {
  const flat = specs.map((spec) => new Map(leaves('', spec)));
  const paths = new Set(flat.flatMap((fields) => [...fields.keys()]));
  return [...paths]
    .map((path) => ({ path, values: flat.map((fields) => fields.get(path) ?? '–') }))
    .filter(({ values }) => new Set(values).size > 1);
}

function leaves(path: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(path === '' ? key : `${path}.${key}`, inner));
}

export type Bits =
  | { readonly kind: 'none' }
  | { readonly kind: 'alone'; readonly hash: string }
  /** So many runs of the spec, this one included, all of which ended with these bits. */
  | { readonly kind: 'same'; readonly hash: string; readonly runs: number }
  | { readonly kind: 'different'; readonly hash: string };

/** How the bits of this run stand to those of the other runs of its spec. */
export function bitsOf(run: RunSummary, runs: readonly RunSummary[]): Bits {
  if (run.parametersSha256 === null) return { kind: 'none' };
  const hash = shortHash(run.parametersSha256);
  const others = runs.filter(
    (other) =>
      other.runId !== run.runId && other.specSha256 === run.specSha256 && other.parametersSha256 !== null,
  );
  if (others.length === 0) return { kind: 'alone', hash };
  return others.every((other) => other.parametersSha256 === run.parametersSha256)
    ? { kind: 'same', hash, runs: others.length + 1 }
    : { kind: 'different', hash };
}
