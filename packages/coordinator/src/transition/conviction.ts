/** What follows for a worker from an answer that was computed a second time: standing if it was right, or the end. */
import type { Evidence } from './effects.ts';
import type { Voter } from './scrutiny.ts';
import type { Grant, RunState, Task } from './state.ts';
import type { Hands, TrustState } from './trust.ts';

/** The trusted worker has given the same answer. */
export function confirm(state: RunState, trust: TrustState, voter: Voter): void {
  const worker = state.workers.get(voter.worker);
  if (worker !== undefined) worker.checked += 1;
  const verified = (trust.standing.get(voter.identity) ?? 0) + 1;
  trust.standing.set(voter.identity, verified);
  state.emit({ type: 'standing', identity: voter.identity, verified });
}

/** All that a worker is told: which of its answers were checked is nobody's business but the operator's. */
export const CONVICTED =
  'An answer of this worker was computed a second time and is wrong: it takes no further part in this run. If the machine is meant to be sound, have its memory tested.';

/** Its identity takes no further part. What it has answered is for `rollback.ts`. */
export function convict(state: RunState, trust: TrustState, evidence: Evidence, hands: Hands): void {
  const { identity, name, from, to, globalStep } = evidence;
  if (trust.convicted.has(identity)) return;
  trust.convicted.add(identity);
  trust.standing.delete(identity);
  state.emit({ type: 'convicted', evidence });
  const what = `gave a wrong answer to microbatches ${from} to ${to - 1} of step ${globalStep + 1}`;
  state.emit({
    type: 'log',
    about: 'trust',
    level: 'warn',
    message: `${name} ${what} and takes no further part. The evidence is in the run's folder.`,
  });
  state.contributed.delete(identity);
  for (const worker of [...state.workers.values()]) {
    if (worker.identity === identity) hands.expel(state, worker, 'convicted', CONVICTED);
  }
}

export function evidenceOf(
  state: RunState,
  task: Task,
  grant: Grant,
  node: string,
  voter: Voter,
  given: string,
  expected: string,
): Evidence {
  const { epoch, step, globalStep, version } = state.progress;
  const { identity, name, lease } = voter;
  const { from, to } = grant;
  return {
    ...{ identity, name, lease, node, set: task.set, from, to, leaves: task.leaves },
    ...{ epoch, step, globalStep, version, given, expected },
  };
}
