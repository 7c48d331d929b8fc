/** Workers that come: each is probed before it gets work. */
import type { RunEvent } from '../model/events.ts';
import type { Turn } from '../model/turn.ts';
import { probeWork } from '../task/workload.ts';
import { creditOf } from './credit.ts';
import { type Departing, expel } from './departure.ts';
import { changeWorker, enter } from './load.ts';
import { SPEED_UNKNOWN } from './measure.ts';
import type { Placed } from './placed.ts';

export function onJoined(turn: Turn<Placed>, event: Extract<RunEvent, { type: 'joined' }>): void {
  const { state, now, emit } = turn;
  const { worker, identity, name, threads, origin, belief } = event;
  enter(state, {
    id: worker,
    identity,
    name,
    threads,
    origin,
    belief,
    joinedAt: now,
    phase: 'probing',
    mode: 'working',
    values: 'cheaper',
    version: 0,
    held: [],
    busySince: now,
    stalled: false,
    counted: null,
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
    credit: creditOf(turn, identity),
  });
  emit({ type: 'probe', worker });
}

export function onProbed(turn: Turn<Departing>, event: Extract<RunEvent, { type: 'probed' }>): void {
  const { state, emit } = turn;
  const { fault, computeMs } = event;
  const worker = state.workers.get(event.worker);
  if (worker === undefined || worker.phase !== 'probing') return;
  if (fault !== null) {
    return expel(turn, worker, 'probeFailed', { type: 'probeWrong', detail: fault });
  }
  const speed = (worker.threads * probeWork(state.facts)) / Math.max(computeMs, 0.01);
  worker.credit.ownSpeed = speed;
  changeWorker(state, worker, { phase: 'active', speed });
  const { numerics } = state.facts.spec;
  const facts = [{ type: 'workerJoined', name: worker.name, numerics } as const];
  emit({ type: 'log', level: 'info', facts, about: 'worker' });
}
