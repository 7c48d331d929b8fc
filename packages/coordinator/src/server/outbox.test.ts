import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Identity } from '../access/access.ts';
import { openSignedAccess, type SignedAccess } from '../access/signedAccess.ts';
import { DEFAULT_ACCESS_LIMITS } from '../limits/limits.ts';
import { Outbox } from './outbox.ts';

/** More than the system takes of one answer while nobody reads. */
const LARGE = 16 * 1024 * 1024;
const LIMITS = {
  ...DEFAULT_ACCESS_LIMITS,
  tokenAnswersMax: 4,
  answersMax: 6,
  tokenAnswersBytesMax: LARGE,
  answersBytesMax: 3 * LARGE,
  readBytesPerSecondMin: 1_000_000,
  readGraceMs: 1_000,
};

const sockets: Socket[] = [];
let access: SignedAccess;
let outbox: Outbox;
let server: Server;
let now = 0;
let made = 0;

const known = (token: string): Identity => ({
  role: 'viewer',
  token,
  via: null,
  issuedAt: null,
  expiresAt: null,
});

beforeEach(async () => {
  access = await openSignedAccess(null, { worker: null, operator: null });
  now = 0;
  made = 0;
  outbox = new Outbox({ limits: LIMITS, access, clock: () => now });
  const app = new Hono();
  // `/TOKEN/KEY/BYTES`
  app.get('/:token/:key/:bytes', (context) => {
    const identity = known(context.req.param('token'));
    const full = outbox.enter(context, identity);
    if (full !== null) return context.text(full.message, full.status);
    const answer = outbox.send(context, identity, {
      key: context.req.param('key'),
      make: () => {
        made += 1;
        return new Uint8Array(Number(context.req.param('bytes'))).fill(7);
      },
      headers: { 'content-type': 'application/octet-stream' },
    });
    return answer instanceof Response ? answer : context.text(answer.message, answer.status);
  });
  server = createServer(getRequestListener(app.fetch));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Asks, reads the first bytes and no more. @returns the status, and the socket to go on with */
async function paused(path: string): Promise<{ readonly status: number; readonly socket: Socket }> {
  const socket = createConnection((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`);
  const [head] = await once(socket, 'data');
  socket.pause();
  return { status: Number(String(head).split(' ')[1]), socket };
}

const settled = (answers: number) => expect.poll(() => outbox.size.answers).toBe(answers);

test('an answer comes whole, and leaves nothing behind', async () => {
  const body = new Uint8Array(await (await fetch(`${origin()}/a/k/1000003`)).arrayBuffer());
  expect(Buffer.compare(body, Buffer.alloc(1_000_003, 7))).toBe(0);
  await settled(0);
  expect(outbox.size.bytes).toBe(0);
  const head = await fetch(`${origin()}/a/k/1000003`, { method: 'HEAD' });
  expect(head.status).toBe(200);
  await settled(0);
  expect(outbox.size.bytes).toBe(0);
});

test('what many read under one key is made and held once', async () => {
  for (const token of ['a', 'a', 'a', 'b', 'c'])
    expect((await paused(`/${token}/k/${LARGE}`)).status).toBe(200);
  expect(made).toBe(1);
  expect(outbox.size).toEqual({ answers: 5, bytes: LARGE });
  for (const socket of sockets) socket.destroy();
  await settled(0);
  expect(outbox.size.bytes).toBe(0);
});

test('requests are counted by token and in all', async () => {
  for (let i = 0; i < 4; i += 1) expect((await paused(`/a/k/${LARGE}`)).status).toBe(200);
  const full = await fetch(`${origin()}/a/k/1`);
  expect([full.status, await full.text()]).toEqual([429, expect.stringMatching(/limit tokenAnswersMax/)]);
  for (let i = 0; i < 2; i += 1) expect((await paused(`/b/k/${LARGE}`)).status).toBe(200);
  const closed = await fetch(`${origin()}/c/k/1`);
  expect([closed.status, await closed.text()]).toEqual([503, expect.stringMatching(/limit answersMax/)]);
  sockets[0]?.destroy();
  await settled(5);
  expect((await fetch(`${origin()}/c/k/1`)).status).toBe(200);
});

test('bytes of different answers are counted by token and in all, and nothing is made for whoever has too many', async () => {
  // One fits, however large, and its successor beside it.
  expect((await paused(`/a/1/${LARGE}`)).status).toBe(200);
  const before = made;
  const full = await fetch(`${origin()}/a/2/${LARGE}`);
  expect([full.status, await full.text()]).toEqual([
    429,
    expect.stringMatching(/limit tokenAnswersBytesMax/),
  ]);
  expect(made).toBe(before);
  expect((await paused(`/a/1/${LARGE}`)).status).toBe(200);
  expect((await paused(`/b/2/${LARGE}`)).status).toBe(200);
  expect((await paused(`/c/3/${LARGE}`)).status).toBe(200);
  expect((await paused(`/d/4/${LARGE}`)).status).toBe(200);
  const closed = await fetch(`${origin()}/e/5/${LARGE}`);
  expect([closed.status, await closed.text()]).toEqual([503, expect.stringMatching(/limit answersBytesMax/)]);
  // What is on its way already costs nothing more.
  expect((await paused(`/e/4/${LARGE}`)).status).toBe(200);
});

test('whoever reads too slowly is cut, and whoever reads is not', async () => {
  const slow = await paused(`/a/k/${LARGE}`);
  const closed = once(slow.socket, 'close');
  now = 1_000;
  outbox.beat();
  expect(outbox.size.answers).toBe(1);
  // Longer than the whole takes at the least rate.
  now = 1_000 + LARGE / 1_000 + 1_000;
  outbox.beat();
  await settled(0);
  slow.socket.resume();
  await closed;
  expect((await (await fetch(`${origin()}/a/k/${LARGE}`)).arrayBuffer()).byteLength).toBe(LARGE);
});

test('an answer on its way ends with its token', async () => {
  const { socket } = await paused(`/a/k/${LARGE}`);
  await paused(`/b/k/${LARGE}`);
  const closed = once(socket, 'close');
  await access.revoke({ token: 'a' });
  await settled(1);
  socket.resume();
  await closed;
});

test('what was asked for behind an answer that nobody reads ends with its connection', async () => {
  for (const isCut of [true, false]) {
    const socket = createConnection((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.pause();
    socket.write(`GET /a/k/${LARGE} HTTP/1.1\r\nHost: here\r\n\r\n`.repeat(4));
    await settled(4);
    if (isCut) {
      now += 60_000;
      outbox.beat();
    } else socket.destroy();
    await settled(0);
    expect(outbox.size.bytes).toBe(0);
    // Nor are its requests counted any more.
    expect((await fetch(`${origin()}/a/k/1`)).status).toBe(200);
  }
});
