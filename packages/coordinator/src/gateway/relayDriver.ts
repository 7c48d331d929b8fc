/**
 * The shell around the transition of a gateway: like a run's driver it feeds events in, owns the vectors and carries effects
 * out, but what is complete goes up instead of into an optimizer.
 */
import {
  bytesOf,
  type Codings,
  type Crew,
  type DepartureFact,
  type DismissalFact,
  floatsOf,
  type Hello,
  judged,
  type LeaseMessage,
  type UnsealedParameters,
  type UnsealedPartial,
  unreachable,
  type VectorArena,
  type WorkerSaying,
} from '@shoal/core';
import { outgoing } from '../connection/workerConnection.ts';
import type { RegistryDriver } from '../run/admission/workerRegistry.ts';
import { storeGradient, unpack } from '../run/driver/gradientInbox.ts';
import { ParameterMessages } from '../run/driver/parameterMessages.ts';
import { Standings } from '../run/driver/standings.ts';
import type { WorkersPort } from '../run/ports.ts';
import type { ProbeAnswer } from '../run/preparation/probeAnswer.ts';
import type { Effect, GrantEffect } from '../transition/model/effects.ts';
import type { Contributor, RunEvent } from '../transition/model/events.ts';
import type { ErrandId, LeaseId, WorkerId } from '../transition/model/ids.ts';
import { headwayOfErrands } from '../transition/relay/relay.ts';
import type { RunState } from '../transition/state.ts';
import { transition } from '../transition/transition.ts';
import { SECRET_BYTES } from '../transition/trust/chance.ts';
import type { LeaseValues } from './leaseValues.ts';
import { ToldStanding } from './toldStanding.ts';

/** Nothing is drawn where nothing is checked. */
const SECRET = new Uint8Array(SECRET_BYTES);
const COUNTED = outgoing({ type: 'counted' });

export type RelayDriverOptions = {
  readonly state: RunState;
  readonly arena: VectorArena;
  readonly codings: Codings;
  /** [vectorLength] float32 of a version that the gateway holds. */
  readonly parameters: (version: number) => Uint8Array | null;
  readonly probe: { readonly message: LeaseMessage; readonly answer: ProbeAnswer };
  readonly values: Pick<LeaseValues, 'of'>;
  /** Of the coordinator that leads at present. */
  readonly term: () => number;
  readonly workers: Pick<WorkersPort, 'send' | 'bye'>;
  /** Whose work an answer of this worker is; null where it names somebody who is not there. */
  readonly contributors: (worker: WorkerId, by: Uint8Array | undefined) => readonly Contributor[] | null;
  /** To the coordinator; `ends` is the lease that is over with it. */
  readonly say: (message: WorkerSaying, ends: number | null) => void;
  readonly progressMs: number;
  /** What hangs below has changed. */
  readonly onCrew: () => void;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
};

export class RelayDriver implements RegistryDriver {
  readonly convicted: ReadonlySet<string> = new Set();
  readonly #options: RelayDriverOptions;
  readonly #state: RunState;
  readonly #parameters: ParameterMessages;
  /** The highest version that has come since versions were numbered as they are. */
  #newest = 0;
  readonly #told = new ToldStanding();
  readonly #standings: Standings;
  readonly #queue: RunEvent[] = [];
  #busy = false;
  /** Of the errands that name scales, and of the leases that they were handed on as. */
  readonly #scales = new Map<ErrandId, Float32Array>();
  readonly #leaseScales = new Map<LeaseId, Float32Array>();
  /** Leases whose values are not here yet, or whose parameters are not any more; revoked meanwhile, they fail so, unsent. */
  readonly #awaiting = new Map<LeaseId, 'revoked' | 'unknownVersion'>();
  /** Errands that were given back since their parameters are not here, until nothing of them is left. */
  readonly #givenBack = new Set<ErrandId>();
  /** How much of each errand was told to be done, and when that was. */
  readonly #progress = new Map<ErrandId, { readonly done: number; readonly at: number }>();
  /** Answers of the gateway count, so that those of its workers may be said to; and those who have not been told. */
  #counts = false;
  readonly #uncounted = new Set<WorkerId>();

  constructor(options: RelayDriverOptions) {
    this.#options = options;
    const { state, codings, parameters, clock, workers } = options;
    this.#state = state;
    this.#parameters = new ParameterMessages(codings, (version) => {
      const known = parameters(version);
      if (known === null) throw new RangeError(`Parameter version ${version} is not here.`);
      return floatsOf(known);
    });
    this.#standings = new Standings({
      ...{ state, epochs: [], clock, hasAccuracy: true, told: () => this.#told.latest },
      send: (worker, standing) => workers.send(worker, outgoing(standing)),
    });
  }

  get state(): RunState {
    return this.#state;
  }

  /* ── From above ──────────────────────────────────────────────────────── */

  lent(message: LeaseMessage): void {
    const { lease: id, task, set, version, step, from, to, leaves, undivided = false, scales } = message;
    if (task === 'probe') return;
    if (version < this.#newest) this.#renumbered(version);
    if (scales !== null) this.#scales.set(id, floatsOf(scales));
    this.dispatch({
      type: 'lent',
      errand: { id, task, set, version, step, from, to, leaves, undivided },
    });
  }

  recalled(errand: ErrandId): void {
    this.dispatch({ type: 'recalled', errand });
  }

  /** The connection above is over. */
  lost(): void {
    this.dispatch({ type: 'lost' });
    this.#scales.clear();
    this.#progress.clear();
    this.#givenBack.clear();
    this.#parameters.forget();
    this.#newest = 0;
    this.#counts = false;
  }

  received(message: UnsealedParameters): void {
    if (message.version <= this.#newest) this.#renumbered(message.version);
    this.#newest = message.version;
    this.#parameters.received(message);
  }

  /** A gateway above has found its coordinator again, which goes on from an earlier version. */
  #renumbered(version: number): void {
    this.#newest = version;
    this.#parameters.forget();
    this.dispatch({ type: 'renumbered' });
  }

  counted(): void {
    this.#counts = true;
    for (const worker of this.#uncounted) this.#options.workers.send(worker, COUNTED);
    this.#uncounted.clear();
  }

  toldStanding(standing: Parameters<ToldStanding['hear']>[0]): void {
    this.#told.hear(standing, this.#standings);
  }

  /* ── From below ──────────────────────────────────────────────────────── */

  joined(worker: WorkerId, hello: Hello, who: Parameters<RegistryDriver['joined']>[2]): void {
    const { name, threads } = hello;
    // Whom to believe the coordinator sees to.
    this.dispatch({ type: 'joined', worker, name, threads, ...who, belief: 'believed' });
  }

  left(worker: WorkerId, reason: DepartureFact): void {
    this.#uncounted.delete(worker);
    this.dispatch({ type: 'left', worker, reason });
    this.#options.onCrew();
  }

  message(worker: WorkerId, message: Exclude<WorkerSaying, Hello>): void {
    switch (message.type) {
      case 'ready':
        return this.dispatch({ type: 'ready', worker });
      case 'failed': {
        const { lease, code, message: said } = message;
        if (lease !== 0) return this.dispatch({ type: 'failed', worker, lease, code, message: said });
        const fault = `The worker could not compute the probe (${code}): ${said}`;
        return this.dispatch({ type: 'probed', worker, fault, computeMs: 0 });
      }
      case 'progress': {
        const { lease, done, missing, computeMs } = message;
        return this.dispatch({ type: 'progress', worker, lease, done, missing, computeMs });
      }
      case 'leave': {
        const { code = null, reason } = message;
        return this.left(worker, { type: 'wentByItself', code, reason });
      }
      case 'crew':
        return this.#crew(worker, message);
      case 'follow':
        return this.#standings.follow(worker);
      case 'partial':
        return this.#partial(worker, message);
      case 'pong':
      case 'guest':
      case 'guestGone':
        return;
      default:
        return unreachable(message);
    }
  }

  #crew(worker: WorkerId, { workers, threads, speed }: Crew): void {
    if (this.#state.workers.get(worker)?.crew == null) return this.#forGateways(worker);
    this.dispatch({ type: 'crew', worker, workers, threads, speed });
    this.#options.onCrew();
  }

  #forGateways(worker: WorkerId): void {
    this.#expel(worker, 'Only a gateway says whom it stands for.');
  }

  #partial(worker: WorkerId, partial: UnsealedPartial): void {
    const { arena, codings, probe } = this.#options;
    const { lease, finite, loss, correct, count, computeMs } = partial;
    const known = lease === 0 || this.#state.leases.get(lease)?.worker === worker;
    if (!known || !this.#state.workers.has(worker)) return;
    if (lease === 0) {
      const unpacked = unpack(partial, codings.up(null));
      if (unpacked.type === 'malformed') return this.#expel(worker, unpacked.reason);
      const fault = probe.answer.faultOf({ ...partial, vector: unpacked.bytes });
      this.dispatch({ type: 'probed', worker, fault, computeMs });
      return this.#options.onCrew();
    }
    const by = this.#options.contributors(worker, partial.by);
    if (by === null) return this.#expel(worker, 'The partial does not say whose work it is.');
    if (arena.size >= arena.vectorsMax) {
      const message = 'the gateway holds as many open gradients as it may';
      return this.dispatch({ type: 'failed', worker, lease, code: 'noRoom', message });
    }
    const coding = codings.up(this.#leaseScales.get(lease) ?? null);
    const inboxed = storeGradient(arena, coding, partial);
    if (inboxed.type === 'malformed') return this.#expel(worker, inboxed.reason);
    this.dispatch({
      ...{ type: 'partial', worker, lease, finite, loss, correct, count, computeMs, by },
      node: { level: partial.level, index: partial.index },
      tensor: inboxed.tensor,
      digest: '',
      logNorm: null,
    });
  }

  #expel(worker: WorkerId, detail: string): void {
    const why: DismissalFact = { type: 'messageMalformed', detail };
    this.#options.workers.bye(worker, 'badMessage', why);
    this.left(worker, why);
  }

  /* ── Time ────────────────────────────────────────────────────────────── */

  tick(lagMs: number, busyMs: number): void {
    this.dispatch({ type: 'tick', lagMs, busyMs });
    this.#tellProgress();
    this.#standings.tick();
  }

  #tellProgress(): void {
    const { progressMs, clock, say } = this.#options;
    const now = clock();
    for (const { errand, done, since } of headwayOfErrands(this.#state)) {
      const told = this.#progress.get(errand) ?? { done: 0, at: since };
      if (done <= told.done || now - told.at < progressMs) continue;
      this.#progress.set(errand, { done, at: now });
      say({ type: 'progress', lease: errand, done, missing: 0, computeMs: now - since }, null);
    }
  }

  /* ── The transition ──────────────────────────────────────────────────── */

  dispatch(event: RunEvent): void {
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    try {
      const { clock } = this.#options;
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const effects = transition(this.#state, next, { now: clock(), secret: SECRET });
        for (const effect of effects) this.#carry(effect);
        if (next.type === 'recalled') this.#forgetErrand(next.errand);
      }
    } finally {
      this.#busy = false;
    }
  }

  #carry(effect: Effect): void {
    const { arena, workers, probe } = this.#options;
    switch (effect.type) {
      case 'probe':
        return workers.send(effect.worker, outgoing({ ...probe.message, term: this.#options.term() }));
      case 'grant':
        return this.#grant(effect);
      case 'revoke':
        return this.#revoke(effect.worker, effect.lease);
      case 'counted':
        if (this.#counts) return workers.send(effect.worker, COUNTED);
        this.#uncounted.add(effect.worker);
        return;
      case 'bye':
        return workers.bye(effect.worker, effect.code, effect.why);
      case 'merge':
        arena.add(effect.into, effect.from);
        return arena.free(effect.from);
      case 'free':
        return arena.free(effect.tensor);
      case 'pass':
        return this.#pass(effect);
      case 'log':
        return;
      default:
        throw new Error(`A gateway does not know what to do with "${effect.type}".`);
    }
  }

  #grant(effect: GrantEffect): void {
    const { workers, values } = this.#options;
    const { worker, lease, version, holds, withParameters, errand } = effect;
    if (withParameters && errand !== null && this.#options.parameters(version) === null) {
      this.#awaiting.set(lease, 'unknownVersion');
      return this.#giveBack(errand, version);
    }
    const scales = errand === null ? undefined : this.#scales.get(errand);
    if (scales !== undefined) this.#leaseScales.set(lease, scales);
    if (withParameters) workers.send(worker, this.#parameters.of(version, holds));
    const found = values.of(effect);
    if (!(found instanceof Promise)) return this.#sendLease(effect, scales ?? null, found);
    this.#awaiting.set(lease, 'revoked');
    found.then((brought) => {
      if (this.#awaiting.delete(lease)) this.#sendLease(effect, scales ?? null, brought);
    });
  }

  /** Whoever has lent it sends the parameters anew with it. What was granted of it here has not been sent. */
  #giveBack(errand: ErrandId, version: number): void {
    if (this.#givenBack.has(errand)) return;
    this.#givenBack.add(errand);
    const message = `Parameter version ${version} is not here any more.`;
    this.#options.say({ type: 'failed', lease: errand, code: 'unknownVersion', message }, errand);
    this.#queue.push({ type: 'recalled', errand });
  }

  #sendLease(effect: GrantEffect, scales: Float32Array | null, values: Uint8Array | null): void {
    const { worker, lease, task, set, version, step, from, to, leaves, expectedMs, undivided } = effect;
    const message: LeaseMessage = {
      ...{ type: 'lease', lease, term: this.#options.term(), task, set, version, step, from, to, leaves },
      scales: scales === null ? null : bytesOf(scales),
      ...{ values, expectedMs },
      ...(undivided && { undivided: true as const }),
    };
    this.#options.workers.send(worker, outgoing(message));
  }

  #revoke(worker: WorkerId, lease: LeaseId): void {
    const code = this.#awaiting.get(lease);
    if (code === undefined) return this.#options.workers.send(worker, outgoing({ type: 'revoke', lease }));
    // What was never sent is over at once.
    this.#awaiting.delete(lease);
    this.#queue.push({ type: 'failed', worker, lease, code, message: 'It was never sent.' });
  }

  #pass({ errand, answer, by, ms, ends }: Extract<Effect, { type: 'pass' }>): void {
    const { arena, codings, say } = this.#options;
    const store = { merge: () => {}, free: (id: number) => arena.free(id) };
    const { node, finite, loss, correct, count, vector } = judged(answer, store, (id) => arena.isFinite(id));
    const coding = codings.up(this.#scales.get(errand) ?? null);
    const coded = vector === null ? null : coding.encodeFrom(arena, vector);
    if (vector !== null) arena.free(vector);
    say(
      {
        ...{ type: 'partial', lease: errand, level: node.level, index: node.index },
        ...{ finite, loss, correct, count, vector: coded, checksum: null, computeMs: ms },
        by: bytesOf(Uint32Array.from(by)),
      },
      ends ? errand : null,
    );
    if (ends) this.#forgetErrand(errand);
  }

  #forgetErrand(errand: ErrandId): void {
    this.#scales.delete(errand);
    this.#progress.delete(errand);
    this.#givenBack.delete(errand);
    for (const lease of this.#leaseScales.keys()) {
      if (!this.#state.leases.has(lease)) this.#leaseScales.delete(lease);
    }
  }
}
