/** Listening on an address, and what is said when that cannot be. */
import type { Server } from 'node:http';
import { reasonOf } from '@shoal/core';
import { UserError } from '../errors.ts';

export function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

export function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

export function listenError(error: unknown, host: string, port: number): UserError {
  if (isAddressInUse(error)) {
    return new UserError(`Port ${port} on ${host} is in use by another program. Choose another with --port.`);
  }
  const text = reasonOf(error);
  return new UserError(
    `The address ${host}:${port} cannot be listened on (${text}). Choose another with --host or --port.`,
  );
}
