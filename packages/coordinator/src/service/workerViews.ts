/** The workers of the current run as a page's table shows them, each with the sentence on why it is in its state. */
import { sentence, WORKERS_SHOWN_MAX, type WorkerStateFact, type WorkerView } from '@shoal/core';
import type { ActiveRun } from '../run/activeRun.ts';
import type { RegisteredWorker } from '../run/admission/workerRegistry.ts';
import type { Lease } from '../transition/model/task.ts';
import type { WorkerState } from '../transition/model/worker.ts';
import { countedPerSecond, helpOf } from '../transition/placement/credit.ts';
import { isLate } from '../transition/placement/lateness.ts';
import type { RunState } from '../transition/state.ts';

export function workerViews(run: ActiveRun, now: number): WorkerView[] {
  const { state } = run;
  const { contributed } = state;
  let total = 0;
  for (const samples of contributed.values()) total += samples;
  for (const { samples } of state.workers.values()) total += samples;
  const views: WorkerView[] = [];
  for (const [id, registered] of run.workers.registered) {
    const worker = state.workers.get(id);
    if (worker === undefined) continue;
    const samples = worker.samples + (contributed.get(worker.identity) ?? 0);
    views.push({
      ...aboutConnection(registered),
      gateway: crewOf(registered, run.record.spec.microbatch),
      id,
      local: registered.isLocal,
      speed: countedPerSecond(worker, now),
      samples,
      share: total === 0 ? 0 : samples / total,
      samplesLate: worker.credit.samplesLate,
      help: helpOf({ state, now }, worker),
      leasesDone: worker.leasesDone,
      leasesLost: worker.leasesLost,
      leasesHeld: worker.held.length,
      joinedSecondsAgo: Math.max(0, (now - worker.joinedAt) / 1000),
      trust: {
        believed: worker.belief === 'believed',
        standing: state.trust.verifiedAnswers.get(worker.identity) ?? 0,
        checked: worker.checked,
      },
      ...activityOf(state, worker, now),
    });
  }
  views.sort((a, b) => b.samples - a.samples || a.id - b.id);
  return views.slice(0, WORKERS_SHOWN_MAX);
}

/** Speeds come in microbatches a millisecond, and are shown in samples a second. */
function crewOf({ isGateway, crew }: RegisteredWorker, microbatch: number): WorkerView['gateway'] {
  if (!isGateway) return null;
  const inSamples = (speed: number): number => speed * microbatch * 1000;
  const { workers = 0, threads = 0, speed = 0, below = [] } = crew ?? {};
  return {
    ...{ workers, threads, speed: inSamples(speed) },
    below: below.map(({ roundTrip, ...one }) => ({ ...one, speed: inSamples(one.speed), rttMs: roundTrip })),
  };
}

function aboutConnection({ connection, hello, engine, isGateway, crew }: RegisteredWorker) {
  return {
    name: hello.name,
    agent: hello.agent,
    kind: hello.agent.startsWith('node ') ? ('node' as const) : ('browser' as const),
    engine,
    threads: isGateway ? (crew?.threads ?? 0) : hello.threads,
    rttMs: connection.rttMs,
    upBitsPerSecond: connection.upBitsPerSecond,
    downBitsPerSecond: connection.downBitsPerSecond,
    bytesSent: connection.bytesSent,
    bytesReceived: connection.bytesReceived,
  };
}

function activityOf(
  state: RunState,
  worker: WorkerState,
  now: number,
): Pick<WorkerView, 'state' | 'reason' | 'facts'> {
  const { name, why } = situationOf(state, worker, now);
  return { state: name, reason: sentence(why, 'en'), facts: [why] };
}

type Situation = { readonly name: WorkerView['state']; readonly why: WorkerStateFact };

function situationOf(state: RunState, worker: WorkerState, now: number): Situation {
  const [oldest] = worker.held;
  const { stalled } = worker;
  if (worker.phase === 'probing') return { name: 'probing', why: { type: 'showsBits' } };
  if (oldest !== undefined && (stalled || isLate({ state, now }, oldest))) {
    const dueAt = oldest.headway?.at ?? oldest.grantedAt + oldest.expectedMs;
    const seconds = Math.max(0, now - dueAt) / 1000;
    return { name: 'late', why: { type: 'answerOverdue', seconds, stalled } };
  }
  if (worker.mode === 'paused') return { name: 'paused', why: { type: 'restsForOperator' } };
  if (worker.mode === 'draining') return { name: 'draining', why: { type: 'finishesAndGoes' } };
  if (oldest !== undefined) return { name: 'computing', why: computing(oldest) };
  return { name: 'ready', why: { type: state.paused === null ? 'nothingLeftInStep' : 'runIsPaused' } };
}

function computing({ grant: { from, to }, task, revoked }: Lease): WorkerStateFact {
  if (revoked) return { type: 'toldToStopRange', from, to };
  return { type: task === 'evaluate' ? 'evaluatesRange' : 'computesRange', from, to };
}
