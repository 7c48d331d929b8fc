/** Workers that go, of themselves or sent away: what they held goes to others, and what they did is remembered. */
import { taskOf } from '../model/core.ts';
import type { WorkerId } from '../model/ids.ts';
import type { Lease } from '../model/task.ts';
import type { WorkerState } from '../model/worker.ts';
import { reopenGrant } from '../task/task.ts';
import { keepCredit } from './credit.ts';
import { closeLease } from './leases.ts';
import { uncount } from './load.ts';
import type { Placed } from './placed.ts';
import { chooseReach } from './reach.ts';

/** Identities whose samples are remembered when they have left. */
const CONTRIBUTORS_MAX = 10_000;

/** Who was convicted is not remembered. */
type Departing = Placed & { readonly trust: { readonly convicted: ReadonlySet<string> } };

/** The lease's leaves go to others. */
export function takeBack(state: Placed, lease: Lease): void {
  closeLease(state, lease);
  const task = taskOf(state);
  if (task !== null) reopenGrant(task, lease.grant, null);
}

export function onLeft(state: Departing, id: WorkerId, reason: string): void {
  const worker = state.workers.get(id);
  if (worker === undefined) return;
  const held = worker.held.length;
  keepCredit(state, worker);
  for (const lease of [...worker.held]) takeBack(state, lease);
  state.workers.delete(id);
  uncount(state, worker);
  state.draining.delete(id);
  rememberContribution(state, worker);
  const task = taskOf(state);
  if (task !== null) chooseReach(state, task);
  const lost = held === 0 ? '' : ` Its ${held === 1 ? 'lease goes' : `${held} leases go`} to others.`;
  const message = `${worker.name} left: ${reason}${lost}`;
  state.emit({ type: 'log', level: 'info', message, about: 'worker' });
}

/** The longest absent are forgotten first when there are too many. */
function rememberContribution({ contributed, trust }: Departing, { identity, samples }: WorkerState): void {
  if (trust.convicted.has(identity)) return;
  const all = samples + (contributed.get(identity) ?? 0);
  if (all === 0) return;
  contributed.delete(identity);
  contributed.set(identity, all);
  const [oldest] = contributed.keys();
  if (contributed.size > CONTRIBUTORS_MAX && oldest !== undefined) contributed.delete(oldest);
}

/** Ends a worker's part in the run from this side; its connection is closed by the driver. */
export function expel(
  state: Departing,
  worker: WorkerState,
  code: 'probeFailed' | 'badMessage' | 'unanswered' | 'removed' | 'convicted',
  message: string,
): void {
  state.emit({ type: 'bye', worker: worker.id, code, message });
  onLeft(state, worker.id, message);
}
