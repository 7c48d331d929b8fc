/** The trials of a sweep as runs: what each is called, and what its folder says of it. */
import { join } from 'node:path';
import {
  type DataSetInfo,
  type EpochRecord,
  type RunEnd,
  type Sweep,
  specSha256,
  type Trial,
  trialsOf,
} from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import { changeLabel, readLabel } from '../run/folder/label.ts';
import { isRunThere, readRun } from '../run/folder/runFolder.ts';

/** Of the hash of a trial's spec, as many digits as keep those of one sweep apart. */
const HASH_DIGITS = 12;

export type TrialRun = Trial & {
  /** By its spec: a sweep that names the same trial again finds it, whatever else has changed. */
  readonly runId: string;
};

export type KnownTrial = {
  readonly state: RunEnd;
  readonly epochs: readonly EpochRecord[];
  readonly dataSet: DataSetInfo;
};

/** @throws SpecError as `trialsOf` */
export const trialRunsOf = (sweep: Sweep): readonly TrialRun[] =>
  trialsOf(sweep).map((trial) => ({
    ...trial,
    runId: `${sweep.name}-${specSha256(trial.spec).slice(0, HASH_DIGITS)}`,
  }));

/** Null where it has not begun. @throws UserError when its record cannot be read */
export async function readTrial(
  files: KeptFiles,
  runsFolder: string,
  { runId }: Pick<TrialRun, 'runId'>,
): Promise<KnownTrial | null> {
  if (!(await isRunThere(runsFolder, runId, files))) return null;
  const { state, epochs, dataSet } = await readRun(runsFolder, runId, files);
  return { state, epochs, dataSet };
}

/** So that it is found among other runs. What somebody has changed of its label since stays. */
export async function labelTrial(
  files: KeptFiles,
  runsFolder: string,
  sweep: string,
  { runId, number }: Pick<TrialRun, 'runId' | 'number'>,
): Promise<void> {
  const folder = join(runsFolder, runId);
  const tag = `sweep:${sweep}`;
  if ((await readLabel(folder, files)).tags.includes(tag)) return;
  await changeLabel(
    folder,
    ({ name, tags }) => ({ tags: [...tags, tag], ...(name === '' && { name: `${sweep} ${number}` }) }),
    files,
  );
}
