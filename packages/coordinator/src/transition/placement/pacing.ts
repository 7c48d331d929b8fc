/**
 * A coordinator that falls behind slows the granting of leases: what is not granted is not answered, so that neither
 * answers nor the memory they lie in pile up. How late its own clock ticks tells how far behind it is.
 */
import type { Moment, Turn } from '../model/turn.ts';
import type { WorkerState } from '../model/worker.ts';
import type { Placed } from './placed.ts';
import { isAtRest } from './stepPace.ts';

/** Of the leases that are open, so many remain allowed … */
const LOWERED_TO = 0.7;
/** … and it takes so long until a change shows. */
const SETTLE_MS = 500;
/** With every tick in time they become so many times as many. */
const RAISED_BY = 1.02;

/** Not while the run is paused, or the next step not due yet, either. */
export function mayGrant(moment: Moment<Placed>): boolean {
  const { leases, leasesOpenMax } = moment.state;
  return leases.size < leasesOpenMax && !isAtRest(moment);
}

/** Workers, and those behind gateways. */
function peopleIn(workers: Iterable<WorkerState>): number {
  let people = 0;
  for (const { crew } of workers) people += Math.max(1, crew ?? 1);
  return people;
}

/** Called with every tick. @param lagMs by how much the tick was late */
export function pace({ state, now, emit }: Turn<Placed>, lagMs: number): void {
  const { laggingMs, leasesOpenMin, leasesHeldMax } = state.facts.limits;
  if (lagMs > laggingMs) {
    if (now - state.loweredAt < SETTLE_MS) return;
    const open = Math.min(state.leasesOpenMax, state.leases.size);
    const lowered = Math.max(leasesOpenMin, Math.floor(open * LOWERED_TO));
    if (lowered >= state.leases.size) return;
    if (state.leasesOpenMax === Number.POSITIVE_INFINITY) {
      const facts = [{ type: 'fallenBehind', ms: Math.round(lagMs), leases: lowered } as const];
      emit({ type: 'log', level: 'info', facts });
    }
    state.leasesOpenMax = lowered;
    state.loweredAt = now;
  } else if (lagMs < laggingMs / 2 && state.leasesOpenMax !== Number.POSITIVE_INFINITY) {
    state.leasesOpenMax = state.leasesOpenMax * RAISED_BY;
    if (state.leasesOpenMax >= leasesHeldMax * peopleIn(state.workers.values())) {
      state.leasesOpenMax = Number.POSITIVE_INFINITY;
    }
  }
}
