/** The coordinator's one address: HTTP or HTTPS for pages, control and data blocks, WebSockets for workers and watching pages. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { ProtocolLimits } from '@shoal/core';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import { UserError } from '../errors.ts';
import { type ConnectionHandlers, WorkerConnection } from './connection.ts';
import { corkedSocket } from './corkedSocket.ts';
import { openLocalDoor } from './localDoor.ts';
import type { TlsIdentity } from './tlsFiles.ts';

export type ServerOptions = {
  readonly host: string;
  /** Null: `preferredPort` when it is free, else any. */
  readonly port: number | null;
  readonly preferredPort: number;
  /** Null: plain http. */
  readonly tls: TlsIdentity | null;
  readonly limits: ProtocolLimits;
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
  #localDoor: Server | null = null;
  readonly #sockets: WebSocketServer;
  readonly connections = new Map<number, WorkerConnection>();
  #nextConnection = 1;
  readonly #closedTraffic = { sent: 0, received: 0 };
  #heart: NodeJS.Timeout | null = null;
  #lastBeat: number;
  #nonce = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#lastBeat = options.clock();
    const app = new Hono();
    options.routes(app);
    const answer = getRequestListener(app.fetch);
    this.#http = options.tls === null ? createServer(answer) : createTlsServer(options.tls, answer);
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.limits.helloBytesMax,
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
        connection.listen(options.clock);
      });
    });
    // A peer that breaks off during the handshake is nobody's failure.
    this.#http.on('clientError', (_error, socket) => socket.destroy());
  }

  /**
   * The largest frame that a worker may send: one partial of the run at hand. It holds for connections that are opened
   * from now on; between runs there is only the hello.
   */
  set frameBytesMax(bytes: number) {
    this.#sockets.options.maxPayload = bytes;
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

  /** Opens a door without TLS that only this machine reaches. @returns its port */
  async listenLocally(): Promise<number> {
    const { door, port } = await openLocalDoor(this.#http);
    this.#localDoor = door;
    return port;
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
    const doors = this.#localDoor === null ? [this.#http] : [this.#http, this.#localDoor];
    const closed = doors.map((door) => new Promise<void>((resolve) => door.close(() => resolve())));
    const deadline = this.#options.clock() + graceMs;
    while (this.connections.size > 0 && this.#options.clock() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
    for (const door of doors) door.closeAllConnections();
    await Promise.all(closed);
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
