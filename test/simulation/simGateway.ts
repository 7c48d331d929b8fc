/** A gateway in the simulated world: the real session, connections and gateway; its lines and its clock are made up. */
import {
  DEFAULT_SCHEDULING,
  DEFAULT_SERVER_LIMITS,
  Gateway,
  outgoing,
  probeResult,
  SocketConnection,
} from '@shoal/coordinator/simulation';
import {
  bytesOf,
  connectionMessage,
  DEFAULT_LIMITS,
  initialParameters,
  KERNEL_BUILD,
  type LeaseMessage,
  probePieces,
  StreamOrder,
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
import { SimChannel } from './simChannel.ts';
import { TOKEN } from './simCoordinator.ts';
import { SimSocket } from './simSocket.ts';
import type { Workbench } from './workbench.ts';
import type { World } from './world.ts';

const TICK_MS = 50;

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
  readonly connections: Map<number, { readonly connection: SocketConnection; readonly link: Link }>;
};

export class SimGateway implements Host {
  readonly #options: SimGatewayOptions;
  #life: Life | null = null;
  #channel: SimChannel | null = null;
  #nextConnection = 1;
  #lives = 0;
  #frozenUntil = 0;

  constructor(options: SimGatewayOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** To whatever it hangs from. */
  get link(): Link | null {
    return this.#channel?.isOpen === true ? this.#channel.link : null;
  }

  /** To those that hang from it. */
  get links(): Link[] {
    return [...(this.#life?.connections.values() ?? [])].map(({ link }) => link);
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
      bringBlock: (_place, block) =>
        new Promise((resolve) => {
          world.after(world.between(20, 800), () => resolve(bench.blocks.get(block.sha256)));
        }),
      blockBytesMax: 1_000_000,
      ownAddresses: () => [address],
      otherAddresses: () => this.#options.others,
      limits: DEFAULT_SERVER_LIMITS,
      scheduling: DEFAULT_SCHEDULING,
      onChange: () => {},
      clock: () => world.now,
    });
    const life: Life = { session, gateway, connections: new Map() };
    this.#life = life;
    world.say(name, 'starts');
    this.#connect(life);
    this.#every(TICK_MS, life, () => gateway.tick(0, 0));
    this.#every(WORKER_LIMITS.tickMs, life, () => this.#handle({ type: 'tick' }, life));
    let nonce = 0;
    this.#every(DEFAULT_LIMITS.heartbeatMs, life, () => {
      nonce += 1;
      const ping = outgoing({ type: 'ping', nonce });
      for (const { connection } of [...life.connections.values()]) connection.beat(world.now, nonce, ping);
    });
  }

  /** What the engine that all share gives for it. */
  #probe(message: LeaseMessage, run: RunContext) {
    const { bench } = this.#options;
    const { computer, spec, data, model } = bench;
    if (message.values === null) throw new Error('The probe has no samples.');
    computer.setParameters(bytesOf(initialParameters(model, spec.seed)));
    const numbers = new StreamOrder(spec, data.train.count).numbers(probePieces(spec, data.train.count));
    const { vector, ...sums } = computer.computeTree({
      ...{ task: 'probe', step: 0, scales: null, numbers, samples: data.train, rows: numbers },
    });
    const gradient = new Float32Array(model.vectorLength);
    if (vector !== null) {
      computer.read(vector, gradient);
      computer.free(vector);
    }
    return probeResult(run, { ...sums, vector: vector === null ? null : gradient }, 5);
  }

  #every(ms: number, life: Life, action: () => void): void {
    this.#options.world.after(ms, () => {
      if (this.#life !== life) return;
      if (this.#options.world.now >= this.#frozenUntil) action();
      this.#every(ms, life, action);
    });
  }

  accept(link: Link, from: string): SimSocket | null {
    const life = this.#life;
    if (life === null) return null;
    const { world, bench } = this.#options;
    const socket = new SimSocket(link);
    const id = this.#nextConnection;
    this.#nextConnection += 1;
    const connection = new SocketConnection({
      ...{ id, address: from, socket: socket.asFrameSocket(), limits: DEFAULT_SERVER_LIMITS },
      answerBytesMax: bench.model.vectorLength * 4 + DEFAULT_LIMITS.envelopeBytesMax,
      handlers: {
        hello: life.gateway.hello,
        message: life.gateway.message,
        closed: (closed, why) => {
          life.connections.delete(closed.id);
          life.gateway.closed(closed, why);
        },
      },
      now: world.now,
    });
    life.connections.set(id, { connection, link });
    if (world.now < this.#frozenUntil) link.hold('coordinator');
    connection.listen(() => world.now);
    return socket;
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
    for (const { link } of life.connections.values()) {
      link.abandon('coordinator');
      link.break({ worker: world.between(0, 100), coordinator: 0 });
    }
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
      this.link?.release('worker');
      for (const link of this.links) link.release('coordinator');
    });
  }

  #handle(event: SessionEvent, life: Life): void {
    const { world } = this.#options;
    if (this.#life !== life) return;
    for (const effect of life.session.handle(event, world.now)) this.#carryOut(effect, life);
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
    const channel: SimChannel = new SimChannel(
      { world, quality, accept: (link) => host?.accept(link, this.name) ?? null },
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
