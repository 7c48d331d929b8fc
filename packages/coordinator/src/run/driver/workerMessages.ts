/** What workers say, turned into events of the transition: tensors stay here, and what does not fit ends a connection. */
import {
  type ByeName,
  CONTRIBUTORS_MAX,
  type Codings,
  type DismissalFact,
  type FactOf,
  type Hello,
  type UnsealedPartial,
  uint32sOf,
  unreachable,
  type VectorArena,
  type WorkerSaying,
} from '@shoal/core';
import type { Contributor, RunEvent } from '../../transition/model/events.ts';
import type { LeaseId, WorkerId } from '../../transition/model/ids.ts';
import type { RunState } from '../../transition/state.ts';
import type { WorkersPort } from '../ports.ts';
import type { ProbeAnswer } from '../preparation/probeAnswer.ts';
import type { AnswerChecks } from '../trust/answerChecks.ts';
import { storeGradient, unpack } from './gradientInbox.ts';
import type { Standings } from './standings.ts';
import type { StepClock } from './stepTimes.ts';

export type WorkerMessagesOptions = {
  /** To look at. */
  readonly state: RunState;
  readonly arena: VectorArena;
  readonly codings: Codings;
  /** Of the leases that name scales. */
  readonly scales: ReadonlyMap<LeaseId, Float32Array>;
  readonly probe: ProbeAnswer;
  readonly workers: WorkersPort;
  readonly trust: AnswerChecks;
  readonly standings: Standings;
  readonly stepClock: StepClock;
  readonly clock: () => number;
  readonly dispatch: (event: RunEvent) => void;
  readonly expel: (worker: WorkerId, code: ByeName, why: DismissalFact) => void;
};

export class WorkerMessages {
  readonly #options: WorkerMessagesOptions;

  constructor(options: WorkerMessagesOptions) {
    this.#options = options;
  }

  heard(worker: WorkerId, message: Exclude<WorkerSaying, Hello>): void {
    switch (message.type) {
      case 'ready':
        return this.#options.dispatch({ type: 'ready', worker });
      case 'failed':
        if (message.lease === 0) {
          const fault = `The worker could not compute the probe (${message.code}): ${message.message}`;
          return this.#options.dispatch({ type: 'probed', worker, fault, computeMs: 0 });
        }
        return this.#options.dispatch({
          type: 'failed',
          worker,
          lease: message.lease,
          code: message.code,
          message: message.message,
        });
      case 'progress': {
        const { lease, done, missing, computeMs } = message;
        return this.#options.dispatch({ type: 'progress', worker, lease, done, missing, computeMs });
      }
      case 'leave':
        return this.#options.dispatch({ type: 'left', worker, reason: wentByItself(message) });
      case 'pong':
        return;
      case 'follow':
        return this.#options.standings.follow(worker);
      case 'crew': {
        const { workers, threads, speed } = message;
        if (!this.#options.workers.isGateway(worker)) return this.#forGateways(worker, message.type);
        return this.#options.dispatch({ type: 'crew', worker, workers, threads, speed });
      }
      case 'guest':
      case 'guestGone':
        return this.#forGateways(worker, message.type);
      case 'partial':
        return this.#partial(worker, message);
      default:
        return unreachable(message);
    }
  }

  /** Only those who stand for others have something to say of them. */
  #forGateways(worker: WorkerId, said: string): void {
    const detail = `Only a gateway says "${said}".`;
    this.#options.expel(worker, 'badMessage', { type: 'messageMalformed', detail });
  }

  /** Whose work it is, or a sentence on why it cannot be that. */
  #contributorsOf(worker: WorkerId, { by }: UnsealedPartial): readonly Contributor[] | null | string {
    const { workers } = this.#options;
    if (!workers.isGateway(worker))
      return by === undefined ? null : 'Only a gateway says whose work a partial is.';
    if (by === undefined || by.length % 4 !== 0 || by.length > 4 * CONTRIBUTORS_MAX) {
      return 'A gateway says whose work a partial is.';
    }
    return (
      workers.contributors(worker, uint32sOf(by)) ?? 'The partial names a guest whom nobody has vouched for.'
    );
  }

  #partial(worker: WorkerId, partial: UnsealedPartial): void {
    const { arena, probe } = this.#options;
    // Nothing is stored for a lease that is not (or no longer) this worker's.
    const known = partial.lease === 0 || this.#options.state.leases.get(partial.lease)?.worker === worker;
    if (!known || !this.#options.state.workers.has(worker)) return;
    if (partial.lease === 0) {
      // Damage on the way is no wrong answer: the worker may come back.
      const unpacked = unpack(partial, this.#options.codings.up(null));
      if (unpacked.type === 'malformed') {
        return this.#options.expel(worker, 'badMessage', {
          type: 'messageMalformed',
          detail: unpacked.reason,
        });
      }
      const fault = probe.faultOf({ ...partial, vector: unpacked.bytes });
      return this.#options.dispatch({ type: 'probed', worker, fault, computeMs: partial.computeMs });
    }
    const by = this.#contributorsOf(worker, partial);
    if (typeof by === 'string') {
      return this.#options.expel(worker, 'badMessage', { type: 'messageMalformed', detail: by });
    }
    if (arena.size >= arena.vectorsMax) {
      const message = 'the coordinator holds as many open gradients as it may';
      return this.#options.dispatch({
        type: 'failed',
        worker,
        lease: partial.lease,
        code: 'noRoom',
        message,
      });
    }
    const { lease, finite, loss, correct, count, computeMs } = partial;
    this.#options.stepClock.answered(lease, computeMs, this.#options.clock());
    const coding = this.#options.codings.up(this.#options.scales.get(lease) ?? null);
    const from = this.#options.clock();
    const inboxed = storeGradient(arena, coding, partial);
    this.#options.stepClock.spent('receive', this.#options.clock() - from);
    if (inboxed.type === 'malformed') {
      return this.#options.expel(worker, 'badMessage', { type: 'messageMalformed', detail: inboxed.reason });
    }
    this.#options.dispatch({
      type: 'partial',
      worker,
      lease,
      node: { level: partial.level, index: partial.index },
      finite,
      loss,
      correct,
      count,
      tensor: inboxed.tensor,
      computeMs,
      by,
      ...this.#options.trust.describe(partial, inboxed.tensor),
    });
  }
}

const wentByItself = (said: Extract<WorkerSaying, { type: 'leave' }>): FactOf<'wentByItself'> => ({
  type: 'wentByItself',
  code: said.code ?? null,
  reason: said.reason,
});
