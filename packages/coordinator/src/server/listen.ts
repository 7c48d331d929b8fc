/** The port that a coordinator takes, and what is said when it cannot be had. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import { reasonOf } from '@shoal/core';
import { UserError } from '../errors.ts';
import type { ServerLimits } from '../limits/limits.ts';
import type { TlsIdentity } from './tlsFiles.ts';

export type ListenOptions = {
  readonly host: string;
  /** Null: the kept one, else the preferred one if it is free, else any. */
  readonly port: number | null;
  /** The port that workers know from before; null without. */
  readonly keptPort: number | null;
  readonly preferredPort: number;
  /** Null: plain http. */
  readonly tls: TlsIdentity | null;
  readonly limits: ServerLimits;
};

/** A port that is listened on. Whoever comes is answered by listeners that are added within the same turn of the event loop. */
export type Listening = {
  readonly http: Server;
  readonly port: number;
};

/** What is older is broken, whatever the system's own settings allow. HTTP/2 is not offered. */
const TLS: TlsOptions = { minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] };
/** How often requests are held against their timeouts. */
const TIMEOUTS_CHECK_MS = 1_000;

/** @throws UserError when the address cannot be listened on */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, keptPort, tls, limits } = options;
  const bounds = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: TIMEOUTS_CHECK_MS,
  };
  const http =
    tls === null
      ? createServer(bounds)
      : createTlsServer({ ...bounds, ...TLS, handshakeTimeout: limits.headersTimeoutMs, ...tls });
  const preferred = keptPort ?? options.preferredPort;
  try {
    await listenOn(http, host, port ?? preferred);
  } catch (error) {
    if (port !== null || keptPort !== null || !isAddressInUse(error)) {
      throw listenError(error, host, port ?? preferred);
    }
    await listenOn(http, host, 0);
  }
  return { http, port: portOf(http) };
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

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function listenError(error: unknown, host: string, port: number): UserError {
  if (isAddressInUse(error)) {
    return new UserError(`Port ${port} on ${host} is in use by another program. Choose another with --port.`);
  }
  const text = reasonOf(error);
  return new UserError(
    `The address ${host}:${port} cannot be listened on (${text}). Choose another with --host or --port.`,
  );
}
