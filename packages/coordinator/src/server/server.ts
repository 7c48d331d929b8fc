/** The coordinator's one address: HTTP or HTTPS for pages, control and data blocks, WebSockets for workers and watching pages. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { ByeName, Fact, Hello } from '@shoal/core';
import { FramePool, GatheredSocket } from '@shoal/worker';
import { type Context, Hono } from 'hono';
import { WebSocketServer } from 'ws';
import type { TrustedProxies } from '../access/trustedProxies.ts';
import type { Connections, KeptConnection } from '../connection/connections.ts';
import { frameSocket } from '../connection/frameSocket.ts';
import { SocketConnection } from '../connection/socketConnection.ts';
import type { ConnectionHandlers } from '../connection/workerConnection.ts';
import type { ServerLimits } from '../limits/limits.ts';
import { belowBase, servedBelow } from './basePath.ts';
import { FULL_RETRY_S, Gate, NO_UPGRADE, type Refusal, refusalHeaders } from './gate.ts';
import { guardHttp } from './httpGuards.ts';
import type { Listening } from './listen.ts';
import { isRejection, type RejectionReason } from './rejections.ts';
import type { Visitor } from './visitor.ts';

export type ServerOptions = {
  /** All connections of workers, those that do not come by this server among them. */
  readonly connections: Connections;
  readonly listening: Listening;
  /** The path below which a proxy serves it; empty where that is none. */
  readonly basePath: string;
  readonly limits: ServerLimits;
  /** Largest frame that may come on a connection that is opened now. */
  readonly frameBytesMax: () => number;
  /** Origins whose pages may connect, beside the coordinator's own. */
  readonly allowOrigins: readonly string[];
  /** Whose `X-Forwarded-For` and `X-Forwarded-Host` are believed. */
  readonly proxies: TrustedProxies;
  readonly handlers: ConnectionHandlers;
  readonly routes: (app: Hono, visitorOf: (context: Context) => Visitor) => void;
  /** Other paths at which WebSockets are taken, and by whom. */
  readonly upgrades: ReadonlyMap<string, UpgradeHandler>;
  readonly clock: () => number;
  /** Told when a limit is reached or a page is refused; it names nobody. */
  readonly notice: (...facts: readonly Fact[]) => void;
  /** Told of everybody who is not let in, to be counted. */
  readonly rejected: (reason: RejectionReason) => void;
};

export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  visitor: Visitor,
) => void;

/** Ends of connections that are worth a notice, whether their workers had been welcomed or not. */
const LIMITS_REACHED: readonly ByeName[] = ['tooMany', 'tooFast'];

const GAVE_WAY =
  'Too many connections have shown no token yet (strangersMax), and this one has been silent for longest.';

const NO_HEAD = Buffer.alloc(0);

/** How long whoever is refused may take to hear why. */
const REFUSAL_MS = 2_000;

export class CoordinatorServer {
  readonly #options: ServerOptions;
  readonly #gate: Gate;
  readonly #sockets: WebSocketServer;
  /** What workers' frames are gathered in. */
  readonly #frames: FramePool;
  readonly connections: Connections;
  readonly #heart: NodeJS.Timeout;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.connections = options.connections;
    const { limits } = options;
    const gate = new Gate(options);
    this.#gate = gate;
    const app = new Hono();
    guardHttp(app, {
      limits,
      origins: gate.origins,
      refuseOrigin: (context) => gate.refuseOrigin((context.env as HttpBindings).incoming),
    });
    // What a proxy leaves of a request for a WebSocket, if it passes none on; a page asks so why it got none.
    for (const path of ['/ws', ...options.upgrades.keys()]) {
      app.get(path, (context) => {
        const { incoming } = context.env as HttpBindings;
        const refusal = gate.refuseUpgrade(incoming) ?? this.#crowd() ?? NO_UPGRADE;
        return context.text(`${refusal.sentence}\n`, refusal.status, refusalHeaders(refusal));
      });
    }
    options.routes(app, (context) => gate.visitor((context.env as HttpBindings).incoming));
    const { http } = options.listening;
    http.on('request', servedBelow(options.basePath, getRequestListener(app.fetch)));
    http.setTimeout(limits.idleTimeoutMs);
    gate.watch(http);
    this.#frames = new FramePool(limits.connectionsBytesMax);
    this.#sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    http.on('upgrade', (request, socket, head) => {
      // Whoever breaks off now is nobody's failure; without a listener it would be this process's.
      socket.on('error', () => socket.destroy());
      const path = belowBase(request.url ?? '', options.basePath).split('?')[0] ?? '';
      const other = options.upgrades.get(path);
      const refusal =
        path === '/ws' || other !== undefined
          ? gate.refuseUpgrade(request)
          : { status: 404 as const, sentence: 'Workers connect to /ws.', retryAfterS: null };
      const refuse = (why: Refusal): void => {
        options.rejected('notUpgraded');
        turnAway(socket, why);
      };
      if (refusal !== null) return refuse(refusal);
      if (other !== undefined) {
        const key = gate.keyOf(request);
        const full = gate.enter(key);
        if (full !== null) return refuse(gate.tooMany(full));
        socket.once('close', () => gate.leave(key));
        return other(request, socket, head, gate.visitor(request));
      }
      const crowd = this.#crowd();
      if (crowd !== null) return refuse(crowd);
      const frameBytesMax = options.frameBytesMax();
      this.#sockets.options.maxPayload = frameBytesMax;
      let isInside = (): boolean => false;
      const gathered = GatheredSocket.around(socket as Socket, head, {
        ...{ pool: this.#frames, masked: true, frameBytesMax },
        // A stranger has memory set aside for nothing that it has not sent.
        mayGather: () => isInside(),
      });
      this.#sockets.handleUpgrade(request, gathered, NO_HEAD, (webSocket) => {
        const address = gate.keyOf(request);
        const connection = new SocketConnection({
          id: this.connections.nextId,
          address,
          socket: frameSocket(webSocket, gathered),
          limits,
          answerBytesMax: frameBytesMax,
          handlers: {
            message: options.handlers.message,
            hello: (from, hello) => {
              known();
              this.#hello(from, hello);
            },
            closed: (closed, reason) => {
              known();
              this.connections.remove(closed);
              if (full === null) gate.leave(address);
              if (isRejection(closed.endedWith)) options.rejected(closed.endedWith);
              if (closed.endedWith === 'badToken') gate.failed(address);
              if (LIMITS_REACHED.some((code) => code === closed.endedWith)) gate.post(reason);
              options.handlers.closed(closed, reason);
            },
          },
          now: options.clock(),
        });
        const full = gate.enter(address);
        const stranger = gate.welcomeStranger(address, () =>
          connection.end('tooMany', { type: 'limitReached', limit: 'strangersMax', detail: GAVE_WAY }),
        );
        const known = typeof stranger === 'function' ? stranger : () => {};
        isInside = () => connection.isInside;
        this.connections.add(connection);
        connection.listen(options.clock);
        // Before the WebSocket itself, so that what it makes a message of is counted by then.
        socket.prependListener('data', (chunk: Uint8Array) => connection.arrived(chunk.length));
        // A page can read why only here: browsers hide what a handshake was answered with.
        const wrongOrigin = gate.refuseOrigin(request);
        if (wrongOrigin !== null) connection.end('badOrigin', wrongOrigin);
        else if (full !== null) connection.end('tooMany', full);
        else if (typeof stranger !== 'function') connection.end('tooMany', stranger);
      });
    });
    // A peer that breaks off during the handshake is nobody's failure.
    http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (socket.writable) endWith(socket, [statusOf(error)], '');
      else socket.destroy();
    });
    this.#heart = setInterval(() => this.#beat(), limits.heartbeatMs);
  }

  /** Workers that were let in have all the places; those that have shown no token have others. */
  #crowd(): Refusal | null {
    const { connectionsMax } = this.#options.limits;
    if (this.connections.inside < connectionsMax) return null;
    const sentence = `${connectionsMax} connections are open, which is the limit connectionsMax.`;
    this.#gate.post({ type: 'limitReached', limit: 'connectionsMax', detail: sentence });
    return { status: 503, sentence, retryAfterS: FULL_RETRY_S };
  }

  #hello(connection: KeptConnection, hello: Hello): void {
    const wait = this.#gate.mayTry(connection.address);
    if (wait !== null) return connection.end('tooMany', wait);
    this.#options.handlers.hello(connection, hello);
  }

  #beat(): void {
    const { clock, limits } = this.#options;
    const { heartbeatMs, connectionsBytesMax } = limits;
    this.#gate.beat();
    this.connections.beat(clock(), { heartbeatMs, bytesMax: connectionsBytesMax });
  }

  /** Stops listening and waits, at most `graceMs`, for connections that are being closed. */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#heart);
    const { http } = this.#options.listening;
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    const deadline = this.#options.clock() + graceMs;
    while (this.connections.size > 0 && this.#options.clock() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
    http.closeAllConnections();
    await closed;
  }
}

/** Says why. */
function turnAway(socket: Duplex, refusal: Refusal): void {
  const headers = Object.entries(refusalHeaders(refusal)).map(([name, value]) => `${name}: ${value}`);
  const status = `${refusal.status} ${STATUS_CODES[refusal.status]}`;
  endWith(socket, [status, ...headers], `${refusal.sentence}\n`);
}

/** Does not wait for long to be heard. */
function endWith(socket: Duplex, [status, ...headers]: readonly string[], text: string): void {
  const head = [`HTTP/1.1 ${status}`, ...headers, 'connection: close', 'content-type: text/plain', '', ''];
  socket.end(head.join('\r\n') + text);
  setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
}

/** Of a request that could not be read. */
function statusOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout';
    default:
      return '400 Bad Request';
  }
}
