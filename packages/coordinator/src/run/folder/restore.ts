/** What a resumed run goes on from: the state in its last checkpoint, and the best parameters beside it. */
import { join } from 'node:path';
import {
  CheckpointError,
  decodeCheckpoint,
  KERNEL_BUILD,
  type RunProgress,
  specSha256,
  type Vouchers,
} from '@shoal/core';
import { UserError } from '../../errors.ts';
import type { KeptFiles } from '../../files/keptFiles.ts';
import { earliestSuspect, markOf, newLedger } from '../../transition/history/ledger.ts';
import { SNAPSHOTS_MAX } from '../../transition/history/snapshots.ts';
import type { KeptState } from '../ports.ts';
import type { PreparedRun } from '../preparation/prepare.ts';
import { convictedIdentities } from './convictions.ts';
import { type RunRecord, runFiles } from './runFolder.ts';

const HISTORY_FILE = /^history-\d+\.safetensors$/;

/**
 * The state that the last checkpoint holds; null when none was written yet, so the run starts at its beginning.
 * @throws UserError naming the file that is damaged, missing or another run's
 */
export async function restore(files: KeptFiles, record: RunRecord, run: PreparedRun) {
  const { last, best } = runFiles(record.folder);
  const { spec } = record;
  const owner = { model: run.model, specSha256: specSha256(spec), kernels: KERNEL_BUILD };
  const state = await readCheckpoint(files, last, owner);
  if (state === null) return null;
  const convicted = await convictedIdentities(files, runFiles(record.folder).convictions);
  const history = await readHistory(files, record, owner, state.progress, convicted);
  // Such a state is given up at once, and its best parameters with it.
  if (isTainted(state, convicted)) return { ...state, best: null, history };
  const bestState = await readCheckpoint(files, best, owner);
  const needed = spec.earlyStopping?.restoreBest ? (state.progress.earlyStopping?.bestEpoch ?? 0) : 0;
  // A newer best than the state knows of is well: the run comes to that epoch again, and finds it the best again.
  if ((bestState?.progress.earlyStopping?.bestEpoch ?? 0) < needed) {
    throw new UserError(
      `The best parameters so far, those of epoch ${needed}, are not in ${best}. Put the file back, or start a new run.`,
    );
  }
  return { ...state, best: bestState?.parameters ?? null, history };
}

/**
 * The earlier states that may be gone back to. A file that cannot be read, or is of no use any more, is removed: there
 * always is the run's beginning.
 */
async function readHistory(
  files: KeptFiles,
  { folder }: RunRecord,
  owner: Parameters<typeof decodeCheckpoint>[1],
  progress: RunProgress,
  convicted: readonly string[],
): Promise<KeptState[]> {
  const { checkpoints } = runFiles(folder);
  const names = (await files.list(checkpoints)).files.filter((one) => HISTORY_FILE.test(one));
  const read = await Promise.all(
    names.map(async (name) => {
      const file = join(checkpoints, name);
      return { file, state: await readCheckpoint(files, file, owner).catch(() => null) };
    }),
  );
  const states = read.map(({ state }) => state).filter((one) => one !== null);
  const usable = usableHistory(states, progress, convicted);
  for (const { file, state } of read) {
    if (state === null || !usable.includes(state)) await files.remove(file).catch(() => {});
  }
  return usable;
}

/** Null when there is no such file. */
async function readCheckpoint(
  files: KeptFiles,
  file: string,
  owner: Parameters<typeof decodeCheckpoint>[1],
): Promise<ReturnType<typeof decodeCheckpoint> | null> {
  const bytes = await files.read(file).catch((error: Error) => {
    throw new UserError(
      `The checkpoint ${file} cannot be read (${error.message}). Mend its permissions, or start a new run.`,
    );
  });
  if (bytes === null) return null;
  try {
    return decodeCheckpoint(bytes, owner);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new UserError(`The run cannot go on from ${file}. ${error.message}`);
  }
}

export type Restored = Awaited<ReturnType<typeof restore>>;

/** Only the convicted have vouched for some answer in it. */
export function isTainted(state: { readonly vouchers: Vouchers }, convicted: readonly string[]): boolean {
  return earliestSuspect(newLedger(state.vouchers), new Set(convicted)) !== null;
}

/**
 * Those that the run may be taken back to from `progress`. Of the others, some are of a course that the run took and
 * gave up, and their files are to be removed.
 */
export function usableHistory<T extends { readonly progress: RunProgress; readonly vouchers: Vouchers }>(
  states: readonly T[],
  progress: RunProgress,
  convicted: readonly string[],
): T[] {
  const usable = states.filter(
    (one) => markOf(one.progress) <= markOf(progress) && !isTainted(one, convicted),
  );
  return usable.slice(0, SNAPSHOTS_MAX - 1);
}
