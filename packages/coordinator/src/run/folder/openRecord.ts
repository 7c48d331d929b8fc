/** The folder of the run that is to start: a new one, or that of a run which was stopped. */
import { type DataSet, KERNEL_BUILD, type RunSpec } from '@shoal/core';
import { describeDataSet, isSameDataSet } from '../../data/identity.ts';
import { UserError } from '../../errors.ts';
import type { KeptFiles } from '../../files/keptFiles.ts';
import type { RunLock } from './lock.ts';
import { createRunFolder, type RunRecord, readRun } from './runFolder.ts';

export type RunStart =
  | {
      readonly type: 'new';
      readonly spec: RunSpec;
      readonly dataSet: DataSet;
      /** Absent: a new name. No run of this name is there. */
      readonly runId?: string;
      /** The file that the spec names to begin with, found to be that one; absent or null where it names none. */
      readonly initial?: Uint8Array | null;
    }
  | {
      readonly type: 'resume';
      readonly runId: string;
      readonly dataSet: DataSet;
      /** Held already; absent: to be taken. It is released with the run. */
      readonly lock?: RunLock;
    };

/** Makes the folder of a new run. @throws UserError */
export async function openRecord(files: KeptFiles, runsFolder: string, start: RunStart): Promise<RunRecord> {
  if (start.type === 'new') {
    const { info, place } = start.dataSet;
    const record = {
      ...{ spec: start.spec, dataSet: info, kernels: KERNEL_BUILD },
      ...(place !== undefined && { dataPlace: place }),
    };
    return createRunFolder(runsFolder, record, new Date(), files, start.runId, start.initial);
  }
  const record = await readRun(runsFolder, start.runId, files);
  refuseEnded(record);
  const { info } = start.dataSet;
  if (!isSameDataSet(record.dataSet, info)) {
    throw new UserError(
      `The run ${record.runId} was trained on ${describeDataSet(record.dataSet)}, but the data set found is ${describeDataSet(info)}. Point --data to the original one.`,
    );
  }
  return record;
}

/** @throws UserError for a run of which nothing is left to do */
export function refuseEnded({ runId, result }: Pick<RunRecord, 'runId' | 'result'>): void {
  if (result === null) return;
  throw new UserError(
    `The run ${runId} has already ended (${result.reason}) There is nothing to resume; start a new run with "shoal train".`,
  );
}
