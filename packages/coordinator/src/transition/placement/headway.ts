/** What workers say of how far a lease is that takes long, to compute or until its data has come. */
import type { RunEvent } from '../model/events.ts';
import type { Headway } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import { type Departing, expel } from './departure.ts';
import { headOn } from './load.ts';

/** What has been computed for less than this says little of the speed. */
const MEASURABLE_MS = 500;

const NONE: Pick<Headway, 'done' | 'missing' | 'awaited'> = {
  done: 0,
  missing: Number.POSITIVE_INFINITY,
  awaited: null,
};

export function onProgress(turn: Turn<Departing>, event: Extract<RunEvent, { type: 'progress' }>): void {
  const { state, now } = turn;
  const worker = state.workers.get(event.worker);
  const lease = state.leases.get(event.lease);
  if (worker === undefined || lease === undefined || lease.worker !== event.worker) return;
  const { done, missing, computeMs } = event;
  const before = lease.headway ?? NONE;
  const fault = faultOf(event, before, lease.grant.samples);
  if (fault !== null) {
    const detail = `lease ${lease.id} is said to ${fault}`;
    return expel(turn, worker, 'badMessage', { type: 'messageMalformed', detail });
  }
  // Who says again and again that nothing has become of it says nothing.
  if (done === before.done && (missing === before.missing || missing === 0)) return;
  const awaited = before.awaited ?? (missing > 0 ? { bytes: missing, at: now } : null);
  const headway: Headway = { done, missing, at: now, awaited, computeMs };
  lease.headway = headway;
  if (worker.held[0] !== lease) return;
  if (missing > 0) {
    return headOn(turn, worker, { doneWork: 0, speed: worker.speed, waitMs: missingMs(headway) });
  }
  if (computeMs < MEASURABLE_MS) return;
  const doneWork = (lease.work * done) / lease.grant.samples;
  // How fast those are whom a gateway stands for it has said.
  const speed = worker.crew === null ? doneWork / computeMs : worker.speed;
  headOn(turn, worker, { doneWork, speed, waitMs: 0 });
}

/** What is wrong with it, as the end of a sentence, or null. */
function faultOf(
  { done, missing }: Pick<Headway, 'done' | 'missing'>,
  before: Pick<Headway, 'done' | 'missing'>,
  samples: number,
): string | null {
  if (done > samples || done < before.done) {
    return `be done with ${done} of ${samples} samples after ${before.done}`;
  }
  if (missing > before.missing) return `miss ${missing} bytes after ${before.missing}`;
  return missing > 0 && done > 0 ? `miss ${missing} bytes and be done with ${done} samples` : null;
}

/** How long what is missing will take as fast as it has come so far; 0 where that cannot be told yet. */
function missingMs({ missing, at, awaited }: Headway): number {
  if (awaited === null || missing === awaited.bytes) return 0;
  return (missing * (at - awaited.at)) / (awaited.bytes - missing);
}
