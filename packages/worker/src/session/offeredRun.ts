/** Whether the run of a welcome can be computed on this machine. */
import { type IncapableFact, reasonOf, type Welcome } from '@shoal/core';
import type { EndReason } from './events.ts';
import { bytesOfModel, modelRefusal } from './memory.ts';
import { RunContext } from './runContext.ts';
import type { SessionOptions } from './sessionOptions.ts';

/** The run, with the memory that its model takes; or why this worker takes no part in it. */
export function offeredRun(
  welcome: Welcome,
  { address, threads, workerLimits }: Pick<SessionOptions, 'address' | 'threads' | 'workerLimits'>,
): RunContext | { readonly refusal: IncapableFact; readonly why: EndReason | null } {
  let run: RunContext;
  try {
    run = new RunContext(welcome);
  } catch (problem) {
    return { refusal: { type: 'runNotUnderstood', address, why: reasonOf(problem) }, why: null };
  }
  run.modelBytes = bytesOfModel(run.model, run.spec.microbatch, threads);
  const refusal = modelRefusal(run.modelBytes, workerLimits.memoryBytesMax, threads);
  return refusal === null ? run : { refusal, why: 'memory' };
}
