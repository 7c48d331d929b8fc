import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DEFAULT_SERVER_LIMITS } from '../access/limits.ts';
import { CoordinatorServer } from './server.ts';

const sockets: WebSocket[] = [];
let server: CoordinatorServer;
let port = 0;

const make = (wanted: number | null, preferredPort = 0): CoordinatorServer =>
  new CoordinatorServer({
    host: '127.0.0.1',
    port: wanted,
    preferredPort,
    tls: null,
    limits: { ...DEFAULT_SERVER_LIMITS, connectionsMax: 1 },
    allowOrigins: [],
    trustProxy: false,
    notice: () => {},
    handlers: { hello: () => {}, message: () => {}, closed: () => {} },
    frameBytesMax: 1000,
    routes: () => {},
    upgrades: new Map(),
    clock: () => performance.now(),
  });

beforeEach(async () => {
  server = make(0);
  port = await server.listen(null);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await server.close(1_000);
});

function connect(path: string): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  sockets.push(socket);
  return socket;
}

async function refusedWith(path: string): Promise<number | undefined> {
  return (await refusalOf(path)).statusCode;
}

async function refusalOf(path: string): Promise<IncomingMessage> {
  const socket = connect(path);
  socket.on('error', () => {});
  const [request, response] = await once(socket, 'unexpected-response');
  request.destroy();
  return response;
}

test('WebSockets are taken at /ws only, and no more than may be', async () => {
  expect(await refusedWith('/other')).toBe(404);
  const socket = connect('/ws?from=a-test');
  await once(socket, 'open');
  expect(server.connections.size).toBe(1);
  expect(await refusedWith('/ws')).toBe(503);
  const left = once(socket, 'close');
  socket.close();
  await left;
  await once(connect('/ws'), 'open');
});

test('a refusal says that it is a coordinator’s, and when to come again where that may help', async () => {
  expect((await refusalOf('/other')).headers).toMatchObject({ 'x-shoal': 'coordinator' });
  expect((await refusalOf('/other')).headers['retry-after']).toBeUndefined();
  await once(connect('/ws'), 'open');
  const { statusCode, headers } = await refusalOf('/ws');
  expect(statusCode).toBe(503);
  expect(headers).toMatchObject({ 'x-shoal': 'coordinator', 'retry-after': '10' });
});

test('a request for a WebSocket that has lost its Upgrade on the way is told so, or why it would be refused', async () => {
  const ask = () => fetch(`http://127.0.0.1:${port}/ws`);
  const lost = await ask();
  expect(lost.status).toBe(426);
  expect(lost.headers.get('upgrade')).toBe('websocket');
  expect(lost.headers.get('x-shoal')).toBe('coordinator');
  expect(await lost.text()).toMatch(/^Workers connect here by WebSocket: send Upgrade and Connection/);
  await once(connect('/ws'), 'open');
  const full = await ask();
  expect(full.status).toBe(503);
  expect(full.headers.get('retry-after')).toBe('10');
});

test('a frame larger than any message closes its socket and nothing else', async () => {
  const socket = connect('/ws');
  await once(socket, 'open');
  const closed = once(socket, 'close');
  socket.send(new Uint8Array(1001));
  expect((await closed)[0]).toBe(1009);
});

test('a connection keeps the largest frame that held when it was opened', async () => {
  const before = connect('/ws');
  await once(before, 'open');
  server.frameBytesMax = 2000;
  const [old] = server.connections.values();
  if (old === undefined) throw new Error('There is no connection.');
  expect(old.frameBytesMax).toBe(1000);
  const left = once(before, 'close');
  before.close();
  await left;
  const after = connect('/ws');
  await once(after, 'open');
  const [young] = server.connections.values();
  if (young === undefined) throw new Error('There is no connection.');
  expect(young.frameBytesMax).toBe(2000);
});

test('a port that was asked for and is taken is told; one that is only preferred gives way', async () => {
  await expect(make(port).listen(null)).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use by another program.`,
  );
  await expect(make(null).listen(port)).rejects.toThrow(/--port/);
  const other = make(null, port);
  expect(await other.listen(null)).not.toBe(port);
  await other.close(0);
});
