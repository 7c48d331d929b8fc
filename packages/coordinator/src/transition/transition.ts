/**
 * The centre of the coordinator: one deterministic function from (state, event, time and secret) to effects. No clock, no
 * socket, no randomness, no waiting. It may change the state that it owns, as raft's `Step` does.
 */
import { EMPTY_EPOCH, initialEarlyStopping, type RunProgress, unreachable } from '@shoal/core';
import type { Effect } from './model/effects.ts';
import type { RunEvent } from './model/events.ts';
import type { RunFacts } from './model/facts.ts';
import { newPace } from './model/pace.ts';
import { free, type Turn } from './model/turn.ts';
import {
  changePace,
  finishRun,
  holdRun,
  pauseRun,
  resumeRun,
  setMode,
  takeStep,
} from './operatorRequests.ts';
import { onCrew, onJoined, onProbed } from './placement/arrival.ts';
import { noteEnd } from './placement/credit.ts';
import { dismissDrained, dismissSilent, expel, onLeft, takeBack } from './placement/departure.ts';
import { onProgress } from './placement/headway.ts';
import { leave, newLoad } from './placement/load.ts';
import { newOrder } from './placement/order.ts';
import { pace } from './placement/pacing.ts';
import { attendToLateness, schedule } from './placement/schedule.ts';
import { measureServing } from './placement/serving.ts';
import { end, enterStage, finishStep } from './progress/progress.ts';
import { onLent, onLost, onRecalled, onRenumbered } from './relay/relay.ts';
import type { RunState } from './state.ts';
import { onPartial } from './trust/answers.ts';
import type { Secret } from './trust/chance.ts';
import { changePolicy, suspect } from './trust/policy.ts';
import { attendToTrust } from './trust/quorum.ts';
import { mend } from './trust/rollback.ts';
import { onVerified } from './trust/trust.ts';
import { type DrawingTurn, newTrust, type TrustStart } from './trust/trustState.ts';

/** Of a run without a past, in which nothing is checked. */
const NOTHING_KNOWN: TrustStart = {
  convicted: [],
  verifiedAnswers: new Map(),
  ledger: [],
  snapshots: [],
};

/** Version 0 is what the seed draws, which everybody has; whoever begins with something else has to be told. */
export function initialProgress(facts: RunFacts): RunProgress {
  const stopping = facts.spec.earlyStopping;
  return {
    epoch: 0,
    step: 0,
    globalStep: 0,
    version: facts.spec.initial === undefined ? 0 : 1,
    epochSums: EMPTY_EPOCH,
    earlyStopping: stopping === null ? null : initialEarlyStopping(stopping),
    lastEpoch: null,
    ending: null,
  };
}

/**
 * A run from its beginning, or from where a checkpoint left it. The effects come from entering the first stage.
 * @param stepsPerSecond the pace that it begins with; null for none
 */
export function startRun(
  facts: RunFacts,
  progress: RunProgress,
  trust: TrustStart = NOTHING_KNOWN,
  stepsPerSecond: number | null = null,
): { state: RunState; effects: Effect[] } {
  const state = newState(facts, progress, trust, stepsPerSecond);
  const effects: Effect[] = [];
  const turn: Turn<RunState> = { state, now: 0, emit: (effect) => effects.push(effect) };
  // What somebody vouched for who was convicted since is taken back before anything else.
  if (!mend(turn)) enterStage(turn);
  return { state, effects };
}

/** A gateway's part in a run, which goes by what it is lent. */
export function startRelay(facts: RunFacts): RunState {
  return { ...newState(facts, initialProgress(facts), NOTHING_KNOWN, null), stage: { type: 'idle' } };
}

function newState(
  facts: RunFacts,
  progress: RunProgress,
  trust: TrustStart,
  stepsPerSecond: number | null,
): RunState {
  return {
    facts,
    stage: { type: 'ended' },
    progress,
    paused: null,
    held: false,
    pace: newPace(stepsPerSecond),
    finishing: null,
    workers: new Map(),
    draining: new Set(),
    contributed: new Map(),
    credits: new Map(),
    leases: new Map(),
    nextLease: 1,
    leasesAnswered: 0,
    leasesRegranted: 0,
    trust: newTrust(facts.spec.trust, trust),
    load: newLoad(),
    order: newOrder(),
    leasesOpenMax: Number.POSITIVE_INFINITY,
    loweredAt: Number.NEGATIVE_INFINITY,
    takingPart: 1,
    serving: { busyMs: 0, served: 0 },
  };
}

/** What comes with every event, and is no part of the run's state. */
export type Surroundings = {
  /** In milliseconds; never goes back. */
  readonly now: number;
  /** The same for as long as a process drives the run. */
  readonly secret: Secret;
};

/** @returns what to do, in order */
export function transition(state: RunState, event: RunEvent, { now, secret }: Surroundings): Effect[] {
  const effects: Effect[] = [];
  const turn: DrawingTurn = { state, now, secret, emit: (effect) => effects.push(effect) };
  if (state.stage.type === 'ended') {
    afterTheEnd(turn, event);
    return effects;
  }
  apply(turn, event);
  dismissDrained(turn);
  schedule(turn);
  while (attendToTrust(turn)) schedule(turn);
  return effects;
}

function afterTheEnd(turn: Turn<RunState>, event: RunEvent): void {
  const { state } = turn;
  if (event.type === 'partial') free(turn, event.tensor);
  if (event.type === 'verified') for (const { sums } of event.nodes) free(turn, sums.vector);
  const gone = event.type === 'left' ? state.workers.get(event.worker) : undefined;
  if (gone !== undefined) leave(state, gone);
}

function apply(turn: DrawingTurn, event: RunEvent): void {
  const { state, emit } = turn;
  switch (event.type) {
    case 'joined':
      return onJoined(turn, event);
    case 'probed':
      return onProbed(turn, event);
    case 'crew':
      return onCrew(turn, event);
    case 'lent':
      return onLent(turn, event.errand);
    case 'recalled':
      return onRecalled(turn, event.errand);
    case 'lost':
      return onLost(turn);
    case 'renumbered':
      return onRenumbered(state);
    case 'ready': {
      const worker = state.workers.get(event.worker);
      if (worker !== undefined) worker.values = 'none';
      return;
    }
    case 'partial':
      return onPartial(turn, event);
    case 'progress':
      return onProgress(turn, event);
    case 'failed':
      return onFailed(turn, event);
    case 'left':
      return onLeft(turn, event.worker, event.reason);
    case 'verified':
      return onVerified(turn, event);
    case 'updated':
      return finishStep(turn, event.report);
    case 'stop':
      emit({ type: 'checkpoint', progress: state.progress, best: false });
      return end(turn, 'stopped', event.reason, null);
    case 'pause':
      return pauseRun(turn, event.reason);
    case 'resume':
      return resumeRun(turn, event.reason);
    case 'hold':
      return holdRun(turn, event.held);
    case 'step':
      return takeStep(turn, event.reason);
    case 'pace':
      return changePace(turn, event.stepsPerSecond);
    case 'finish':
      return finishRun(turn, event.reason);
    case 'mode':
      return setMode(turn, event.worker, event.mode);
    case 'trust':
      return changePolicy(turn, event.policy, event.reason);
    case 'suspect':
      return suspect(turn, event.identity, event.belief);
    case 'remove': {
      const worker = state.workers.get(event.worker);
      if (worker !== undefined) expel(turn, worker, 'removed', { type: 'operatorRemoved' });
      return;
    }
    case 'tick':
      pace(turn, event.lagMs);
      measureServing(state.serving, event.busyMs);
      attendToLateness(turn);
      return dismissSilent(turn);
    default:
      return unreachable(event);
  }
}

function onFailed(turn: Turn<RunState>, event: Extract<RunEvent, { type: 'failed' }>): void {
  const { state, emit } = turn;
  const lease = state.leases.get(event.lease);
  if (lease === undefined || lease.worker !== event.worker) return;
  const worker = state.workers.get(lease.worker);
  // Whatever it was taken to hold, it is sent the whole with the next lease.
  if (event.code === 'unknownVersion' && worker !== undefined) worker.version = 0;
  if (event.code === 'missingSamples' && worker !== undefined && worker.values !== 'always') {
    // It fetches no blocks: from now on its leases bring what they need.
    worker.values = 'always';
  } else if (event.code !== 'revoked') {
    const { code, message: reason } = event;
    const name = worker?.name ?? `#${lease.worker}`;
    emit({
      type: 'log',
      level: 'warn',
      facts: [{ type: 'leaseFailed', name, lease: lease.id, code, reason }],
    });
  } else if (worker !== undefined && lease.revoked) {
    // It was told to stop, and has.
    noteEnd(turn, worker, lease, null);
  }
  takeBack(turn, lease);
}
