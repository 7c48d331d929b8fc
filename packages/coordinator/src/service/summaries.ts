/** The runs in the folder as a page lists and shows them. */
import {
  EPOCH_POINTS_MAX,
  type RunDetail,
  type RunStateName,
  type RunSummary,
  specSha256,
  withoutTrust,
} from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import { listRuns, type RunRecord, runFiles } from '../run/folder/runFolder.ts';
import { readSteps } from '../run/folder/stepFile.ts';
import { thinned } from '../server/publicView.ts';

/** The newest so many are listed. */
const RUNS_LISTED_MAX = 500;

/** Newest first. `stateOf` knows of the run that is going on. */
export async function readSummaries(
  files: KeptFiles,
  runsFolder: string,
  stateOf: (runId: string) => RunStateName | null,
): Promise<RunSummary[]> {
  const records = await listRuns(runsFolder, files);
  return records
    .reverse()
    .slice(0, RUNS_LISTED_MAX)
    .map((record) => summaryOf(record, stateOf(record.runId)));
}

export function summaryOf(record: RunRecord, live: RunStateName | null): RunSummary {
  const { spec, result } = record;
  return {
    runId: record.runId,
    name: spec.name,
    about: spec.about,
    createdAt: record.createdAt,
    state: live ?? record.state,
    testAccuracy: result?.testAccuracy ?? null,
    epochs: result?.epochs ?? record.epochs.length,
    dataSet: record.dataSet.name,
    optimizer: { type: spec.optimizer.type, lr: spec.optimizer.lr },
    parametersSha256: result?.parametersSha256 ?? null,
    specSha256: specSha256(spec),
  };
}

export async function detailOf(
  files: KeptFiles,
  record: RunRecord,
  live: RunStateName | null,
): Promise<RunDetail> {
  const steps = await readSteps(runFiles(record.folder).steps, Number.POSITIVE_INFINITY, files);
  return {
    ...summaryOf(record, live),
    spec: withoutTrust(record.spec),
    trust: record.spec.trust,
    records: thinned(record.epochs, EPOCH_POINTS_MAX),
    steps: steps.after(0),
    result: record.result,
  };
}
