/** The workers of the current run as a page's table shows them, each with the sentence on why it is in its state. */
import { WORKERS_SHOWN_MAX, type WorkerView } from '@shoal/core';
import type { ActiveRun } from '../run/activeRun.ts';
import type { RegisteredWorker } from '../run/admission/workerRegistry.ts';
import type { Lease } from '../transition/model/task.ts';
import type { WorkerState } from '../transition/model/worker.ts';
import { countedPerSecond, helpOf } from '../transition/placement/credit.ts';
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

function aboutConnection({ connection, hello, engine }: RegisteredWorker) {
  return {
    name: hello.name,
    agent: hello.agent,
    kind: hello.agent.startsWith('node ') ? ('node' as const) : ('browser' as const),
    engine,
    threads: hello.threads,
    rttMs: connection.rttMs,
    bytesSent: connection.bytesSent,
    bytesReceived: connection.bytesReceived,
  };
}

function activityOf(state: RunState, worker: WorkerState, now: number): Pick<WorkerView, 'state' | 'reason'> {
  const [oldest] = worker.held;
  const { overdueFactor, overdueMinMs } = state.facts.limits;
  const lateMs = oldest === undefined ? 0 : now - oldest.grantedAt;
  const isLate =
    oldest !== undefined &&
    (worker.stalled || lateMs > Math.max(overdueMinMs, oldest.expectedMs * overdueFactor));
  if (worker.phase === 'probing') {
    return { state: 'probing', reason: 'It shows with a first microbatch that it computes the same bits.' };
  }
  if (isLate) {
    const others = worker.stalled
      ? 'it is granted nothing more until it answers, and others compute what it holds.'
      : 'what it holds is granted to others as well once they are free.';
    return {
      state: 'late',
      reason: `It was expected to answer ${seconds(lateMs - oldest.expectedMs)} ago; ${others}`,
    };
  }
  if (worker.mode === 'paused') return { state: 'paused', reason: 'The operator paused it.' };
  if (worker.mode === 'draining') {
    return { state: 'draining', reason: 'It finishes what it holds and then goes, as the operator asked.' };
  }
  if (oldest === undefined) {
    const reason = state.paused === null ? 'Nothing is left for it in this step.' : 'The run is paused.';
    return { state: 'ready', reason };
  }
  return { state: 'computing', reason: computing(oldest) };
}

function computing({ grant: { from, to }, task, revoked }: Lease): string {
  const range = to - from === 1 ? `microbatch ${from}` : `microbatches ${from} to ${to - 1}`;
  if (revoked) return `Others have answered ${range}; it is told to stop.`;
  return task === 'evaluate' ? `It evaluates ${range}.` : `It computes ${range} of the step.`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
