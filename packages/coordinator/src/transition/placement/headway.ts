/** What workers say of how far a lease is that takes long. */
import type { RunEvent } from '../model/events.ts';
import type { Turn } from '../model/turn.ts';
import { type Departing, expel } from './departure.ts';
import { headOn } from './load.ts';

/** What has been computed for less than this says little of the speed. */
const MEASURABLE_MS = 500;

export function onProgress(turn: Turn<Departing>, event: Extract<RunEvent, { type: 'progress' }>): void {
  const { state, now } = turn;
  const worker = state.workers.get(event.worker);
  const lease = state.leases.get(event.lease);
  if (worker === undefined || lease === undefined || lease.worker !== event.worker) return;
  const { done, computeMs } = event;
  const before = lease.headway;
  if (done > lease.grant.samples || done < (before?.done ?? 0)) {
    const said = `${done} of ${lease.grant.samples} samples after ${before?.done ?? 0}`;
    const detail = `lease ${lease.id} is said to be done with ${said}`;
    return expel(turn, worker, 'badMessage', { type: 'messageMalformed', detail });
  }
  // Who says again and again that nothing has become of it says nothing.
  if (done === (before?.done ?? 0)) return;
  lease.headway = { done, at: now, computeMs };
  if (worker.held[0] !== lease || computeMs < MEASURABLE_MS) return;
  const doneWork = (lease.work * done) / lease.grant.samples;
  // How fast those are whom a gateway stands for it has said.
  const speed = worker.crew === null ? doneWork / computeMs : worker.speed;
  headOn(turn, worker, { doneWork, speed });
}
