/** How many leases a worker may hold at a time. */
import { GATEWAY_LEASES_MAX } from '@shoal/core';
import type { WorkerState } from '../model/worker.ts';
import { isWatched } from '../task/watching.ts';
import type { Placed } from './placed.ts';

/** So many blocks make up nearly any share, each of them one sum. */
const BLOCKS_OF_SHARE = 8;

/**
 * A gateway is granted its share at once, since those below it compute side by side. Where its leases go through it one by one,
 * or are no larger than a part of the step, each of those has as many as any worker.
 */
export function placesOf(state: Placed, worker: WorkerState): number {
  const { limits, spec } = state.facts;
  if (worker.crew === null) return limits.leasesHeldMax;
  if (!isWatched(state, worker) && spec.trust.trim === 0) return BLOCKS_OF_SHARE;
  return Math.min(GATEWAY_LEASES_MAX, limits.leasesHeldMax * Math.max(1, worker.crew));
}
