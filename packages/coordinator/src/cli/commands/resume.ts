/** `shoal resume RUN`: goes on with a stopped run to the bits that it would have reached without the stop. */
import { findRun } from '../../run/folder/findRun.ts';
import { lockRun } from '../../run/folder/lock.ts';
import { readRun } from '../../run/folder/runFolder.ts';
import { loadData, wishOf } from '../dataFromOptions.ts';
import type { DataOptions, RunOptions } from '../options.ts';
import { runToEnd } from '../runToEnd.ts';

export async function resume(name: string, options: DataOptions & RunOptions): Promise<number> {
  const { runsFolder: out, runId } = await findRun(name, options.out);
  const record = await readRun(out, runId);
  const { spec, folder, result } = record;
  // Before a port is taken or data is fetched. A run that has ended is refused with what became of it.
  const lock = result === null ? await lockRun(folder, runId) : null;
  try {
    const { dataSet, notices } = await loadData(spec.data, options, wishOf(record));
    const start = { type: 'resume', runId, dataSet, ...(lock !== null && { lock }) } as const;
    return await runToEnd({ start, spec, options: { ...options, out }, notices });
  } finally {
    await lock?.release();
  }
}
