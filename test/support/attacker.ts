/** Connections that do what they should not, from an address of this machine other than its usual one. */
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Message } from './foreignWorker.ts';
import { unpack } from './messagePack.ts';

export type Goodbye = { readonly code: number; readonly bye: Message | null };

/** A WebSocket of an attacker, and how it ended. */
export type Attack = {
  readonly socket: WebSocket;
  /** Something was said to it, or it is over. */
  readonly answered: Promise<void>;
  readonly ended: Promise<Goodbye>;
};

/** Linux answers to all of 127.0.0.0/8, so that one machine can come from several addresses. */
export const OTHER_ADDRESS = '127.0.0.2';

export async function attack(
  origin: string,
  from: string = OTHER_ADDRESS,
  headers: Readonly<Record<string, string>> = {},
): Promise<Attack> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, {
    perMessageDeflate: false,
    localAddress: from,
    headers,
  });
  onTestFinished(() => socket.terminate());
  let bye: Message | null = null;
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const message = unpack(data as Buffer);
    if (message.type === 'bye') bye = message;
  });
  const ended = new Promise<Goodbye>((resolve) => socket.once('close', (code) => resolve({ code, bye })));
  const answered = new Promise<void>((resolve) => socket.once('message', resolve).once('close', resolve));
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, answered, ended };
}

/** The status with which a WebSocket is refused before it is one, and the sentence. */
export function refusal(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  from: string = OTHER_ADDRESS,
): Promise<{ readonly status: number; readonly text: string }> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers, localAddress: from });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once('open', () => reject(new Error('It was let in.')));
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
}

/** A plain TCP connection, and the moment at which the other side closed it, in milliseconds from its opening. */
export async function tcp(
  origin: string,
  from: string = OTHER_ADDRESS,
): Promise<{
  readonly socket: Socket;
  readonly closedAfterMs: Promise<number>;
  readonly heard: () => string;
}> {
  const { hostname, port } = new URL(origin);
  const socket = createConnection({ host: hostname, port: Number(port), localAddress: from });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  const openedAt = performance.now();
  const closedAfterMs = new Promise<number>((resolve) =>
    socket.once('close', () => resolve(performance.now() - openedAt)),
  );
  return { socket, closedAfterMs, heard: () => text };
}

/** What a handshake looks like, for those who go on by hand. */
export const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** The header of a masked binary frame (RFC 6455, 5.2) with a mask of zeros. */
export function frameHeader(
  length: number,
  options: { readonly first: boolean; readonly last: boolean },
): Buffer {
  const header = Buffer.alloc(14);
  header[0] = (options.last ? 0x80 : 0) | (options.first ? 2 : 0);
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** Resident memory of a process, as Linux counts it. */
export function residentMegabytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
