/**
 * Where the time of a gradient goes, call by call, for benchmarks; and the rate that the micro-kernel reaches when nothing else
 * limits it, to hold the calls against.
 */
import type { BatchSums, Executor, RandomAddress } from '../engine.ts';
import type { CallLabel } from './plan.ts';

/** An executor that can also be timed. Its ordinary calls read no clock. */
export interface ProfiledExecutor extends Executor {
  /** Of each kernel call of a gradient, in order. */
  readonly calls: readonly CallLabel[];
  /** As `computeGradient`, adding to `elapsed[i]` what call i took by `now`. */
  timeGradient(count: number, address: RandomAddress, now: () => number, elapsed: Float64Array): BatchSums;
}

export function isProfiled(executor: Executor): executor is ProfiledExecutor {
  return 'timeGradient' in executor;
}
