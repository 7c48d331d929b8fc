/** A gateway in the simulated world: the real session, connections and gateway; its lines and its clock are made up. */
import {
  DEFAULT_SCHEDULING,
  DEFAULT_SERVER_LIMITS,
  Gateway,
  type ProbeResult,
} from '@shoal/coordinator/simulation';
import {
  connectionMessage,
  DEFAULT_LIMITS,
  decodeSamples,
  KERNEL_BUILD,
  type LeaseMessage,
  unreachable,
} from '@shoal/core';
import {
  lending,
  type RunContext,
  type SessionEffect,
  type SessionEvent,
  WORKER_LIMITS,
  WorkerSession,
} from '@shoal/worker';
import type { Link, LinkQuality } from './link.ts';
import { heard, said } from './narration.ts';
import { COORDINATOR_ADDRESS, type Host, type Network } from './network.ts';
import { probeNumbers, probeOf } from './probing.ts';
import { SimChannel } from './simChannel.ts';
import { TOKEN } from './simCoordinator.ts';
import { SimDoor } from './simDoor.ts';
import type { SimSocket } from './simSocket.ts';
import type { Workbench } from './workbench.ts';
import type { World } from './world.ts';

const TICK_MS = 50;
/** After so long a block is asked for once more where it was not to be had. */
const RETRY_MS = 300;

export type SimGatewayOptions = {
  readonly world: World;
  readonly bench: Workbench;
  readonly network: Network;
  readonly name: string;
  readonly address: string;
  /** Where else workers may go. */
  readonly others: readonly string[];
  /** Where it looks for a coordinator, or another gateway, first. */
  readonly above?: string;
  readonly quality: LinkQuality;
};

type Life = {
  readonly session: WorkerSession;
  readonly gateway: Gateway;
  readonly door: SimDoor;
};

export class SimGateway implements Host {
  readonly #options: SimGatewayOptions;
  #life: Life | null = null;
  #channel: SimChannel | null = null;
  #lives = 0;
  #frozenUntil = 0;
  isCutAbove = false;
  isCutBelow = false;

  constructor(options: SimGatewayOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get address(): string {
    return this.#options.address;
  }

  /** To whatever it hangs from. */
  get link(): Link | null {
    return this.#channel?.isOpen === true ? this.#channel.link : null;
  }

  /** To those that hang from it. */
  get links(): Link[] {
    return this.#life?.door.links ?? [];
  }

  get gateway(): Gateway | null {
    return this.#life?.gateway ?? null;
  }

  isHealthy(): boolean {
    return (
      this.#life !== null &&
      this.#options.world.now >= this.#frozenUntil &&
      this.link?.isBroken === false &&
      this.#life.gateway.isJoined
    );
  }

  start(): void {
    if (this.#life !== null) return;
    const { world, bench, name, address, above = COORDINATOR_ADDRESS } = this.#options;
    this.#lives += 1;
    this.#frozenUntil = 0;
    const session = new WorkerSession({
      ...{ address: above, token: TOKEN, credential: null },
      ...{ identity: `simulated-${name}-${this.#lives}`, name, agent: 'simulation' },
      ...{ engines: ['wasm-strict'], kernels: KERNEL_BUILD, threads: 0 },
      ...{ sharesData: false, lending, follows: false },
      protocolLimits: DEFAULT_LIMITS,
      workerLimits: { ...WORKER_LIMITS, leasesHeldMax: 100_000 },
    });
    const gateway = new Gateway({
      session,
      say: (message, ends) => this.#handle({ type: 'say', message, ends }, life),
      computeProbe: (message, done) => done(this.#probe(message, session.run as RunContext)),
      bringBlock: (_place, block) => this.#bring(block.sha256, session),
      blockBytesMax: 1_000_000,
      ownAddresses: () => [address],
      otherAddresses: () => this.#options.others,
      limits: DEFAULT_SERVER_LIMITS,
      scheduling: DEFAULT_SCHEDULING,
      onChange: () => {},
      clock: () => world.now,
    });
    const door = new SimDoor({
      world,
      answerBytesMax: bench.model.vectorLength * 4 + DEFAULT_LIMITS.envelopeBytesMax,
      handlers: gateway,
    });
    const life: Life = { session, gateway, door };
    this.#life = life;
    world.say(name, 'starts');
    this.#connect(life);
    this.#every(TICK_MS, life, () => gateway.tick(0, 0));
    this.#every(WORKER_LIMITS.tickMs, life, () => this.#handle({ type: 'tick' }, life));
    this.#every(DEFAULT_LIMITS.heartbeatMs, life, () => door.beat());
  }

  /** What the engine that all share gives for the samples that have come with it. */
  #probe({ values }: LeaseMessage, run: RunContext): ProbeResult {
    const { bench } = this.#options;
    const samples =
      values === null ? null : decodeSamples(values, probeNumbers(bench).length, run.manifests.train);
    if (samples === null) throw new Error('The probe has not come with its samples.');
    return probeOf(bench, run, samples, false);
  }

  /** From whatever it hangs from at the time, however long that takes. */
  async #bring(sha256: string, session: WorkerSession): Promise<Uint8Array> {
    const { world, network } = this.#options;
    for (let ms = world.between(20, 800); ; ms = RETRY_MS) {
      await new Promise<void>((resolve) => {
        world.after(ms, () => {
          // Of a process that is gone nothing comes any more.
          if (this.#life?.session === session) this.#awake(this.#life, resolve);
        });
      });
      const content = this.isCutAbove ? null : await network.get(session.address)?.block(sha256);
      if (content != null) return content;
    }
  }

  /** What was due while it stood still happens as soon as it goes on. */
  #every(ms: number, life: Life, action: () => void): void {
    const { world } = this.#options;
    world.after(ms, () => {
      this.#awake(life, () => {
        action();
        this.#every(ms, life, action);
      });
    });
  }

  #awake(life: Life, act: () => void): void {
    const { world } = this.#options;
    if (this.#life !== life) return;
    if (world.now >= this.#frozenUntil) return act();
    world.after(this.#frozenUntil - world.now, () => this.#awake(life, act));
  }

  accept(link: Link, from: string): SimSocket | null {
    const life = this.#life;
    if (life === null || this.isCutBelow) return null;
    const socket = life.door.accept(link, from);
    if (this.#options.world.now < this.#frozenUntil) link.hold('coordinator');
    return socket;
  }

  /** As it is kept here; null where whoever asks could not wait for it. */
  async block(sha256: string): Promise<Uint8Array | null> {
    if (this.isCutBelow || this.#options.world.now < this.#frozenUntil) return null;
    return (await this.gateway?.run?.blocks.serve(sha256, false))?.bytes ?? null;
  }

  /** The process is gone; whoever is at the other ends sees connections reset. */
  crash(): void {
    const life = this.#life;
    if (life === null) return;
    const { world } = this.#options;
    world.say(this.name, 'crashes');
    this.#life = null;
    if (this.link !== null) this.#channel?.crash(world.between(0, 100));
    this.#channel = null;
    life.door.crash(100);
  }

  /** Reads nothing and does nothing for so long; its connections stay open. */
  freeze(ms: number): void {
    const { world } = this.#options;
    world.say(this.name, `freezes for ${ms.toFixed(0)} ms`);
    this.#frozenUntil = Math.max(this.#frozenUntil, world.now + ms);
    const life = this.#life;
    this.link?.hold('worker');
    for (const link of this.links) link.hold('coordinator');
    world.after(ms, () => {
      if (world.now < this.#frozenUntil || this.#life !== life) return;
      // Its timers come first, and then what lies there to be read.
      world.after(0, () => {
        if (world.now < this.#frozenUntil || this.#life !== life) return;
        this.link?.release('worker');
        for (const link of this.links) link.release('coordinator');
      });
    });
  }

  /** Nothing gets through to above or to below until it is told otherwise; each end notices in its own time. */
  cut(side: 'above' | 'below', notices: () => Parameters<Link['break']>[0]): void {
    this.#options.world.say(this.name, `is cut off from ${side}`);
    if (side === 'above') this.isCutAbove = true;
    else this.isCutBelow = true;
    for (const link of side === 'above' ? [this.link] : this.links) link?.break(notices());
  }

  #handle(event: SessionEvent, life: Life): void {
    this.#awake(life, () => {
      const effects = life.session.handle(event, this.#options.world.now);
      for (const effect of effects) this.#carryOut(effect, life);
    });
  }

  #carryOut(effect: SessionEffect, life: Life): void {
    const { world } = this.#options;
    switch (effect.type) {
      case 'send':
        if (world.isTraced) world.say(this.name, said(effect.message));
        this.#channel?.send(effect.message);
        return;
      case 'disconnect':
        return this.#channel?.close();
      case 'connect':
        world.after(effect.afterMs, () => this.#connect(life));
        return;
      case 'relayed':
        return life.gateway.relayed(effect.what);
      case 'show':
        return life.gateway.standing(effect.standing);
      case 'log':
        return world.say(this.name, connectionMessage(effect.fact));
      case 'end':
        world.say(this.name, `ends: ${connectionMessage(effect.fact)}`);
        life.gateway.end('shutdown', { type: 'gatewayEnded' });
        this.#life = null;
        return;
      case 'stopFetching':
        return;
      case 'startSlot':
      case 'toSlot':
      case 'fetchBlock':
      case 'loadData':
        throw new Error(`A gateway has no use for "${effect.type}".`);
      default:
        return unreachable(effect);
    }
  }

  #connect(life: Life): void {
    const { world, network, quality } = this.#options;
    if (this.#life !== life) return;
    const host = network.get(life.session.address);
    const accept = (link: Link): SimSocket | null =>
      this.isCutAbove ? null : (host?.accept(link, this.name) ?? null);
    const channel: SimChannel = new SimChannel(
      { world, quality, accept },
      {
        onOpen: () => this.#handle({ type: 'connected' }, life),
        onMessage: (message) => {
          if (this.#channel !== channel) return;
          if (world.isTraced) world.say(this.name, heard(message));
          this.#handle({ type: 'received', message }, life);
        },
        onUnreadable: (problem) => {
          throw new Error(`Something unreadable has come from above: ${problem}`);
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
}
