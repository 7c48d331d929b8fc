/** The coordinator's one address: HTTP for pages, control and data blocks, WebSockets for workers and watching pages. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { ProtocolLimits } from '@shoal/core';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import { UserError } from '../errors.ts';
import { type ConnectionHandlers, WorkerConnection } from './connection.ts';
import { corkedSocket } from './corkedSocket.ts';

export type ServerOptions = {
  readonly host: string;
  /** Null: `preferredPort` when it is free, else any. */
  readonly port: number | null;
  readonly preferredPort: number;
  readonly limits: ProtocolLimits;
  /** Largest frame that a worker sends, until another is set. */
  readonly frameBytesMax: number;
  readonly handlers: ConnectionHandlers;
  readonly routes: (app: Hono) => void;
  /** Other paths at which WebSockets are taken, and by whom. */
  readonly upgrades: ReadonlyMap<string, UpgradeHandler>;
  readonly clock: () => number;
};

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export class CoordinatorServer {
  readonly #options: ServerOptions;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly connections = new Map<number, WorkerConnection>();
  #frameBytesMax: number;
  readonly #frameBytesMaxOf = new WeakMap<WorkerConnection, number>();
  #nextConnection = 1;
  readonly #closedTraffic = { sent: 0, received: 0 };
  #heart: NodeJS.Timeout | null = null;
  #lastBeat: number;
  #nonce = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#lastBeat = options.clock();
    this.#frameBytesMax = options.frameBytesMax;
    const app = new Hono();
    options.routes(app);
    this.#http = createServer(getRequestListener(app.fetch));
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.frameBytesMax,
    });
    this.#http.on('upgrade', (request, socket, head) => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const other = options.upgrades.get(path);
      if (other !== undefined) return other(request, socket, head);
      if (path !== '/ws' || this.connections.size >= options.limits.connectionsMax) {
        const status = path === '/ws' ? '503 Service Unavailable' : '404 Not Found';
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = new WorkerConnection({
          id: this.#nextConnection,
          address: request.socket.remoteAddress ?? 'unknown',
          socket: corkedSocket(webSocket, socket),
          limits: options.limits,
          handlers: {
            ...options.handlers,
            closed: (closed, reason) => {
              this.connections.delete(closed.id);
              this.#closedTraffic.sent += closed.bytesSent;
              this.#closedTraffic.received += closed.bytesReceived;
              options.handlers.closed(closed, reason);
            },
          },
          now: options.clock(),
        });
        this.#nextConnection += 1;
        this.connections.set(connection.id, connection);
        this.#frameBytesMaxOf.set(connection, this.#frameBytesMax);
        connection.listen(options.clock);
      });
    });
    // A peer that breaks off during the handshake is nobody's failure.
    this.#http.on('clientError', (_error, socket) => socket.destroy());
  }

  /** The largest frame that may come on connections that are opened from now on: one partial of the run at hand. */
  set frameBytesMax(bytes: number) {
    this.#frameBytesMax = bytes;
    this.#sockets.options.maxPayload = bytes;
  }

  /** Whether frames of so many bytes may come on this connection; one from before a run with a larger model takes less. */
  takesFrames(connection: WorkerConnection, bytes: number): boolean {
    return (this.#frameBytesMaxOf.get(connection) ?? 0) >= bytes;
  }

  /** @returns the port. @throws UserError when the address cannot be listened on */
  async listen(keptPort: number | null): Promise<number> {
    const { host, port } = this.#options;
    const preferred = keptPort ?? this.#options.preferredPort;
    try {
      await listenOn(this.#http, host, port ?? preferred);
    } catch (error) {
      if (port !== null || keptPort !== null || !isAddressInUse(error))
        throw listenError(error, host, port ?? preferred);
      await listenOn(this.#http, host, 0);
    }
    this.#heart = setInterval(() => this.#beat(), this.#options.limits.heartbeatMs);
    const address = this.#http.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #beat(): void {
    const now = this.#options.clock();
    const stoodStill = now - this.#lastBeat > 2 * this.#options.limits.heartbeatMs;
    this.#lastBeat = now;
    this.#nonce = (this.#nonce + 1) >>> 0;
    for (const connection of this.connections.values()) {
      if (stoodStill) connection.forgiveSilence(now);
      connection.beat(now, this.#nonce);
    }
  }

  /** Bytes of all messages to and from workers so far. */
  traffic(): { readonly sent: number; readonly received: number } {
    let { sent, received } = this.#closedTraffic;
    for (const { bytesSent, bytesReceived } of this.connections.values()) {
      sent += bytesSent;
      received += bytesReceived;
    }
    return { sent, received };
  }

  /** Stops listening and waits, at most `graceMs`, for connections that are being closed. */
  async close(graceMs: number): Promise<void> {
    if (this.#heart !== null) clearInterval(this.#heart);
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    const deadline = this.#options.clock() + graceMs;
    while (this.connections.size > 0 && this.#options.clock() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
    this.#http.closeAllConnections();
    await closed;
  }
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function listenError(error: unknown, host: string, port: number): UserError {
  if (isAddressInUse(error)) {
    return new UserError(`Port ${port} on ${host} is in use by another program. Choose another with --port.`);
  }
  const text = error instanceof Error ? error.message : String(error);
  return new UserError(
    `The address ${host}:${port} cannot be listened on (${text}). Choose another with --host or --port.`,
  );
}

/** IPv4 addresses by which other machines may reach this one; empty without a network. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => address.address);
}
