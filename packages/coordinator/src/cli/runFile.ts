/**
 * A file that remembers which run a coordinator was carrying out, so that one and the same command line starts a run
 * the first time and goes on with it after a crash or a stop. Kept apart from the folder of runs, it also notices when
 * that folder is lost, and nobody is given a new run in place of the old.
 */
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reasonOf } from '@shoal/core';
import { UserError } from '../errors.ts';
import { writeAtomically } from '../files/atomicFile.ts';
import { decodeText } from '../files/textFile.ts';
import { FolderLock } from '../run/folder/lock.ts';
import { readRun, runFiles } from '../run/folder/runFolder.ts';

/**
 * The run in `file` that is to be gone on with; null when a new one is to begin: there is no such file, or its run has
 * ended. @throws UserError when the run is not in `runsFolder`
 */
export async function unfinishedRun(file: string, runsFolder: string): Promise<string | null> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return new Uint8Array();
    throw new UserError(
      `The run file ${file} cannot be read (${error.message}). Mend its permissions, or choose another with --run-file.`,
    );
  });
  const runId = decodeText(bytes, `The run file ${file}`).trim();
  if (runId === '') return null;
  const record = runFiles(join(runsFolder, runId)).run;
  if ((await stat(record).catch(() => null)) === null) {
    throw new UserError(
      `${file} says that the run ${runId} goes on here, but it is not in ${runsFolder}. Bring that folder back (is ` +
        `its volume mounted?) and start again, or delete ${file} to begin a new run.`,
    );
  }
  const run = await readRun(runsFolder, runId);
  return run.result === null ? runId : null;
}

/** Does `work` while nobody else goes by this file: of two that start at once with it, one starts a run. @throws UserError */
export async function holdingRunFile(file: string | undefined, work: () => Promise<number>): Promise<number> {
  if (!file) return work();
  let lock: FolderLock;
  try {
    lock = await FolderLock.take(`${file}.lock`, { what: `The run file ${file}` });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unwritable(file, error);
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** From now on there is nothing to go on with. */
export async function forgetRun(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** @throws UserError */
export async function rememberRun(file: string, runId: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeAtomically(file, `${runId}\n`);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): UserError {
  const text = reasonOf(error);
  return new UserError(`The run file ${file} cannot be written (${text}). Choose another with --run-file.`);
}
