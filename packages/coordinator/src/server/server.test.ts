import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { decodeCoordinatorMessage, encodeMessage, type Hello, sentences } from '@shoal/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { TrustedProxies } from '../access/trustedProxies.ts';
import { Connections } from '../connection/connections.ts';
import { DEFAULT_SERVER_LIMITS } from '../limits/limits.ts';
import { type Listening, listen } from './listen.ts';
import { CoordinatorServer } from './server.ts';

const sockets: WebSocket[] = [];
const notices: string[] = [];
/** Called with the next hello. */
const heard: (() => void)[] = [];
const HELLO: Hello = {
  type: 'hello',
  protocols: [2],
  token: 'secret',
  identity: '0123456789abcdef',
  name: 'ada',
  agent: 'node 20.11.0 linux',
  engines: ['wasm-strict'],
  kernels: '1-0123456789abcdef',
  threads: 1,
};
const LIMITS = { ...DEFAULT_SERVER_LIMITS, connectionsMax: 1, strangersMax: 6, addressStrangersMax: 8 };
let server: CoordinatorServer;
let port = 0;
let frameBytesMax = 1000;

const take = (wanted: number | null, keptPort: number | null = null, preferredPort = 0): Promise<Listening> =>
  listen({ host: '127.0.0.1', port: wanted, keptPort, preferredPort, tls: null, limits: LIMITS });

beforeEach(async () => {
  const listening = await take(0);
  port = listening.port;
  frameBytesMax = 1000;
  server = new CoordinatorServer({
    rejected: () => {},
    connections: new Connections(performance.now()),
    listening,
    limits: LIMITS,
    allowOrigins: [],
    basePath: '/shoal',
    proxies: TrustedProxies.none,
    notice: (...facts) => notices.push(sentences(facts, 'en')),
    handlers: { hello: () => heard.shift()?.(), message: () => {}, closed: () => {} },
    frameBytesMax: () => frameBytesMax,
    routes: (app) => app.get('*', (context) => context.text(context.req.path)),
    upgrades: new Map(),
    clock: () => performance.now(),
  });
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

/** A worker that has said its hello, which the server's handlers have heard. */
async function join(path = '/ws'): Promise<WebSocket> {
  const socket = connect(path);
  await once(socket, 'open');
  const said = new Promise<void>((resolve) => heard.push(resolve));
  socket.send(encodeMessage(HELLO));
  await said;
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
  // Those that have shown no token do not keep others out.
  for (let i = 0; i < 3; i += 1) await once(connect('/ws'), 'open');
  const socket = await join('/ws?from=a-test');
  expect(server.connections.size).toBe(4);
  expect(await refusedWith('/ws')).toBe(503);
  socket.close();
  await expect.poll(() => server.connections.size).toBe(3);
  await once(connect('/ws'), 'open');
});

test('a refusal says that it is a coordinator’s, and when to come again where that may help', async () => {
  expect((await refusalOf('/other')).headers).toMatchObject({ 'x-shoal': 'coordinator' });
  expect((await refusalOf('/other')).headers['retry-after']).toBeUndefined();
  await join();
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
  await join();
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
  frameBytesMax = 2000;
  const [old] = server.connections.values();
  if (old === undefined) throw new Error('There is no connection.');
  expect(old.answerBytesMax).toBe(1000);
  before.close();
  await expect.poll(() => server.connections.size).toBe(0);
  const after = connect('/ws');
  await once(after, 'open');
  const [young] = server.connections.values();
  if (young === undefined) throw new Error('There is no connection.');
  expect(young.answerBytesMax).toBe(2000);
});

test('a port that was asked for and is taken is told; one that is only preferred gives way', async () => {
  await expect(take(port)).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use by another program.`);
  await expect(take(null, port)).rejects.toThrow(/--port/);
  const other = await take(null, null, port);
  expect(other.port).not.toBe(port);
  other.http.close();
});

test('the path below which a proxy serves the coordinator is understood with it and without it', async () => {
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual' });
  expect(await (await ask('/shoal/api/runs')).text()).toBe('/api/runs');
  expect(await (await ask('/api/runs')).text()).toBe('/api/runs');
  const bare = await ask('/shoal');
  expect([bare.status, bare.headers.get('location')]).toEqual([308, '/shoal/']);
  await once(connect('/shoal/ws'), 'open');
  expect(await refusedWith('/shoals/ws')).toBe(404);
});

test('pages are for everyone; what acts is for pages of known origins, and another is told once how to be one', async () => {
  notices.length = 0;
  const headers = { origin: 'http://lab.example:8080' };
  const statusOf = async (path: string, method = 'GET') =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { method, headers })).status;
  expect(await statusOf('/assets/index.js')).toBe(200);
  expect(await statusOf('/')).toBe(200);
  expect(notices).toEqual([]);
  for (const path of ['/api/runs', '/blocks/0', '/shoal/api/run/pause'])
    expect(await statusOf(path)).toBe(403);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers });
  sockets.push(socket);
  const [data] = await once(socket, 'message');
  const bye = decodeCoordinatorMessage(new Uint8Array(data as Buffer));
  expect(bye).toMatchObject({ type: 'bye', code: 'badOrigin', message: notices[0] });
  expect(notices).toEqual([expect.stringMatching(/--public-url http:\/\/lab\.example:8080/)]);
});

test('when connections that have shown no token take all places the one that was silent for longest gives way', async () => {
  const first = connect('/ws');
  await once(first, 'open');
  const closed = once(first, 'close');
  for (let i = 0; i < 6; i += 1) await once(connect('/ws'), 'open');
  expect((await closed)[0]).toBe(4014);
});
