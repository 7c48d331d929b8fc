/** `shoal resume RUN`: goes on with a stopped run to the bits that it would have reached without the stop. */
import { readRun } from '../../run/runFolder.ts';
import { loadData } from '../dataFromOptions.ts';
import type { DataOptions, RunOptions } from '../options.ts';
import { runToEnd } from '../runToEnd.ts';

export async function resume(runId: string, options: DataOptions & RunOptions): Promise<number> {
  const { spec } = await readRun(options.out, runId);
  const { dataSet, notices } = await loadData(spec.data, options, { mayStandIn: false });
  return runToEnd({ start: { type: 'resume', runId, dataSet }, model: spec.model, options, notices });
}
