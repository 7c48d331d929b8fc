/** Several runs side by side: one metric over what it cost, and the fields in which their specs differ. */
import type { EpochRecord, PublicSpec, RunDetail } from '@shoal/core';
import type { Values } from '../charts/chart.ts';

export const METRICS = [
  'validationAccuracy',
  'validationLoss',
  'trainAccuracy',
  'trainLoss',
  'learningRate',
  'samplesPerSecond',
] as const satisfies readonly (keyof EpochRecord)[];

export type Metric = (typeof METRICS)[number];

/** What an epoch's figures are set over: what had been done, or had been spent, by its end. */
export const AXES = ['epochs', 'steps', 'seconds', 'bytes'] as const;

export type Axis = (typeof AXES)[number];

type Recorded = Pick<RunDetail, 'records' | 'steps' | 'result'>;

/** Where on the axis each epoch of a run ends; null where that was not recorded. */
export function placesOf({ records, steps, result }: Recorded, axis: Axis): (number | null)[] {
  switch (axis) {
    case 'epochs':
      return records.map(({ epoch }) => epoch);
    case 'steps': {
      // A list of epochs that was thinned out still says of each which it is.
      const last = records.at(-1)?.epoch ?? 0;
      const done = result?.steps ?? steps.globalStep.at(-1) ?? 0;
      const epochs = result?.epochs ?? last;
      return records.map(({ epoch }) =>
        done === 0 || epochs === 0 ? null : Math.round((epoch * done) / epochs),
      );
    }
    case 'seconds': {
      let spent = 0;
      let before = 0;
      return records.map(({ epoch, seconds }) => {
        spent += seconds * (epoch - before);
        before = epoch;
        return spent;
      });
    }
    case 'bytes':
      return records.map(({ bytes, blockBytes = 0 }) => (bytes === undefined ? null : bytes + blockBytes));
  }
}

/** One column of values for each run, over all places that any of them has. */
export function aligned(
  runs: readonly Recorded[],
  metric: Metric,
  axis: Axis = 'epochs',
): { readonly at: readonly number[]; readonly columns: readonly Values[] } {
  const points = runs.map((run) => {
    const places = placesOf(run, axis);
    return new Map(
      run.records.flatMap((record, index) => {
        const place = places[index] ?? null;
        return place === null ? [] : [[place, record[metric]] as const];
      }),
    );
  });
  const at = [...new Set(points.flatMap((values) => [...values.keys()]))].sort((a, b) => a - b);
  return { at, columns: points.map((values) => at.map((place) => values.get(place) ?? null)) };
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
