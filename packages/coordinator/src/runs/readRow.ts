/** What lists say of a run, found in its folder. */
import { join } from 'node:path';
import {
  compileModel,
  type EpochRecord,
  hasAccuracy,
  type RunFigureValues,
  type RunRow,
  type RunSpec,
  type RunSummary,
  specSha256,
  trainableLayers,
  withoutTrust,
} from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import { type RunLabel, readLabel } from '../run/folder/label.ts';
import { type RunRecord, readRun } from '../run/folder/runFolder.ts';

/** Files that change without their folder being changed: what is appended to, and what somebody edits. */
export const WATCHED_FILES: readonly string[] = ['epochs.jsonl', 'label.json'];

/** Null for a folder that holds no run, or none that can be read. */
export async function readRow(runsFolder: string, runId: string, files: KeptFiles): Promise<RunRow | null> {
  const record = await readRun(runsFolder, runId, files).catch(() => null);
  if (record === null) return null;
  return rowOf(record, await readLabel(join(runsFolder, runId), files));
}

export function rowOf(record: RunRecord, label: RunLabel): RunRow {
  return { summary: summaryOf(record, label), spec: withoutTrust(record.spec) };
}

/** `alike` is for whoever knows the other runs. */
export function summaryOf(record: RunRecord, label: RunLabel): RunSummary {
  const { spec, result } = record;
  const { model, parameters } = modelOf(spec);
  return {
    ...figuresOf(record, parameters),
    ...{ runId: record.runId, preset: spec.name, about: spec.about },
    ...{ ...label, name: label.name === '' ? spec.name : label.name },
    createdAt: record.createdAt,
    endedAt: result?.endedAt ?? null,
    state: record.state,
    model,
    dataSet: record.dataSet.name,
    optimizer: { type: spec.optimizer.type, lr: spec.optimizer.lr },
    parametersSha256: result?.parametersSha256 ?? null,
    specSha256: specSha256(spec),
    alike: null,
  };
}

function figuresOf({ spec, epochs, result }: RunRecord, parameters: number | null): RunFigureValues {
  const last = epochs.at(-1);
  const delivered = result === null ? last : epochs.find(({ epoch }) => epoch === result.bestEpoch);
  const accuracy = (value: number | null | undefined): number | null =>
    hasAccuracy(spec.model) ? (value ?? null) : null;
  const bytes = last?.bytes === undefined ? null : last.bytes + (last.blockBytes ?? 0);
  const seconds = result?.seconds ?? sum(epochs, (record) => record.seconds);
  const samples = Math.round(sum(epochs, (record) => record.seconds * record.samplesPerSecond));
  return {
    testAccuracy: result?.testAccuracy ?? null,
    testLoss: result?.testLoss ?? null,
    valAccuracy: accuracy(result === null ? last?.validationAccuracy : result.valAccuracy),
    valLoss: delivered?.validationLoss ?? null,
    bestValAccuracy: accuracy(extreme(epochs, Math.max, (record) => record.validationAccuracy)),
    bestValLoss: extreme(epochs, Math.min, (record) => record.validationLoss),
    trainAccuracy: accuracy(result === null ? last?.trainAccuracy : result.trainAccuracy),
    trainLoss: (result === null ? last?.trainLoss : result.trainLoss) ?? null,
    r2: result?.regression?.r2 ?? null,
    epochs: result?.epochs ?? epochs.length,
    steps: result?.steps ?? null,
    samples,
    bytes,
    seconds,
    samplesPerSecond: result?.samplesPerSecond ?? (seconds > 0 ? samples / seconds : null),
    parameters,
  };
}

const sum = (records: readonly EpochRecord[], of: (record: EpochRecord) => number): number =>
  records.reduce((total, record) => total + of(record), 0);

/** Null where no epoch has the figure. */
function extreme(
  records: readonly EpochRecord[],
  best: (...values: number[]) => number,
  of: (record: EpochRecord) => number | null,
): number | null {
  const values = records.flatMap((record) => {
    const value = of(record);
    return value !== null && Number.isFinite(value) ? [value] : [];
  });
  return values.length === 0 ? null : values.reduce((a, b) => best(a, b));
}

/** A model that this release cannot build any more has no figures. */
function modelOf({ model }: RunSpec): { readonly model: string; readonly parameters: number | null } {
  try {
    const compiled = compileModel(model);
    const types = trainableLayers(compiled).map(({ layer }) => layer.replace(/\d+$/, ''));
    return { model: counted(types), parameters: compiled.trainableLength };
  } catch {
    return { model: '', parameters: null };
  }
}

/** Each type once, in the order of the model, with how often: `conv2d × 2, dense`. */
function counted(types: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => (count === 1 ? type : `${type} × ${count}`)).join(', ');
}
