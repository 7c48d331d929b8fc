/** Deleting a run for good, with its model: never one that goes on, wherever its coordinator is. */
import { join } from 'node:path';
import { reasonOf } from '@shoal/core';
import { UserError } from '../errors.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import { lockRun, type RunLock } from '../run/folder/lock.ts';
import { readRun, runFiles } from '../run/folder/runFolder.ts';

/**
 * @param lock held by whoever asks; null: taken in the folder
 * @throws UserError when there is no such run, when it goes on, and when it cannot be removed
 */
export async function removeRun(
  runsFolder: string,
  runId: string,
  files: KeptFiles,
  lock: RunLock | null = null,
): Promise<void> {
  const { folder } = await readRun(runsFolder, runId, files);
  const held = lock ?? (await lockRun(folder, runId));
  try {
    // Without its record it is a run no longer, whatever becomes of the rest.
    await files.remove(runFiles(folder).run);
    await files.discard(folder);
  } catch (error) {
    throw new UserError(
      `The run ${runId} cannot be deleted (${reasonOf(error)}). Mend the permissions of ${join(runsFolder, runId)}, and remove it by hand.`,
    );
  } finally {
    await held.release();
  }
}
