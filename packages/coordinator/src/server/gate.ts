/**
 * Whether a request from outside is let in before anything of it is read: counts by address, origin, and no token in the
 * address. What is refused is told as a warning, without naming anybody.
 */

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { type DismissalFact, type Fact, type FactOf, sentence } from '@shoal/core';
import { AddressLimits, addressKey, type Refused } from '../access/addressLimits.ts';
import { AllowedOrigins } from '../access/origins.ts';
import { type Leave, Strangers } from '../access/strangers.ts';
import type { TrustedProxies } from '../access/trustedProxies.ts';
import type { ServerLimits } from '../limits/limits.ts';
import { RepeatGuard } from '../news/repeatGuard.ts';
import { hasTokenInQuery, TOKEN_IN_QUERY } from './httpGuards.ts';
import { RefusedOrigins } from './refusedOrigins.ts';
import type { RejectionReason } from './rejections.ts';
import type { Visitor } from './visitor.ts';

export type GateOptions = {
  readonly limits: ServerLimits;
  /** Origins beside the coordinator's own. */
  readonly allowOrigins: readonly string[];
  /** Whose `X-Forwarded-*` are believed. */
  readonly proxies: TrustedProxies;
  readonly clock: () => number;
  readonly notice: (...facts: readonly Fact[]) => void;
  /** Told of everybody who is not let in, to be counted. */
  readonly rejected: (reason: RejectionReason) => void;
};

export type Refusal = {
  readonly status: 400 | 404 | 426 | 429 | 503;
  readonly sentence: string;
  /** Seconds after which it may be tried again; null where that cannot help. */
  readonly retryAfterS: number | null;
};

/** A connection may end at any time. */
export const FULL_RETRY_S = 10;

const SENTENCES: Readonly<Record<Refused | 'addressStrangersMax', (limit: number) => string>> = {
  addressSocketsMax: (limit) =>
    `One address has ${limit} open sockets, which is the limit addressSocketsMax.`,
  addressConnectionsMax: (limit) =>
    `One address has ${limit} open connections, which is the limit addressConnectionsMax.`,
  addressStrangersMax: (limit) =>
    `One address has ${limit} open connections that have shown no token yet, which is the limit addressStrangersMax.`,
  addressJoinsMax: (limit) =>
    `One address has tried to join ${limit} times within a minute, which is the limit addressJoinsMax.`,
  addressFailuresMax: (limit) =>
    `One address has given ${limit} wrong tokens within a minute, which is the limit addressFailuresMax.`,
};

/** What a worker's request without `Upgrade` is told. */
export const NO_UPGRADE: Refusal = {
  status: 426,
  sentence:
    'Workers connect here by WebSocket: send Upgrade and Connection, and let every proxy between pass them on.',
  retryAfterS: null,
};

/** By them a coordinator's refusal is told from that of anything else that answers at its address. */
export function refusalHeaders({ status, retryAfterS }: Refusal): Record<string, string> {
  return {
    'x-shoal': 'coordinator',
    'cache-control': 'no-store',
    ...(status === 426 && { upgrade: 'websocket' }),
    ...(retryAfterS !== null && { 'retry-after': String(retryAfterS) }),
  };
}

export class Gate {
  readonly #options: GateOptions;
  readonly #addresses: AddressLimits;
  readonly #warnings: RepeatGuard;
  readonly #refusedOrigins: RefusedOrigins;
  readonly #strangers: Strangers;
  readonly origins: AllowedOrigins;
  #sockets = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#addresses = new AddressLimits(options);
    this.#warnings = new RepeatGuard({ tell: (facts) => options.notice(...facts), clock: options.clock });
    this.#refusedOrigins = new RefusedOrigins(options.notice);
    this.#strangers = new Strangers(options.limits);
    this.origins = new AllowedOrigins(options.allowOrigins);
  }

  /** Counts TCP connections. A proxy's all come from one address, and the proxy has limits of its own. */
  watch(server: Server): void {
    const { limits, proxies } = this.#options;
    server.on('connection', (socket: Socket) => {
      if (this.#sockets >= limits.socketsMax) {
        this.#warnings.post({ type: 'socketsFull', most: limits.socketsMax });
        this.#options.rejected('socketsFull');
        socket.destroy();
        return;
      }
      const key = addressKey(socket.remoteAddress ?? 'unknown');
      const isProxy = proxies.trusts(socket.remoteAddress);
      const refused = isProxy ? null : this.#addresses.openSocket(key);
      if (refused !== null) {
        this.#say(refused);
        this.#options.rejected('socketsFull');
        socket.destroy();
        return;
      }
      this.#sockets += 1;
      socket.once('close', () => {
        this.#sockets -= 1;
        if (!isProxy) this.#addresses.closeSocket(key);
      });
    });
  }

  /** Called with every heartbeat: addresses are not remembered for longer than they count. */
  beat(): void {
    this.#addresses.forgetIdle();
  }

  /** The name under which whoever sent the request is counted. */
  keyOf(request: IncomingMessage): string {
    const { socket, headers } = request;
    return addressKey(this.#options.proxies.clientOf(socket.remoteAddress, headers['x-forwarded-for']));
  }

  /** The host that a request was meant for, as far as it can be believed. */
  #hostOf({ headers, socket }: IncomingMessage): string | undefined {
    const forwarded = headers['x-forwarded-host'];
    if (typeof forwarded !== 'string' || !this.#options.proxies.trusts(socket.remoteAddress))
      return headers.host;
    return forwarded.split(',').at(-1)?.trim();
  }

  /** @returns why the page that sent this may not speak to the coordinator, or null; the operator is told, too */
  refuseOrigin(request: IncomingMessage): FactOf<'originRefused'> | null {
    const { origin } = request.headers;
    if (this.origins.allows({ origin, host: this.#hostOf(request) })) return null;
    return this.#refusedOrigins.post(origin ?? '');
  }

  /** @returns why this request for a WebSocket is refused, or null */
  refuseUpgrade(request: IncomingMessage): Refusal | null {
    if (hasTokenInQuery(request.url ?? ''))
      return { status: 400, sentence: TOKEN_IN_QUERY, retryAfterS: null };
    const refused = this.#addresses.attempt(this.keyOf(request));
    return refused === null ? null : this.tooMany(this.#say(refused));
  }

  /** The refusal of an address that has reached a limit: its window is over after this at the latest. */
  tooMany(why: DismissalFact): Refusal {
    return {
      status: 429,
      sentence: sentence(why, 'en'),
      retryAfterS: Math.ceil(this.#options.limits.attemptsWindowMs / 1_000),
    };
  }

  /** A WebSocket that has shown no token is open. @returns why it must end at once, if so */
  welcomeStranger(key: string, giveWay: () => void): Leave | DismissalFact {
    return this.#strangers.arrive(key, giveWay) ?? this.#say('addressStrangersMax');
  }

  /** A WebSocket is open. @returns why it must end at once; null where `leave` follows */
  enter(key: string): DismissalFact | null {
    const refused = this.#addresses.openConnection(key);
    return refused === null ? null : this.#say(refused);
  }

  leave(key: string): void {
    this.#addresses.closeConnection(key);
  }

  /** Whoever sent the request, as far as wrong tokens are counted. */
  visitor(request: IncomingMessage): Visitor {
    const key = this.keyOf(request);
    const { rejected } = this.#options;
    const wrongOrigin = this.refuseOrigin(request);
    return {
      mayTry: () => {
        const refused = wrongOrigin ?? this.mayTry(key);
        if (refused !== null) rejected(wrongOrigin === null ? 'tooMany' : 'badOrigin');
        return refused;
      },
      failed: () => {
        rejected('badToken');
        this.failed(key);
      },
      arrive: (giveWay) => this.welcomeStranger(key, giveWay),
    };
  }

  /** A wrong token came from there. */
  failed(key: string): void {
    this.#addresses.failed(key);
  }

  /** @returns why no token from there is looked at for now, or null */
  mayTry(key: string): DismissalFact | null {
    const refused = this.#addresses.mayTry(key);
    return refused === null ? null : this.#say(refused);
  }

  /** An event for people, told at most once in a while. */
  post(fact: Fact): void {
    this.#warnings.post(fact);
  }

  #say(refused: Refused | 'addressStrangersMax'): DismissalFact {
    const detail = SENTENCES[refused](this.#options.limits[refused]);
    const fact = { type: 'limitReached', limit: refused, detail } as const;
    this.#warnings.post(fact);
    return fact;
  }
}
