import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WatchMessage } from '@shoal/core';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DEFAULT_COORDINATOR_LIMITS } from '../access/limits.ts';
import { openSignedAccess, type SignedAccess } from '../access/signedAccess.ts';
import { LocalWorkers } from '../run/localWorkers.ts';
import { Addresses } from '../station/addresses.ts';
import { Desk } from '../station/desk.ts';
import { EventLog } from '../station/eventLog.ts';
import { Station } from '../station/station.ts';
import { CoordinatorServer } from './server.ts';
import { WatchFeed } from './watchFeed.ts';
import { WATCH_LIMITS, type WatchLimits } from './watchLimits.ts';

/** A coordinator without a run, whose feed has limits that a test can reach. */
const LIMITS: WatchLimits = {
  ...WATCH_LIMITS,
  watchersMax: 2,
  watchTimeoutMs: 150,
  watchQueueBytesMax: 100_000,
  progressMs: 10,
  workersMs: 50,
  pingMs: 100,
};

const sockets: WebSocket[] = [];
let folder = '';
let port = 0;
let access: SignedAccess;
let events: EventLog;
let server: CoordinatorServer;
let feed: WatchFeed;

async function open(limits: WatchLimits): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'shoal-feed-'));
  access = await openSignedAccess(null, { worker: null, operator: null });
  events = new EventLog(() => 0);
  const clock = () => performance.now();
  const log = pino({ level: 'silent' });
  const station = new Station({
    runsFolder: folder,
    access,
    events,
    staysOpen: true,
    awaitsRun: false,
    limits: DEFAULT_COORDINATOR_LIMITS,
    log,
  });
  const data = { dataFolder: null, allowDownload: false };
  const desk = new Desk({ station, access, runsFolder: folder, data, events });
  feed = new WatchFeed({ station: desk, access, clock, limits });
  server = new CoordinatorServer({
    host: '127.0.0.1',
    port: 0,
    preferredPort: 0,
    tls: null,
    limits: DEFAULT_COORDINATOR_LIMITS.server,
    frameBytesMax: 1000,
    allowOrigins: [],
    trustProxy: false,
    notice: () => {},
    routes: () => {},
    upgrades: new Map([['/watch', feed.upgrade]]),
    handlers: { hello: () => {}, message: () => {}, closed: () => {} },
    clock,
  });
  port = await server.listen(null);
  const addresses = new Addresses({ host: '127.0.0.1', port, publicUrl: null, localPort: null });
  const nothing = () => {};
  const locals = new LocalWorkers({
    threads: 1,
    url: '',
    token: '',
    onNotice: nothing,
    onExhausted: nothing,
  });
  station.settle({ server, locals, addresses, port });
  feed.start();
}

async function close(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.terminate();
  feed.close();
  await server.close(1_000);
  await rm(folder, { recursive: true });
}

beforeEach(() => open(LIMITS));
afterEach(close);

async function connect(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/watch`);
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

async function next(socket: WebSocket, type: WatchMessage['type']): Promise<WatchMessage> {
  for (;;) {
    const [data] = await once(socket, 'message');
    const message = JSON.parse(String(data)) as WatchMessage;
    if (message.type === type) return message;
  }
}

async function watch(role: 'viewer' | 'worker' | 'operator') {
  const socket = await connect();
  const token = await access.tokenFor(role);
  socket.send(JSON.stringify({ type: 'watch', token, have: null }));
  const snapshot = await next(socket, 'snapshot');
  return { socket, snapshot: snapshot as Extract<WatchMessage, { type: 'snapshot' }> };
}

test('a page is shown what its role may see, then what happens', async () => {
  events.add('info', 'run', 'before');
  const { socket, snapshot } = await watch('operator');
  expect(snapshot).toMatchObject({ role: 'operator', run: null, events: [{ message: 'before' }] });
  expect(snapshot.join?.links[0]).toBe(`http://127.0.0.1:${port}/join#${await access.tokenFor('worker')}`);
  expect((await watch('viewer')).snapshot.join).toBeNull();
  events.add('warn', 'worker', 'after');
  expect(await next(socket, 'events')).toMatchObject({ events: [{ id: 2, message: 'after' }] });
  expect(await next(socket, 'workers')).toEqual({ type: 'workers', workers: [], locals: [] });
});

test('no more pages watch than may', async () => {
  await connect();
  await connect();
  const third = new WebSocket(`ws://127.0.0.1:${port}/watch`);
  third.on('error', () => {});
  const [request, response] = await once(third, 'unexpected-response');
  expect(response.statusCode).toBe(503);
  request.destroy();
});

test.each([
  ['no JSON', 'hello'],
  ['another message', '{"type":"hello"}'],
  ['a field that is not known', '{"type":"watch","token":"x","have":null,"more":1}'],
  ['a step that is none', '{"type":"watch","token":"x","have":{"runId":"r","globalStep":-1}}'],
  ['a wrong token', '{"type":"watch","token":"x","have":null}'],
  ['nothing at all', null],
])('%s is refused with a sentence, and the connection ends', async (_name, text) => {
  const socket = await connect();
  const refused = next(socket, 'refused');
  const closed = once(socket, 'close');
  if (text !== null) socket.send(text);
  expect(await refused).toMatchObject({ message: expect.stringMatching(/\.$/) });
  expect((await closed)[0]).toBe(1008);
});

test('a request as long as none is closes its connection', async () => {
  const socket = await connect();
  const closed = once(socket, 'close');
  socket.send('x'.repeat(WATCH_LIMITS.watchBytesMax + 1));
  expect((await closed)[0]).toBe(1009);
});

test('a page that says more than "watch" is sent away', async () => {
  const { socket } = await watch('viewer');
  const closed = once(socket, 'close');
  socket.send('{"type":"watch"}');
  expect((await closed)[0]).toBe(1008);
});

test('a page that does not read is cut, and others go on', async () => {
  await close();
  // No ping finds it out first.
  await open({ ...LIMITS, pingMs: 60_000 });
  const slow = await watch('viewer');
  const other = await watch('viewer');
  slow.socket.pause();
  const telling = setInterval(() => {
    for (let i = 0; i < 300; i += 1) events.add('info', 'schedule', 'x'.repeat(500));
  }, 10);
  // Cut on this side first: what it was sent waits in the system's buffers, and the end behind it.
  const deadline = performance.now() + 20_000;
  while (feed.watchers > 1 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  clearInterval(telling);
  expect(feed.watchers).toBe(1);
  expect(await next(other.socket, 'workers')).toMatchObject({ type: 'workers' });
}, 30_000);

test('a page that no longer answers pings is forgotten', async () => {
  const { socket } = await watch('viewer');
  // An end that has lost its network neither answers nor closes.
  (socket as unknown as { _socket: { pause(): void } })._socket.pause();
  const deadline = performance.now() + 5_000;
  while (feed.watchers > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(feed.watchers).toBe(0);
});
