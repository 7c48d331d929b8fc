/** Workers that come: each is probed before it gets work. */
import { taskOf } from '../model/core.ts';
import type { RunEvent } from '../model/events.ts';
import type { Turn } from '../model/turn.ts';
import { probeWork } from '../task/workload.ts';
import { creditOf } from './credit.ts';
import { type Departing, expel } from './departure.ts';
import { changeWorker, enter } from './load.ts';
import { SPEED_UNKNOWN } from './measure.ts';
import type { Placed } from './placed.ts';
import { placesOf } from './places.ts';
import { chooseReach } from './reach.ts';

export function onJoined(turn: Turn<Placed>, event: Extract<RunEvent, { type: 'joined' }>): void {
  const { state, now, emit } = turn;
  const { worker, identity, name, threads, origin, belief, isGateway } = event;
  enter(state, {
    id: worker,
    identity,
    name,
    // What a gateway stands for it says itself.
    threads: isGateway ? 0 : threads,
    crew: isGateway ? 0 : null,
    leasesMax: state.facts.limits.leasesHeldMax,
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
  changeWorker(state, worker, { phase: 'active', ...(worker.crew === null && { speed }) });
  const { numerics } = state.facts.spec;
  const facts = [{ type: 'workerJoined', name: worker.name, numerics } as const];
  emit({ type: 'log', level: 'info', facts, about: 'worker' });
}

/** What hangs below a gateway has changed: it is as fast as all of them together. */
export function onCrew(turn: Turn<Departing>, event: Extract<RunEvent, { type: 'crew' }>): void {
  const { state } = turn;
  const { workers, threads, speed } = event;
  const worker = state.workers.get(event.worker);
  if (worker === undefined || worker.crew === null) return;
  const wasEmpty = worker.threads === 0;
  worker.crew = workers;
  const isEmpty = workers === 0 || threads === 0 || speed === 0;
  if (!isEmpty) worker.credit.ownSpeed = speed;
  const leasesMax = placesOf(state, worker);
  changeWorker(state, worker, isEmpty ? { threads: 0 } : { threads, speed, leasesMax });
  const task = taskOf(state);
  if (task !== null && wasEmpty !== isEmpty) chooseReach(state, task);
}
