/** A worker in the simulated world: the real session; its slots compute real bits, which take virtual time. */
import {
  bytesOf,
  connectionMessage,
  DEFAULT_LIMITS,
  decodeWorkerMessage,
  encodeMessage,
  KERNEL_BUILD,
  type PartialAnswer,
  unreachable,
  type WorkerSaying,
} from '@shoal/core';
import {
  type ArrayAnswer,
  type SessionEffect,
  type SessionEvent,
  type SlotAnswer,
  type SlotId,
  type SlotRequest,
  WORKER_LIMITS,
  WorkerSession,
} from '@shoal/worker';
import { computeSums, type Work } from './computing.ts';
import type { Liar } from './liars.ts';
import type { Link, LinkQuality } from './link.ts';
import { heard, said } from './narration.ts';
import { COORDINATOR_ADDRESS, type Host, type Network } from './network.ts';
import { SimChannel } from './simChannel.ts';
import { TOKEN } from './simCoordinator.ts';
import type { Workbench } from './workbench.ts';
import type { World } from './world.ts';

/** On a line that carries less than this in a millisecond blocks take longer by as much. */
const BLOCK_BYTES_PER_MS = 50;
/** How often it is told how much of a block has come. */
const ARRIVING_MS = 400;
/** After so long a block is asked for once more where it was not to be had. */
const RETRY_MS = 300;

type Compute = Extract<SlotRequest, { readonly type: 'compute' }>;
type FetchEffect = Extract<SessionEffect, { readonly type: 'fetchBlock' }>;
type SimSlot = {
  parameters: Float32Array;
  freeAt: number;
  readonly cancelled: Set<number>;
  readonly life: number;
};

export type SimWorkerOptions = {
  readonly world: World;
  readonly bench: Workbench;
  readonly coordinator: Host;
  readonly name: string;
  readonly threads: number;
  /** Virtual milliseconds for one training microbatch. */
  readonly leafMs: number;
  readonly quality: LinkQuality;
  /** What it answers instead of the truth. */
  readonly liar?: Liar;
  /** Where else it may find somebody to compute for, and where it begins to look; the coordinator alone when absent. */
  readonly network?: Network;
  readonly address?: string;
};

export class SimWorker {
  readonly #options: SimWorkerOptions;
  readonly #slots = new Map<SlotId, SimSlot>();
  #session: WorkerSession | null = null;
  #channel: SimChannel | null = null;
  #life = 0;
  /** Raised by all that ends fetching. */
  #fetching = 0;
  #frozenUntil = 0;
  /** Identities under which it has computed something else than the truth. */
  readonly lied = new Set<string>();
  /** Samples in all answers that it has sent. */
  samplesAnswered = 0;
  /** Damages the gradient of the next partial. */
  damageNext = false;
  /** Claims that its next answer is not finite. */
  doubtNext = false;
  /** How many times slower than usual it is just now. */
  slowness = 1;

  constructor(options: SimWorkerOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Each start is a newcomer. */
  get #identity(): string {
    return `simulated-${this.name}-${this.#life}`;
  }

  get link(): Link | null {
    return this.#channel?.isOpen === true ? this.#channel.link : null;
  }

  get isRunning(): boolean {
    return this.#session !== null;
  }

  /** Whether it could work on: running, not frozen, and its line holds. */
  isHealthy(): boolean {
    const { link } = this;
    const isAwake = this.#session !== null && this.#options.world.now >= this.#frozenUntil;
    return isAwake && link !== null && !link.isBroken;
  }

  start(): void {
    if (this.#session !== null) return;
    const { name, threads, world } = this.#options;
    this.#life += 1;
    this.#slots.clear();
    this.#session = new WorkerSession({
      address: this.#options.address ?? COORDINATOR_ADDRESS,
      token: TOKEN,
      credential: null,
      identity: this.#identity,
      name,
      agent: 'simulation',
      engines: ['wasm-strict'],
      kernels: KERNEL_BUILD,
      sharesData: false,
      lending: null,
      follows: false,
      threads,
      protocolLimits: DEFAULT_LIMITS,
      workerLimits: WORKER_LIMITS,
    });
    world.say(name, 'starts');
    this.#connect(this.#life);
    this.#tick(this.#life);
  }

  #tick(life: number): void {
    this.#options.world.after(WORKER_LIMITS.tickMs, () => {
      if (life !== this.#life || this.#session === null) return;
      this.#handle({ type: 'tick' }, life);
      this.#tick(life);
    });
  }

  /** The process is gone; the machine's network stack resets its connection. */
  crash(): void {
    if (this.#session === null) return;
    this.#options.world.say(this.name, 'crashes');
    this.#session = null;
    this.#life += 1;
    const { link } = this;
    if (link !== null) this.#channel?.crash(this.#options.world.between(0, 100));
    this.#channel = null;
  }

  freeze(ms: number): void {
    this.#options.world.say(this.name, `freezes for ${ms.toFixed(0)} ms`);
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#options.world.now + ms);
  }

  leave(): void {
    this.#handle({ type: 'leaveRequested', reason: { type: 'volunteerLeft' } }, this.#life);
  }

  /** Sends bytes that no worker should send. */
  misbehave(frame: Uint8Array): void {
    this.#options.world.say(this.name, `sends ${frame.length} malformed bytes`);
    this.link?.send('worker', frame);
  }

  #handle(event: SessionEvent, life: number): void {
    const { world } = this.#options;
    const session = this.#session;
    if (session === null || life !== this.#life) return;
    if (world.now < this.#frozenUntil) {
      world.after(this.#frozenUntil - world.now, () => this.#handle(event, life));
      return;
    }
    for (const effect of session.handle(event, world.now)) this.#carryOut(effect, life);
  }

  #carryOut(effect: SessionEffect, life: number): void {
    const { world, bench } = this.#options;
    switch (effect.type) {
      case 'send':
        return this.#send(effect.message);
      case 'disconnect':
        return this.#channel?.close();
      case 'connect':
        world.after(effect.afterMs, () => this.#connect(life));
        return;
      case 'startSlot':
        this.#slots.set(effect.slot, {
          parameters: new Float32Array(bench.model.vectorLength),
          freeAt: world.now,
          cancelled: new Set(),
          life,
        });
        return;
      case 'toSlot':
        return this.#toSlot(effect.slot, effect.request, life);
      case 'fetchBlock': {
        const { round, place, block } = effect;
        const { bytesPerMs } = this.#options.quality;
        const ms = world.between(20, 800) * Math.max(1, BLOCK_BYTES_PER_MS / bytesPerMs);
        for (let at = ARRIVING_MS; at < ms; at += ARRIVING_MS) {
          const bytes = Math.floor((block.byteLength * at) / ms);
          world.after(at, () => this.#handle({ type: 'blockArriving', round, place, bytes }, life));
        }
        const fetching = this.#fetching;
        world.after(ms, () => this.#fetch(effect, life, fetching));
        return;
      }
      case 'relayed':
        throw new Error('A simulated worker computes what it is granted.');
      case 'loadData':
        throw new Error('A simulated worker shares no memory with its coordinator.');
      case 'stopFetching':
        this.#fetching += 1;
        return;
      case 'show':
        return;
      case 'log':
        world.say(this.name, connectionMessage(effect.fact));
        return;
      case 'end':
        world.say(this.name, `ends: ${connectionMessage(effect.fact)}`);
        this.#session = null;
        return;
      default:
        return unreachable(effect);
    }
  }

  #fetch(effect: FetchEffect, life: number, fetching: number): void {
    const { world, network, coordinator } = this.#options;
    if (life !== this.#life || fetching !== this.#fetching) return;
    const { round, place, block, address } = effect;
    const come = (content: Uint8Array | null): void => {
      if (content !== null) this.#handle({ type: 'blockFetched', round, place, content }, life);
      else world.after(RETRY_MS, () => this.#fetch(effect, life, fetching));
    };
    const found = (network?.get(address) ?? coordinator).block(block.sha256);
    if (found instanceof Promise) void found.then(come);
    else come(found);
  }

  #connect(life: number): void {
    const { world, coordinator, quality, network } = this.#options;
    const session = this.#session;
    if (life !== this.#life || session === null) return;
    const host = network?.get(session.address) ?? coordinator;
    const channel: SimChannel = new SimChannel(
      {
        world,
        quality,
        accept: (link) => host.accept(link, this.name),
        onTheWay: (frame) => this.#damaged(frame),
      },
      {
        onOpen: () => this.#handle({ type: 'connected' }, life),
        onMessage: (message) => {
          if (this.#channel !== channel) return;
          if (world.isTraced) world.say(this.name, heard(message));
          this.#handle({ type: 'received', message }, life);
        },
        onUnreadable: (problem) => {
          throw new Error(`The coordinator has sent something unreadable: ${problem}`);
        },
        onClosed: (code, reason) => {
          if (this.#channel === channel) this.#channel = null;
          this.#handle({ type: 'disconnected', code, reason, jitter: world.chance() }, life);
        },
        onFailed: (failure) => {
          if (this.#channel === channel) this.#channel = null;
          this.#handle({ type: 'notConnected', failure, jitter: world.chance() }, life);
        },
      },
    );
    this.#channel = channel;
  }

  #send(message: WorkerSaying): void {
    if (message.type === 'partial') this.samplesAnswered += message.count;
    const { world } = this.#options;
    let sent = message;
    if (this.doubtNext && message.type === 'partial' && message.lease !== 0) {
      this.doubtNext = false;
      sent = { ...message, finite: false, loss: 0, correct: 0, vector: null };
    }
    if (world.isTraced) world.say(this.name, said(sent));
    this.#channel?.send(sent);
  }

  /** Flips one bit of the gradient, as a bad cable or memory would. */
  #damaged(frame: Uint8Array): Uint8Array {
    if (!this.damageNext) return frame;
    const message = decodeWorkerMessage(frame);
    if (message.type !== 'partial' || message.vector === null) return frame;
    this.damageNext = false;
    this.#options.world.say(this.name, 'damages a gradient');
    const gradient = message.vector.slice();
    const at = this.#options.world.integer(gradient.length);
    gradient[at] = (gradient[at] ?? 0) ^ 1;
    const damaged: PartialAnswer = { ...message, vector: gradient };
    return encodeMessage(damaged);
  }

  /* ── Slots ───────────────────────────────────────────────────────────── */

  #toSlot(id: SlotId, request: SlotRequest, life: number): void {
    const { world, bench } = this.#options;
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    if (request.type === 'cancel') {
      slot.cancelled.add(request.job);
    } else if (request.type === 'parameters') {
      // Requests are taken in order: what is computing keeps its parameters.
      const vector = new Float32Array(bench.model.vectorLength);
      bytesOf(vector).set(request.vector);
      slot.parameters = vector;
    } else if (request.type === 'compute') {
      this.#options.liar?.sees?.(request);
      const { parameters } = slot;
      const microbatchMs = this.#options.leafMs * this.slowness * (request.task === 'evaluate' ? 1 / 3 : 1);
      const computeMs = microbatchMs * Math.ceil(request.numbers.length / bench.spec.microbatch);
      const startsAt = Math.max(slot.freeAt, world.now, this.#frozenUntil);
      slot.freeAt = startsAt + computeMs;
      const isOver = (): boolean => this.#slots.get(id) !== slot || life !== this.#life;
      for (let ms = DEFAULT_LIMITS.progressMs; ms < computeMs; ms += DEFAULT_LIMITS.progressMs) {
        const done = Math.floor((request.numbers.length * ms) / computeMs);
        const answer = { type: 'progress', job: request.job, done, computeMs: ms } as const;
        world.after(startsAt + ms - world.now, () => {
          if (!isOver()) this.#handle({ type: 'slotAnswered', slot: id, answer }, life);
        });
      }
      world.after(slot.freeAt - world.now, () => {
        if (isOver()) return;
        const answer: SlotAnswer = slot.cancelled.delete(request.job)
          ? { type: 'cancelled', job: request.job }
          : this.#compute(request, parameters, computeMs);
        this.#handle({ type: 'slotAnswered', slot: id, answer }, life);
      });
    }
  }

  #compute(request: Compute, parameters: Float32Array, computeMs: number): SlotAnswer {
    const { bench, liar } = this.#options;
    const honest = (work: Work, vector: Float32Array): ArrayAnswer[] => computeSums(bench, work, vector);
    const truth = honest(request, parameters);
    const answers = liar === undefined ? truth : liar(request, parameters, honest);
    if (answers.some((one, i) => !isSame(one, truth[i]))) this.lied.add(this.#identity);
    return { type: 'finished', job: request.job, answers, computeMs };
  }
}

function isSame(a: ArrayAnswer, b: ArrayAnswer | undefined): boolean {
  if (b === undefined || a.finite !== b.finite || a.loss !== b.loss || a.correct !== b.correct) return false;
  if (a.vector === null || b.vector === null) return a.vector === b.vector;
  const { vector } = b;
  return a.vector.length === vector.length && a.vector.every((value, i) => value === vector[i]);
}
