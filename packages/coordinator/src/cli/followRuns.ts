/**
 * A coordinator on which runs follow one another, with a file that remembers the one that goes on: after a crash or a
 * stop of the process it goes on with that run, while one that the operator stopped stays stopped.
 */
import { readRun } from '../run/folder/runFolder.ts';
import type { OpenCoordinator } from '../service/openCoordinator.ts';
import { loadData, wishOf } from './dataFromOptions.ts';
import type { DataOptions, RunOptions } from './options.ts';
import { forgetRun, rememberRun } from './runFile.ts';

/** From now on the file names the run that goes on. `isLeaving`: a run that ends now is only interrupted. */
export function keepRunFile(file: string, open: OpenCoordinator, isLeaving: () => boolean): void {
  let writing: Promise<void> = Promise.resolve();
  const then = (write: () => Promise<void>): void => {
    writing = writing
      .then(write)
      .catch((error: Error) => open.coordinator.notice({ type: 'text', text: error.message }));
  };
  open.news.subscribe((item) => {
    if (item.type === 'run') then(() => rememberRun(file, item.runId));
    if (item.type === 'result' && !isLeaving()) then(() => forgetRun(file));
  });
}

/** @throws an error with a sentence when the run cannot be gone on with */
export async function goOnWith(
  runId: string,
  { coordinator }: OpenCoordinator,
  options: DataOptions & RunOptions,
): Promise<void> {
  const record = await readRun(options.out, runId);
  const { dataSet, notices } = await loadData(record.spec.data, options, wishOf(record));
  const run = await coordinator.open({ type: 'resume', runId, dataSet });
  coordinator.start(run);
  for (const fact of notices) coordinator.notice(fact);
}
