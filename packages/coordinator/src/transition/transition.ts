/**
 * The centre of the coordinator: one deterministic function from (state, event, now) to effects. No clock, no
 * socket, no randomness, no waiting. It may change the state that it owns, as raft's `Step` does.
 */
import { EMPTY_EPOCH, initialEarlyStopping, nodeKey, type RunProgress, unreachable } from '@shoal/core';
import { finishRun, pauseRun, resumeRun, setMode } from './control.ts';
import { creditAnswer, creditOf, keepCredit, noteEnd } from './credit.ts';
import type { Effect } from './effects.ts';
import type { PartialEvent, RunEvent, WorkerId } from './events.ts';
import { vouch } from './keeping.ts';
import { NO_LOAD, recount, uncount } from './load.ts';
import { measureOvertaken, measureSpeed, SPEED_UNKNOWN } from './measure.ts';
import { pace } from './pacing.ts';
import { changePolicy, suspect } from './policy.ts';
import { completeTask, diverge, end, enterStage, finishStep } from './progress.ts';
import { attendToTrust } from './quorum.ts';
import { callEveryone, chooseReach } from './reach.ts';
import { mend } from './rollback.ts';
import { attendToLateness, schedule } from './schedule.ts';
import { measureServing } from './serving.ts';
import { Standing } from './standing.ts';
import type { Grant, Lease, RunFacts, RunState, Task, WorkerState } from './state.ts';
import { acceptPartial, closeLease, reopenGrant, taskOf } from './task.ts';
import { type Hands, newTrust, onVerified, settleGrant, type TrustStart, weigh } from './trust.ts';
import { placesOfLeaves } from './workload.ts';

/** Of a run without a past, in which nothing is checked. */
const NOTHING_KNOWN: TrustStart = {
  chance: () => 1,
  convicted: [],
  standing: new Map(),
  ledger: [],
  snapshots: [],
};

/** Identities whose samples are remembered when they have left. */
const CONTRIBUTORS_MAX = 10_000;

export function initialProgress(facts: RunFacts): RunProgress {
  const stopping = facts.spec.earlyStopping;
  return {
    epoch: 0,
    step: 0,
    globalStep: 0,
    version: 0,
    epochSums: EMPTY_EPOCH,
    earlyStopping: stopping === null ? null : initialEarlyStopping(stopping),
    lastEpoch: null,
    ending: null,
  };
}

/** A run from its beginning, or from where a checkpoint left it. The effects come from entering the first stage. */
export function startRun(
  facts: RunFacts,
  progress: RunProgress,
  trust: TrustStart = NOTHING_KNOWN,
): { state: RunState; effects: Effect[] } {
  const state: RunState = {
    facts,
    stage: { type: 'ended' },
    progress,
    paused: null,
    finishing: null,
    workers: new Map(),
    draining: new Set(),
    contributed: new Map(),
    credits: new Map(),
    leases: new Map(),
    nextLease: 1,
    trust: newTrust(facts.spec.trust, trust),
    now: 0,
    load: { ...NO_LOAD },
    standing: new Standing(),
    leasesOpenMax: Number.POSITIVE_INFINITY,
    loweredAt: Number.NEGATIVE_INFINITY,
    takingPart: 1,
    serving: { busyMs: 0, served: 0 },
    emit: () => {},
  };
  const effects: Effect[] = [];
  state.emit = (effect) => effects.push(effect);
  // What somebody vouched for who was convicted since is taken back before anything else.
  if (!mend(state, closeGrant)) enterStage(state, state.emit);
  return { state, effects: effects.splice(0) };
}

/** @returns what to do, in order. `now` is in milliseconds and never goes back. */
export function transition(state: RunState, event: RunEvent, now: number): Effect[] {
  const effects: Effect[] = [];
  state.emit = (effect) => effects.push(effect);
  state.now = now;
  if (state.stage.type === 'ended') {
    if (event.type === 'partial' && event.tensor !== null) state.emit({ type: 'free', tensor: event.tensor });
    if (event.type === 'verified') {
      for (const { sums } of event.nodes) {
        if (sums.tensor !== null) state.emit({ type: 'free', tensor: sums.tensor });
      }
    }
    if (event.type === 'left') state.workers.delete(event.worker);
    return effects;
  }
  apply(state, event, now);
  dismissDrained(state);
  schedule(state, now, state.emit);
  while (attendToTrust(state, HANDS)) schedule(state, now, state.emit);
  return effects;
}

/** What trust asks for, of the functions below. */
const HANDS: Hands = { expel, closeGrant };

function apply(state: RunState, event: RunEvent, now: number): void {
  switch (event.type) {
    case 'joined':
      state.workers.set(event.worker, {
        id: event.worker,
        identity: event.identity,
        name: event.name,
        threads: event.threads,
        origin: event.origin,
        belief: event.belief,
        joinedAt: now,
        phase: 'probing',
        mode: 'working',
        ready: false,
        version: 0,
        held: [],
        busySince: now,
        stalled: false,
        counted: NO_LOAD,
        workedInStep: false,
        speed: SPEED_UNKNOWN,
        overheads: [],
        overheadMs: 0,
        inReach: true,
        idleSteps: 0,
        trialAfter: state.facts.limits.trialAfterSteps,
        leasesDone: 0,
        leasesLost: 0,
        checked: 0,
        samples: 0,
        credit: creditOf(state, event.identity),
      });
      state.emit({ type: 'probe', worker: event.worker });
      return;
    case 'probed':
      return onProbed(state, event.worker, event.fault, event.computeMs);
    case 'ready': {
      const worker = state.workers.get(event.worker);
      if (worker !== undefined) worker.ready = true;
      return;
    }
    case 'partial':
      return onPartial(state, event);
    case 'failed': {
      const lease = state.leases.get(event.lease);
      if (lease === undefined || lease.worker !== event.worker) return;
      if (event.code !== 'revoked') {
        const name = state.workers.get(event.worker)?.name ?? 'A worker';
        const text = `${name} could not compute lease ${lease.id}: ${event.message}`;
        state.emit({ type: 'log', level: 'warn', message: text });
      } else {
        stopped(state, lease);
      }
      return takeBack(state, lease);
    }
    case 'left':
      return onLeft(state, event.worker, event.reason);
    case 'verified':
      return onVerified(state, state.trust, event, HANDS);
    case 'updated':
      return finishStep(state, event.report, state.emit);
    case 'stop':
      state.emit({ type: 'checkpoint', progress: state.progress, best: false });
      return end(state, state.emit, 'stopped', event.reason, null);
    case 'pause':
      return pauseRun(state, event.reason);
    case 'resume':
      return resumeRun(state, event.reason);
    case 'finish':
      return finishRun(state, event.reason);
    case 'mode':
      return setMode(state, event.worker, event.mode);
    case 'trust':
      return changePolicy(state, event.policy, event.reason, HANDS);
    case 'suspect':
      return suspect(state, event.identity, event.belief);
    case 'remove':
      return onRemove(state, event.worker, event.reason);
    case 'tick':
      return onTick(state, now, event.lagMs, event.busyMs);
    default:
      return unreachable(event);
  }
}

function onProbed(state: RunState, id: WorkerId, fault: string | null, computeMs: number): void {
  const worker = state.workers.get(id);
  if (worker === undefined || worker.phase !== 'probing') return;
  if (fault !== null) {
    expel(
      state,
      worker,
      'probeFailed',
      `${fault} Install the same Shoal release as the coordinator; docs/protocol.md says what a worker of another make computes.`,
    );
    return;
  }
  worker.phase = 'active';
  worker.speed = worker.threads / Math.max(computeMs, 0.01);
  worker.credit.ownSpeed = worker.speed;
  recount(state, worker);
  const agrees =
    state.facts.spec.numerics === 'exact'
      ? 'computes the same bits'
      : 'computes the same within the tolerance';
  const message = `${worker.name} joined and ${agrees}.`;
  state.emit({ type: 'log', level: 'info', message, about: 'worker' });
}

function onPartial(state: RunState, event: PartialEvent): void {
  const discard = (): void => {
    if (event.tensor !== null) state.emit({ type: 'free', tensor: event.tensor });
  };
  const worker = state.workers.get(event.worker);
  const lease = state.leases.get(event.lease);
  const task = taskOf(state);
  if (worker === undefined || lease === undefined || lease.worker !== event.worker) return discard();
  const key = nodeKey(event.node);
  if (lease.answered.has(key)) {
    discard();
    return expel(state, worker, 'badMessage', `Node ${key} of lease ${lease.id} was answered twice.`);
  }
  lease.answered.add(key);
  if (task === null || !task.grants.has(lease.grant)) {
    discard();
    return answered(state, worker, lease, event);
  }
  const { set } = task;
  const step = state.progress.step;
  const samplesOf = (from: number, to: number): number => {
    const [first, last] = placesOfLeaves(state.facts, set, step, from, to);
    return last - first;
  };
  const acceptance = acceptPartial(state, task, lease, event, samplesOf);
  switch (acceptance.type) {
    case 'malformed':
      discard();
      return expel(state, worker, 'badMessage', `The answer does not fit the lease: ${acceptance.reason}.`);
    case 'ignored':
      discard();
      return answered(state, worker, lease, event);
    case 'doubted':
      discard();
      if (acceptance.confirmed) return diverge(state, state.emit);
      callEveryone(state);
      state.emit({
        type: 'log',
        level: 'warn',
        message: `${worker.name} got numbers that are not finite; its microbatches are computed a second time.`,
      });
      return;
    case 'held':
      // A trial measures time; its answer is one too many.
      if (lease.trial) {
        discard();
        return answered(state, worker, lease, event);
      }
      lease.counted += event.count;
      weigh(state, state.trust, task, worker, lease, event, key, HANDS);
      if (state.leases.has(lease.id)) answered(state, worker, lease, event);
      return settleGrant(state, state.trust, task, lease.grant, HANDS);
    case 'merged':
      lease.counted += event.count;
      creditAnswer(state, worker, set === 'train' ? event.count : 0);
      if (worker.belief !== 'believed') vouch(state, set, [worker.identity]);
      answered(state, worker, lease, event);
      if (acceptance.leaseDone) closeGrant(state, task, lease.grant);
      return completeTask(state, state.emit);
    default:
      return unreachable(acceptance);
  }
}

/** Counts an answer of a lease; the lease ends when its worker has answered every node of it. */
function answered(state: RunState, worker: WorkerState, lease: Lease, event: PartialEvent): void {
  if (lease.answered.size < lease.grant.nodes.size) return;
  measureSpeed(worker, lease, event.computeMs, state.now);
  noteEnd(state, worker, lease, event.computeMs);
  closeLease(state, lease);
}

/** The worker was told to stop, and has. */
function stopped(state: RunState, lease: Lease): void {
  const worker = state.workers.get(lease.worker);
  if (worker !== undefined && lease.revoked) noteEnd(state, worker, lease, null);
}

/** All nodes of the grant are in: whoever still computes a copy of it may stop. */
function closeGrant(state: RunState, task: Task, grant: Grant): void {
  task.grants.delete(grant);
  for (const id of grant.holders) {
    const lease = state.leases.get(id);
    if (lease === undefined || lease.revoked) continue;
    lease.revoked = true;
    const worker = state.workers.get(lease.worker);
    if (worker !== undefined) {
      worker.leasesLost += 1;
      measureOvertaken(worker, lease, state.now);
      recount(state, worker);
    }
    state.emit({ type: 'revoke', worker: lease.worker, lease: id });
  }
}

/** The lease's leaves go to others. */
function takeBack(state: RunState, lease: Lease): void {
  closeLease(state, lease);
  const task = taskOf(state);
  if (task !== null) reopenGrant(task, lease.grant, null);
}

function onLeft(state: RunState, id: WorkerId, reason: string): void {
  const worker = state.workers.get(id);
  if (worker === undefined) return;
  const held = worker.held.length;
  keepCredit(state, worker);
  for (const lease of [...worker.held]) takeBack(state, lease);
  uncount(state, worker);
  state.workers.delete(id);
  state.draining.delete(id);
  rememberContribution(state, worker);
  const task = taskOf(state);
  if (task !== null) chooseReach(state, task);
  const lost = held === 0 ? '' : ` Its ${held === 1 ? 'lease goes' : `${held} leases go`} to others.`;
  const message = `${worker.name} left: ${reason}${lost}`;
  state.emit({ type: 'log', level: 'info', message, about: 'worker' });
}

/** The longest absent are forgotten first when there are too many. */
function rememberContribution({ contributed, trust }: RunState, { identity, samples }: WorkerState): void {
  if (trust.convicted.has(identity)) return;
  const all = samples + (contributed.get(identity) ?? 0);
  if (all === 0) return;
  contributed.delete(identity);
  contributed.set(identity, all);
  const [oldest] = contributed.keys();
  if (contributed.size > CONTRIBUTORS_MAX && oldest !== undefined) contributed.delete(oldest);
}

function onRemove(state: RunState, id: WorkerId, reason: string): void {
  const worker = state.workers.get(id);
  if (worker !== undefined) expel(state, worker, 'removed', reason);
}

/** Who was to finish what it held, and has. */
function dismissDrained(state: RunState): void {
  for (const id of state.draining) {
    const worker = state.workers.get(id);
    if (worker !== undefined && worker.held.length === 0) {
      expel(state, worker, 'removed', 'It has finished what it held and may go.');
    }
  }
}

/** Ends a worker's part in the run from this side; its connection is closed by the driver. */
function expel(
  state: RunState,
  worker: WorkerState,
  code: 'probeFailed' | 'badMessage' | 'unanswered' | 'removed' | 'convicted',
  message: string,
): void {
  state.emit({ type: 'bye', worker: worker.id, code, message });
  onLeft(state, worker.id, message);
}

function onTick(state: RunState, now: number, lagMs: number, busyMs: number): void {
  pace(state, now, lagMs);
  measureServing(state.serving, busyMs);
  attendToLateness(state, now, state.emit);
  const { unansweredMs, probeTimeoutMs } = state.facts.limits;
  for (const worker of state.workers.values()) {
    const oldest = worker.held[0];
    if (worker.phase === 'probing' && now - worker.joinedAt > probeTimeoutMs) {
      expel(state, worker, 'unanswered', `The probe was not answered within ${probeTimeoutMs / 1000} s.`);
    } else if (oldest !== undefined && now - oldest.grantedAt > unansweredMs) {
      expel(state, worker, 'unanswered', `A lease was not answered within ${unansweredMs / 1000} s.`);
    }
  }
}
