/** A run in the folder as a page shows it. */
import { EPOCH_POINTS_MAX, type RunDetail, type RunStateName, withoutTrust } from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { RunLabel } from '../run/folder/label.ts';
import { type RunRecord, runFiles } from '../run/folder/runFolder.ts';
import { readSteps } from '../run/folder/stepFile.ts';
import { summaryOf } from '../runs/readRow.ts';
import { thinned } from '../server/publicView.ts';

export async function detailOf(
  files: KeptFiles,
  record: RunRecord,
  label: RunLabel,
  live: RunStateName | null,
): Promise<RunDetail> {
  const steps = await readSteps(runFiles(record.folder).steps, Number.POSITIVE_INFINITY, files);
  return {
    ...summaryOf(record, label),
    ...(live !== null && { state: live }),
    spec: withoutTrust(record.spec),
    dataSetInfo: record.dataSet,
    trust: record.spec.trust,
    records: thinned(record.epochs, EPOCH_POINTS_MAX),
    steps: steps.after(0),
    result: record.result,
  };
}
