/** Workers that go, of themselves or sent away: what they held goes to others, and what they did is remembered. */
import type { DepartureFact, DismissalFact } from '@shoal/core';
import { taskOf } from '../model/core.ts';
import type { WorkerId } from '../model/ids.ts';
import type { Lease } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import type { WorkerState } from '../model/worker.ts';
import { reopenGrant } from '../task/task.ts';
import { keepCredit } from './credit.ts';
import { heardOfAt } from './lateness.ts';
import { closeLease } from './leases.ts';
import { leave } from './load.ts';
import type { Placed } from './placed.ts';
import { chooseReach } from './reach.ts';

/** Identities whose samples are remembered when they have left. */
const CONTRIBUTORS_MAX = 10_000;

/** Who was convicted is not remembered. */
export type Departing = Placed & { readonly trust: { readonly convicted: ReadonlySet<string> } };

/** The lease's leaves go to others. */
export function takeBack(turn: Turn<Placed>, lease: Lease): void {
  closeLease(turn, lease);
  const task = taskOf(turn.state);
  if (task !== null) reopenGrant(task, lease.grant, null);
}

export function onLeft(turn: Turn<Departing>, id: WorkerId, why: DepartureFact): void {
  const { state, emit } = turn;
  const worker = state.workers.get(id);
  if (worker === undefined) return;
  const leases = worker.held.length;
  keepCredit(turn, worker);
  for (const lease of worker.held) takeBack(turn, lease);
  leave(state, worker);
  state.draining.delete(id);
  rememberContribution(state, worker);
  const task = taskOf(state);
  if (task !== null) chooseReach(state, task);
  const facts = [{ type: 'workerLeft', name: worker.name, why, leases } as const];
  emit({ type: 'log', level: 'info', facts, about: 'worker' });
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
  turn: Turn<Departing>,
  worker: WorkerState,
  code: 'probeFailed' | 'badMessage' | 'unanswered' | 'removed' | 'convicted',
  why: DismissalFact,
): void {
  turn.emit({ type: 'bye', worker: worker.id, code, why });
  onLeft(turn, worker.id, why);
}

/** Ends the connections of those whose probe or lease is not answered at all. */
export function dismissSilent(turn: Turn<Departing>): void {
  const { state, now } = turn;
  const { unansweredMs, probeTimeoutMs } = state.facts.limits;
  for (const worker of state.workers.values()) {
    const oldest = worker.held[0];
    if (worker.phase === 'probing' && now - worker.joinedAt > probeTimeoutMs) {
      expel(turn, worker, 'unanswered', { type: 'probeUnanswered', seconds: probeTimeoutMs / 1000 });
    } else if (oldest !== undefined && now - heardOfAt(oldest) > unansweredMs) {
      expel(turn, worker, 'unanswered', { type: 'leaseUnanswered', seconds: unansweredMs / 1000 });
    }
  }
}

/** Who was to finish what it held, and has. */
export function dismissDrained(turn: Turn<Departing>): void {
  const { state } = turn;
  for (const id of state.draining) {
    const worker = state.workers.get(id);
    if (worker !== undefined && worker.held.length === 0) {
      expel(turn, worker, 'removed', { type: 'drained' });
    }
  }
}
