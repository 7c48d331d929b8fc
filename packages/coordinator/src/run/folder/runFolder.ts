/**
 * A run's folder: `run.json` (spec and data set), the tokens, `port`, `epochs.jsonl`, `steps.jsonl`, `result.json`,
 * `model.safetensors`, `events.out.tfevents.*`, `checkpoints/{last,best}.safetensors`, `run.log`, and `lock`, which one coordinator at a time
 * holds; where answers are checked also `convictions.jsonl` and `checkpoints/history-*.safetensors`; where the operator
 * has changed how, `trust.json`; what people say of the run in `label.json`; of small models `states/step-*.safetensors`,
 * for a replay; where the run begins with a model, that file as `initial.safetensors`. All that a resume needs is in it.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type DataSetInfo,
  type EpochRecord,
  type RunResult,
  type RunSpec,
  reasonOf,
  resolveStoredSpec,
} from '@shoal/core';
import { UserError } from '../../errors.ts';
import { diskFiles } from '../../files/diskFiles.ts';
import { type KeptFiles, readText } from '../../files/keptFiles.ts';
import type { TrustPolicy } from '../../transition/model/belief.ts';

export type RunRecord = {
  readonly runId: string;
  readonly folder: string;
  readonly spec: RunSpec;
  readonly dataSet: DataSetInfo;
  /** The file or folder that its data was read from, where somebody named it. */
  readonly dataPlace?: string;
  readonly kernels: string;
  readonly createdAt: string;
  /** `stopped` also stands for a run whose coordinator died: it can be resumed. */
  readonly state: 'stopped' | 'finished' | 'diverged' | 'failed';
  readonly result: RunResult | null;
  readonly epochs: readonly EpochRecord[];
};

export const runFiles = (folder: string) => ({
  run: join(folder, 'run.json'),
  port: join(folder, 'port'),
  epochs: join(folder, 'epochs.jsonl'),
  steps: join(folder, 'steps.jsonl'),
  result: join(folder, 'result.json'),
  model: join(folder, 'model.safetensors'),
  checkpoints: join(folder, 'checkpoints'),
  last: join(folder, 'checkpoints', 'last.safetensors'),
  best: join(folder, 'checkpoints', 'best.safetensors'),
  history: (mark: number) => join(folder, 'checkpoints', `history-${mark}.safetensors`),
  states: join(folder, 'states'),
  convictions: join(folder, 'convictions.jsonl'),
  log: join(folder, 'run.log'),
  trust: join(folder, 'trust.json'),
  initial: join(folder, 'initial.safetensors'),
});

/** What a new run is called: the name tells what and when; the random end keeps two of one second apart. */
export function newRunId(specName: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${slugOf(specName)}-${stamp}-${randomBytes(2).toString('hex')}`;
}

/** Makes the folder of a new run. @param initial the file that its spec names to begin with; null where it names none */
export async function createRunFolder(
  runsFolder: string,
  record: Pick<RunRecord, 'spec' | 'dataSet' | 'dataPlace' | 'kernels'>,
  now: Date,
  files: KeptFiles = diskFiles,
  runId = newRunId(record.spec.name, now),
  initial: Uint8Array | null = null,
): Promise<RunRecord> {
  const folder = join(runsFolder, runId);
  const createdAt = now.toISOString();
  try {
    await files.make(runFiles(folder).checkpoints);
    // First: a run whose record is there has all that it begins with.
    if (initial !== null) await files.replace(runFiles(folder).initial, initial);
    await files.replace(
      runFiles(folder).run,
      `${JSON.stringify({ runId, createdAt, ...record }, null, 2)}\n`,
    );
  } catch (error) {
    const text = reasonOf(error);
    throw new UserError(`The run's folder ${folder} cannot be written (${text}). Choose another with --out.`);
  }
  return { ...record, runId, folder, createdAt, state: 'stopped', result: null, epochs: [] };
}

/** What of a run's name can stand in that of a folder, an address and a command line: never a dash at its beginning. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}+/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '') || 'run';

/**
 * A folder is copied and moved, and says nothing of where it lay: its own files are found beside the result.
 * @throws Error when it cannot be written
 */
export async function writeResult(
  folder: string,
  result: RunResult,
  files: KeptFiles = diskFiles,
): Promise<void> {
  const { modelFile: _model, checkpointFolder: _checkpoints, ...rest } = result;
  await files.replace(runFiles(folder).result, `${JSON.stringify(rest, null, 2)}\n`);
}

/** Null for a run that has not ended. @throws SyntaxError for a damaged file */
async function readResult(files: KeptFiles, folder: string): Promise<RunResult | null> {
  const { result, model, checkpoints } = runFiles(folder);
  const text = await readText(files, result).catch(() => null);
  if (text === null) return null;
  return { ...(JSON.parse(text) as RunResult), modelFile: model, checkpointFolder: checkpoints };
}

/** Whether nobody can go on with the run. */
export const hasEnded = async (folder: string, files: KeptFiles = diskFiles): Promise<boolean> =>
  (await readResult(files, folder)) !== null;

/** Whether there is a folder of this name with a run in it. */
export const isRunThere = async (runsFolder: string, runId: string, files: KeptFiles): Promise<boolean> =>
  (await files.read(runFiles(join(runsFolder, runId)).run)) !== null;

/** @throws UserError when there is no such run or its record cannot be read */
export async function readRun(
  runsFolder: string,
  runId: string,
  files: KeptFiles = diskFiles,
): Promise<RunRecord> {
  const folder = join(runsFolder, runId);
  const { run, trust, epochs } = runFiles(folder);
  const text = await readText(files, run).catch(() => null);
  if (text === null) {
    const known = (await runIds(files, runsFolder)).slice(-5);
    const hint = known.length === 0 ? 'There are none yet.' : `The latest are: ${known.join(', ')}.`;
    throw new UserError(
      `There is no run "${runId}" in ${runsFolder}. ${hint} Another folder is named with --out.`,
    );
  }
  try {
    const record = JSON.parse(text);
    const result = await readResult(files, folder);
    return {
      runId,
      folder,
      spec: await withPresentTrust(files, resolveStoredSpec(record.spec), trust),
      dataSet: record.dataSet as DataSetInfo,
      ...(typeof record.dataPlace === 'string' && { dataPlace: record.dataPlace }),
      kernels: String(record.kernels),
      createdAt: String(record.createdAt),
      state: result?.state ?? 'stopped',
      result,
      epochs: await readEpochs(files, epochs),
    };
  } catch (error) {
    const reason = reasonOf(error);
    throw new UserError(`The record ${run} cannot be read (${reason}). Restore it, or start a new run.`);
  }
}

/**
 * How workers are checked as the operator has changed it last, for a run that goes on.
 * @throws UserError when that cannot be written down; then nothing has changed
 */
export async function keepTrust(
  folder: string,
  { spotCheck, quorum }: TrustPolicy,
  files: KeptFiles = diskFiles,
): Promise<void> {
  const file = runFiles(folder).trust;
  try {
    await files.replace(file, `${JSON.stringify({ spotCheck, quorum }, null, 2)}\n`, true);
  } catch (error) {
    throw new UserError(
      `Nothing has changed: ${file} cannot be written (${reasonOf(error)}). Free some space or mend its permissions, and try again.`,
    );
  }
}

async function withPresentTrust(files: KeptFiles, spec: RunSpec, file: string): Promise<RunSpec> {
  const text = await readText(files, file).catch(() => null);
  if (text === null) return spec;
  try {
    const { spotCheck, quorum } = JSON.parse(text);
    return resolveStoredSpec({ ...spec, trust: { ...spec.trust, spotCheck, quorum } });
  } catch (error) {
    throw new Error(`${file} is damaged: ${reasonOf(error)}`);
  }
}

async function readEpochs(files: KeptFiles, file: string): Promise<EpochRecord[]> {
  const text = (await readText(files, file).catch(() => null)) ?? '';
  const records: EpochRecord[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      records.push(JSON.parse(line) as EpochRecord);
    } catch {
      // A line that a crash cut short; the epoch is computed and written again.
    }
  }
  return records;
}

async function runIds(files: KeptFiles, runsFolder: string): Promise<readonly string[]> {
  return (await files.list(runsFolder).catch(() => ({ folders: [] }))).folders;
}

/** All runs that can be read, oldest first; folders that hold no run are passed over. */
export async function listRuns(runsFolder: string, files: KeptFiles = diskFiles): Promise<RunRecord[]> {
  const runs: RunRecord[] = [];
  for (const runId of await runIds(files, runsFolder)) {
    const run = await readRun(runsFolder, runId, files).catch(() => null);
    if (run !== null) runs.push(run);
  }
  return runs.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** The port that is kept in a file, so that workers find the coordinator again where they left it. */
export async function portIn(file: string, files: KeptFiles = diskFiles): Promise<number | null> {
  const port = Number((await readText(files, file).catch(() => null)) ?? '');
  return Number.isInteger(port) && port > 0 ? port : null;
}

/** That which is kept in a folder. */
export const keptPort = (folder: string, files: KeptFiles = diskFiles): Promise<number | null> =>
  portIn(runFiles(folder).port, files);
