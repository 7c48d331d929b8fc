import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventView, WatchMessage } from '@shoal/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { DEFAULT_ACCESS_SETTINGS } from '../access/accessSettings.ts';
import { Removals } from '../access/removals.ts';
import { openSignedAccess, type SignedAccess } from '../access/signedAccess.ts';
import { TrustedProxies } from '../access/trustedProxies.ts';
import { Connections } from '../connection/connections.ts';
import { diskFiles } from '../files/diskFiles.ts';
import { DEFAULT_COORDINATOR_LIMITS } from '../limits/limits.ts';
import { WATCH_LIMITS, type WatchLimits } from '../limits/watchLimits.ts';
import { NewsStream } from '../news/news.ts';
import { Coordinator } from '../service/coordinator.ts';
import { CoordinatorAddresses } from '../service/coordinatorAddresses.ts';
import { EventLog } from '../service/eventLog.ts';
import { RunService } from '../service/runService.ts';
import { listen } from './listen.ts';
import { CoordinatorServer } from './server.ts';
import { WatchFeed } from './watchFeed.ts';

const STRANGERS_MAX = 20;

/** A coordinator without a run, whose feed has limits that a test can reach. */
const LIMITS: WatchLimits = {
  ...WATCH_LIMITS,
  watchersMax: 4,
  watchersForOperators: 1,
  watchQueueBytesMax: 100_000,
  progressMs: 10,
  workersMs: 50,
  joinMs: 50,
  // Only where a test is about them: a machine may be slow.
  watchTimeoutMs: 60_000,
  pingMs: 60_000,
};

const sockets: WebSocket[] = [];
const inboxes = new WeakMap<WebSocket, WatchMessage[]>();
let folder = '';
let port = 0;
let access: SignedAccess;
let news: NewsStream;
let server: CoordinatorServer;
let feed: WatchFeed;
let service: RunService;
let time = 0;

async function open(limits: WatchLimits, settings = DEFAULT_ACCESS_SETTINGS): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'shoal-feed-'));
  time = Date.UTC(2026, 2, 9);
  access = await openSignedAccess(null, { worker: null, operator: null }, settings, () => time);
  const clock = () => performance.now();
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    keptPort: null,
    preferredPort: 0,
    tls: null,
    limits: DEFAULT_COORDINATOR_LIMITS.server,
  });
  port = listening.port;
  news = new NewsStream();
  const events = new EventLog(() => 0);
  news.subscribe(events.hear);
  const coordinator = new Coordinator({
    runsFolder: folder,
    files: diskFiles,
    access,
    news,
    port,
    staysOpen: true,
    awaitsRun: false,
    frameBytesMax: 1000,
    limits: DEFAULT_COORDINATOR_LIMITS,
    stepsPerSecond: null,
    tensorBoard: false,
    cluster: null,
  });
  service = new RunService({
    coordinator,
    reception: { removals: new Removals(clock), ownToken: () => null },
    locals: { views: [], act: () => ({ type: 'unknown' }), add: () => null },
    addresses: new CoordinatorAddresses({ host: '127.0.0.1', port, publicUrl: null, isTls: false }),
    access,
    runsFolder: folder,
    files: diskFiles,
    cluster: null,
    by: 'Room 204',
    data: { dataFolder: null, allowDownload: false },
    events,
    news,
  });
  feed = new WatchFeed({ control: service, news, access, clock, limits });
  server = new CoordinatorServer({
    rejected: () => {},
    connections: new Connections(performance.now()),
    listening,
    limits: { ...DEFAULT_COORDINATOR_LIMITS.server, addressStrangersMax: STRANGERS_MAX },
    frameBytesMax: () => 1000,
    allowOrigins: [],
    basePath: '',
    proxies: TrustedProxies.none,
    notice: () => {},
    routes: () => {},
    upgrades: new Map([['/watch', feed.upgrade]]),
    handlers: { hello: () => {}, message: () => {}, closed: () => {} },
    clock,
  });
  feed.start();
}

/** Something happens that pages are shown. */
const remark = (level: EventView['level'], kind: EventView['kind'], message: string): void =>
  news.publish({ type: 'remark', level, kind, facts: [{ type: 'text', text: message }] });

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
  const heard: WatchMessage[] = [];
  inboxes.set(socket, heard);
  // Several may come at once, of which a listener that is set up after the first misses the others.
  socket.on('message', (data) => heard.push(JSON.parse(String(data)) as WatchMessage));
  await once(socket, 'open');
  return socket;
}

/** The next message of this type that nobody has taken yet; what came before it is passed over. */
async function next(socket: WebSocket, type: WatchMessage['type']): Promise<WatchMessage> {
  const heard = inboxes.get(socket) ?? [];
  for (;;) {
    for (let message = heard.shift(); message !== undefined; message = heard.shift()) {
      if (message.type === type) return message;
    }
    await once(socket, 'message');
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
  remark('info', 'run', 'before');
  const { socket, snapshot } = await watch('operator');
  expect(snapshot).toMatchObject({ role: 'operator', run: null, events: [{ message: 'before' }] });
  expect(snapshot.join?.links[0]).toBe(`http://127.0.0.1:${port}/join#${await access.tokenFor('worker')}`);
  expect((await watch('viewer')).snapshot.join).toBeNull();
  remark('warn', 'worker', 'after');
  expect(await next(socket, 'events')).toMatchObject({ events: [{ id: 2, message: 'after' }] });
  expect(await next(socket, 'workers')).toEqual({ type: 'workers', workers: [], locals: [] });
});

test('a page that invites is told at once which links have taken the place of revoked ones', async () => {
  const { socket, snapshot } = await watch('operator');
  const viewer = await watch('viewer');
  const told = next(socket, 'join');
  const { join } = await service.revokeLinks('worker');
  expect(await told).toEqual({ type: 'join', join, because: 'revoked' });
  expect(join.links).not.toEqual(snapshot.join?.links);
  expect(join.watchLinks).toEqual(snapshot.join?.watchLinks);
  // Nobody else is, and whoever comes later finds them in place.
  remark('info', 'run', 'later');
  expect(await next(viewer.socket, 'events')).toBeDefined();
  viewer.socket.terminate();
  while (feed.watchers > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await watch('operator')).snapshot.join).toEqual(join);
  const ended = next(socket, 'join');
  await service.revokeLinks('viewer');
  expect(await ended).toMatchObject({ because: 'revoked', join: { links: join.links } });
});

test('a page that stays open is told the new links before the old ones end', async () => {
  const { socket, snapshot } = await watch('operator');
  const told = next(socket, 'join');
  // Links hold for 30 days and are renewed after half of them.
  time += 16 * 86_400_000;
  const message = await told;
  if (message.type !== 'join') throw new Error('It was asked for.');
  expect(message.because).toBe('expiring');
  expect(message.join.links).not.toEqual(snapshot.join?.links);
  const old = snapshot.join?.links[0]?.split('#')[1] ?? '';
  expect((await access.identify(old)).type).toBe('known');
});

test('all pages are told the scene of the lecture, and whoever comes later finds it', async () => {
  const { socket, snapshot } = await watch('viewer');
  expect(snapshot.scene).toBeNull();
  const told = next(socket, 'lecture');
  service.classroom.showScene('perceptron');
  expect(await told).toEqual({ type: 'lecture', scene: 'perceptron' });
  expect((await watch('worker')).snapshot.scene).toBe('perceptron');
  expect(service.classroom.invitation).toEqual({
    by: 'Room 204',
    scene: 'perceptron',
    run: null,
    ranking: null,
  });
  service.classroom.showRanking(true);
  expect(service.classroom.invitation.ranking).toEqual([]);
});

test('a page is told whether it may read samples', async () => {
  expect((await watch('viewer')).snapshot.readsData).toBe(true);
  await close();
  await open(LIMITS, { ...DEFAULT_ACCESS_SETTINGS, viewersReadData: false });
  expect((await watch('viewer')).snapshot.readsData).toBe(false);
  expect((await watch('worker')).snapshot.readsData).toBe(true);
});

/** The code and the reason with which a page that asks to watch is turned away. */
async function turnedAway(token: string): Promise<readonly [number, string]> {
  const socket = await connect();
  const closed = once(socket, 'close');
  socket.send(JSON.stringify({ type: 'watch', token, have: null }));
  const [code, reason] = await closed;
  return [code, String(reason)];
}

test('no more pages watch than may, and a place is kept for the operator', async () => {
  for (let i = 0; i < 3; i += 1) await watch('viewer');
  const full = [1013, '3 pages watch already, which is the limit watchersMax.'];
  expect(await turnedAway(await access.tokenFor('viewer'))).toEqual(full);
  await watch('operator');
  expect(await turnedAway(await access.tokenFor('operator'))).toEqual([
    1013,
    '4 pages watch already, which is the limit watchersMax.',
  ]);
});

test('pages that have shown no token take no place, and few come from one address', async () => {
  const strangers = await Promise.all(Array.from({ length: STRANGERS_MAX }, connect));
  const closed = once(await connect(), 'close');
  expect((await closed)[0]).toBe(1013);
  const free = once(strangers[0] as WebSocket, 'close');
  strangers[0]?.close();
  await free;
  await watch('viewer');
});

test('a page is sent away with its link, when that is revoked and when it expires', async () => {
  const viewer = await watch('viewer');
  const operator = await watch('operator');
  const refused = next(viewer.socket, 'refused');
  const closed = once(viewer.socket, 'close');
  await access.revoke({ role: 'viewer' });
  expect(await refused).toEqual({
    type: 'refused',
    message: 'This link or credential was revoked by the operator. Ask for a new link.',
    facts: [{ type: 'tokenRevoked' }],
  });
  expect((await closed)[0]).toBe(1008);
  access.endExpired();
  expect(operator.socket.readyState).toBe(WebSocket.OPEN);
  const late = next(operator.socket, 'refused');
  time += 31 * 86_400_000;
  access.endExpired();
  expect(await late).toMatchObject({ message: expect.stringMatching(/expired/) });
});

test('whoever answers pings that it has not read is forgotten all the same', async () => {
  await close();
  await open({ ...LIMITS, pingMs: 100 });
  const { socket } = await watch('viewer');
  socket.pause();
  const answering = setInterval(() => socket.pong('anything'), 20);
  await expect.poll(() => feed.watchers).toBe(0);
  clearInterval(answering);
});

test('whoever sends pings and does not read the answers is cut, whether it has shown a token or not', async () => {
  await close();
  await open({ ...LIMITS, watchTimeoutMs: 60_000, pingMs: 60_000, watchQueueBytesMax: 1_000_000_000 });
  for (const socket of [await connect(), (await watch('viewer')).socket]) {
    const closed = once(socket, 'close');
    socket.pause();
    const data = Buffer.alloc(125);
    const flooding = setInterval(() => {
      if (socket.bufferedAmount < 4_000_000) for (let i = 0; i < 10_000; i += 1) socket.ping(data);
    }, 1);
    // A socket that is not read notices its end by what it cannot write.
    await expect.poll(() => socket.readyState).not.toBe(WebSocket.OPEN);
    clearInterval(flooding);
    socket.resume();
    await closed;
  }
});

test('pages that are behind within their bounds are cut when they are too much together', async () => {
  await close();
  await open({
    ...LIMITS,
    pingMs: 60_000,
    watchQueueBytesMax: 64 * 1024 * 1024,
    watchQueuesBytesMax: 2_000_000,
  });
  const slow = [await watch('viewer'), await watch('viewer')];
  const other = await watch('operator');
  for (const { socket } of slow) socket.pause();
  const telling = setInterval(() => {
    for (let i = 0; i < 500; i += 1) remark('info', 'schedule', 'x'.repeat(500));
  }, 10);
  await expect.poll(() => feed.watchers).toBe(1);
  clearInterval(telling);
  expect(await next(other.socket, 'workers')).toMatchObject({ type: 'workers' });
});

test.each([
  ['no JSON', 'hello'],
  ['another message', '{"type":"hello"}'],
  ['a field that is not known', '{"type":"watch","token":"x","have":null,"more":1}'],
  ['a step that is none', '{"type":"watch","token":"x","have":{"runId":"r","globalStep":-1}}'],
  ['a wrong token', '{"type":"watch","token":"x","have":null}'],
])('%s is refused with a sentence, and the connection ends', async (_name, text) => {
  const socket = await connect();
  const refused = next(socket, 'refused');
  const closed = once(socket, 'close');
  socket.send(text);
  expect(await refused).toMatchObject({ message: expect.stringMatching(/\.$/) });
  expect((await closed)[0]).toBe(1008);
});

test('a page that says nothing is sent away', async () => {
  await close();
  await open({ ...LIMITS, watchTimeoutMs: 50 });
  const socket = await connect();
  const [code, reason] = await once(socket, 'close');
  // It may try again: its machine, or this one, was only busy.
  expect([code, String(reason)]).toEqual([1013, expect.stringMatching(/No valid request came within/)]);
});

test('a request that lies there when the time is over, since the coordinator was busy, is taken', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const token = await access.tokenFor('viewer');
  const socket = await connect();
  socket.send(JSON.stringify({ type: 'watch', token, have: null }));
  // As after a long computation: the timer is looked at before anything is read.
  vi.advanceTimersByTime(LIMITS.watchTimeoutMs);
  vi.useRealTimers();
  expect(await next(socket, 'snapshot')).toMatchObject({ role: 'viewer' });
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
    for (let i = 0; i < 300; i += 1) remark('info', 'schedule', 'x'.repeat(500));
  }, 10);
  // Cut on this side first: what it was sent waits in the system's buffers, and the end behind it.
  await expect.poll(() => feed.watchers).toBe(1);
  clearInterval(telling);
  expect(await next(other.socket, 'workers')).toMatchObject({ type: 'workers' });
});

test('a page that no longer answers pings is forgotten', async () => {
  await close();
  await open({ ...LIMITS, pingMs: 100 });
  const { socket } = await watch('viewer');
  // An end that has lost its network neither answers nor closes.
  (socket as unknown as { _socket: { pause(): void } })._socket.pause();
  await expect.poll(() => feed.watchers).toBe(0);
});
