import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ByeCode,
  type ByeName,
  type CoordinatorMessage,
  decodeWorkerMessage,
  encodeMessage,
  type Standing,
  type WorkerMessage,
} from '@shoal/core';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { WORKER_LIMITS } from '../limits.ts';
import { nodeChannel } from '../node/nodeChannel.ts';
import { slotHere, tinyBlocks, tinyLease, tinyWelcome } from '../tinyRun.suite.ts';
import { Hub } from './hub.ts';
import type { HubView } from './hubMessages.ts';
import type { SpawnSlot } from './webSlot.ts';

/** Slots in this thread. Their limit and their signs of life are the concern of real Web Workers. */
const spawn: SpawnSlot = ({ onReply, onFailed }) => {
  const slot = slotHere({ onAnswer: onReply, onUnusable: (problem) => onFailed(String(problem)) });
  return {
    readsAtOnce: false,
    post: (command) => {
      if (command.type === 'ping') onReply({ type: 'pong' });
      else if (command.type !== 'limit') slot.handle(command);
    },
    end: () => {},
  };
};

type Heard = { readonly connection: number; readonly message: WorkerMessage };

/** A coordinator's two doors: it welcomes everybody, and says what the test tells it to. */
class Place {
  readonly heard: Heard[] = [];
  readonly views: HubView[] = [];
  readonly #sockets: WebSocket[] = [];
  readonly #http: Server;
  readonly kept: (string | null)[] = [];
  /** Given with each welcome. */
  credential: string | null = null;
  readonly hub: Hub;
  readonly port: number;

  private constructor(http: Server) {
    this.#http = http;
    this.port = (http.address() as AddressInfo).port;
    new WebSocketServer({ server: http }).on('connection', (socket) => {
      const connection = this.#sockets.push(socket) - 1;
      socket.on('message', (data) => {
        const message = decodeWorkerMessage(data as Buffer);
        this.heard.push({ connection, message });
        const { credential } = this;
        const own = credential === null ? {} : { credential };
        if (message.type === 'hello') this.say(connection, { ...tinyWelcome, ...own });
        if (message.type === 'leave') this.bye(connection, 'finished');
      });
    });
    this.hub = new Hub({
      engines: ['wasm-strict'],
      spawn,
      spawnOnly: spawn,
      findGpu: async () => null,
      openChannel: nodeChannel(WORKER_LIMITS),
      bytesOfBlock: (_sha256, length) => length,
      memoryBytesMax: WORKER_LIMITS.memoryBytesMax,
      show: (view) => this.views.push(view),
      keepCredential: (credential) => this.kept.push(credential),
    });
  }

  static async open(): Promise<Place> {
    const http = createServer((request, response) => {
      response.end(tinyBlocks.get((request.url ?? '').replace('/blocks/', '')) ?? '');
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return new Place(http);
  }

  say(connection: number, message: CoordinatorMessage): void {
    this.#sockets[connection]?.send(encodeMessage(message));
  }

  bye(connection: number, code: ByeName): void {
    this.say(connection, { type: 'bye', code, message: 'Enough.' });
    this.#sockets[connection]?.close(ByeCode[code].code);
  }

  join(credential: string | null = null): void {
    const origin = `http://127.0.0.1:${this.port}`;
    this.hub.command({
      type: 'join',
      address: { origin, basePath: '', token: 'secret' },
      identity: 'identity-1',
      credential,
      name: 'ada',
      agent: 'Chrome 140 Windows',
      threads: 1,
      device: 'auto',
      limit: 100,
      conditions: { hidden: false, lowBattery: false },
      pressedAt: Date.now(),
    });
  }

  get view(): HubView {
    this.hub.show();
    return this.views.at(-1)!;
  }

  /** The first that fits, whether it has come or is to come. */
  async hear<T extends WorkerMessage['type']>(
    connection: number,
    type: T,
  ): Promise<Extract<WorkerMessage, { type: T }>> {
    return until(
      () => this.heard.find((one) => one.connection === connection && one.message.type === type)?.message,
    ) as Promise<Extract<WorkerMessage, { type: T }>>;
  }

  async phase(type: HubView['phase']['type']): Promise<HubView> {
    return until(() => (this.view.phase.type === type ? this.view : undefined));
  }

  async close(): Promise<void> {
    this.hub.command({ type: 'leave' });
    for (const socket of this.#sockets) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 5_000; tries += 1) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It did not come to pass within fifty seconds.');
}

/** The end of a tab that was told so. */
const saidEnough = (code: ByeName) => ({
  type: 'ended',
  why: code,
  fact: { type: 'coordinatorSaid', code, message: 'Enough.' },
});

let place: Place;
afterEach(() => place.close());

test('a tab joins, follows the run, computes, and books every byte of it', async () => {
  place = await Place.open();
  place.join();
  expect(await place.hear(0, 'hello')).toMatchObject({ agent: 'Chrome 140 Windows', identity: 'identity-1' });
  await place.hear(0, 'follow');
  await place.phase('computing');
  place.say(0, tinyLease(0, 0, 1, { task: 'probe' }));
  await until(() => (place.view.ledger.sent.gradients > 0 ? true : undefined));
  // A probe is no work for the run.
  expect(place.view).toMatchObject({ gradients: 0, firstGradientMs: null });
  place.say(0, tinyLease(1, 0, 4));
  await until(() => (place.view.gradients === 1 ? true : undefined));
  // Nothing is fetched before it is known to be of use.
  expect(place.view.ledger.received.blocks).toBe(0);
  place.say(0, { type: 'counted' });
  place.say(0, tinyLease(2, 4, 7));
  await place.hear(0, 'ready');
  const { run, firstGradientMs, ledger } = place.view;
  expect(run).toEqual({ runId: 'tiny-1', name: 'tiny', epochs: 1, engine: 'wasm-strict' });
  expect(firstGradientMs).toBeGreaterThanOrEqual(0);
  // The run is short: all of it comes next.
  const blocks = [...tinyBlocks.values()].reduce((sum, { length }) => sum + length, 0);
  expect(ledger.received.blocks).toBe(blocks);
});

test('to pause is to leave in good order, and to continue is to come back as the same', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.hub.command({ type: 'pause' });
  expect(await place.hear(0, 'leave')).toMatchObject({
    reason: 'Paused by the volunteer.',
    code: 'volunteerPaused',
  });
  await place.phase('paused');
  place.hub.command({ type: 'continue' });
  expect(await place.hear(1, 'hello')).toMatchObject({ identity: 'identity-1' });
  await place.phase('computing');
});

test('the token of its own proves after a pause, and after a reload, that it is the same', async () => {
  place = await Place.open();
  place.credential = 'own-1';
  place.join();
  expect(await place.hear(0, 'hello')).toMatchObject({ token: 'secret' });
  await place.phase('computing');
  expect(place.kept).toEqual(['own-1']);
  place.credential = null;
  place.hub.command({ type: 'pause' });
  await place.phase('paused');
  place.hub.command({ type: 'continue' });
  expect(await place.hear(1, 'hello')).toMatchObject({ token: 'own-1' });
  place.hub.command({ type: 'leave' });
  await place.hear(1, 'leave');
  place.join('own-0');
  expect(await place.hear(2, 'hello')).toMatchObject({ token: 'own-0' });
});

test('another number of threads is told by joining again', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.hub.command({ type: 'threads', threads: 3 });
  await place.hear(0, 'leave');
  expect(await place.hear(1, 'hello')).toMatchObject({ threads: 3, identity: 'identity-1' });
  expect((await place.phase('computing')).threads).toBe(3);
});

test('after the computer’s sleep the old connection is given up at once', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.hub.tick(1_000);
  place.hub.tick(2_000);
  expect(place.view.phase.type).toBe('computing');
  place.hub.tick(600_000);
  expect(place.view.phase).toMatchObject({
    type: 'reconnecting',
    why: { type: 'computerAsleep' },
  });
  expect(await place.hear(1, 'hello')).toMatchObject({ identity: 'identity-1' });
  await place.phase('computing');
});

test('the end of a run leaves the tab alive: it says so, and waits for the next one when asked to', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.bye(0, 'finished');
  expect((await place.phase('ended')).phase).toEqual(saidEnough('finished'));
  place.hub.command({ type: 'wait' });
  await place.hear(1, 'hello');
  place.bye(1, 'finished');
  await place.phase('waiting');
  await place.hear(2, 'hello');
  expect((await place.phase('computing')).connections).toBe(3);
});

test('a bye that lets it come back after a run’s end is waiting for the next run', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.say(0, {
    type: 'standing',
    state: 'finished',
    reason: 'All epochs are done.',
    epoch: 1,
    step: 0,
    stepsPerEpoch: 4,
    loss: 0.5,
    testAccuracy: 0.75,
    records: [],
    workers: 1,
    samples: 8,
    share: 1,
    leases: 1,
    rank: 1,
    speed: 4,
    samplesLate: 0,
    leasesLate: 0,
    help: 'counts',
  });
  place.bye(0, 'shutdown');
  expect((await place.phase('waiting')).standing).toMatchObject({ state: 'finished', testAccuracy: 0.75 });
  await place.hear(1, 'hello');
  await place.phase('computing');
});

test('a hidden tab and a low battery lower the limit, and what was chosen comes back with them', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  const under = (hidden: boolean, lowBattery: boolean): number => {
    place.hub.command({ type: 'conditions', conditions: { hidden, lowBattery } });
    return place.view.limit;
  };
  expect([under(true, false), under(true, true), under(false, false)]).toEqual([50, 25, 100]);
  place.hub.command({ type: 'limit', limit: 40 });
  expect([under(true, false), under(false, true), under(false, false)]).toEqual([40, 25, 40]);
});

test('a connection that is refused for good ends with the reason', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.bye(0, 'replaced');
  expect((await place.phase('ended')).phase).toEqual(saidEnough('replaced'));
});

const STANDING: Standing = {
  type: 'standing',
  state: 'training',
  reason: '',
  epoch: 0,
  step: 1,
  stepsPerEpoch: 4,
  loss: 0.5,
  testAccuracy: null,
  records: [],
  workers: 1,
  samples: 8,
  share: 1,
  leases: 1,
  rank: 1,
  speed: 4,
  samplesLate: 0,
  leasesLate: 0,
  help: 'counts',
};

test('a line that says nothing is shown within five seconds, by the tab’s own clock, and so is its coming back', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  // Half a second each, as the script of the hub does.
  const phases: string[] = [];
  for (let at = 500; at <= 5_000; at += 500) {
    place.hub.tick(at);
    phases.push(place.view.phase.type);
  }
  expect(phases.indexOf('silent')).toBeGreaterThan(4);
  expect(phases.at(-1)).toBe('silent');
  expect(place.view.phase).toEqual({ type: 'silent', seconds: 5 });
  place.say(0, STANDING);
  expect((await place.phase('computing')).standing).toMatchObject({ samples: 8 });
  place.hub.tick(8_000);
  expect(place.view.phase.type).toBe('computing');
});

test('a browser that says it is offline is believed sooner; once it is back the old connection is given up', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.hub.tick(1_000);
  place.hub.command({ type: 'network', online: false });
  place.hub.tick(1_500);
  expect(place.view.phase.type).toBe('computing');
  place.hub.tick(2_000);
  expect(place.view.phase.type).toBe('silent');
  place.hub.command({ type: 'network', online: true });
  expect(place.view.phase).toMatchObject({
    type: 'reconnecting',
    why: { type: 'networkAway' },
  });
  expect(await place.hear(1, 'hello')).toMatchObject({ identity: 'identity-1' });
  await place.phase('computing');
});

test('a network that comes and goes without silence costs no connection', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.hub.tick(500);
  place.hub.command({ type: 'network', online: false });
  place.hub.tick(1_000);
  place.hub.command({ type: 'network', online: true });
  expect(place.view.phase.type).toBe('computing');
  place.hub.tick(1_500);
  expect(place.view.connections).toBe(1);
});

test('whoever is sent away is told so, and keeps what was counted', async () => {
  place = await Place.open();
  place.join();
  await place.phase('computing');
  place.say(0, STANDING);
  place.bye(0, 'removed');
  const { phase, standing } = await place.phase('ended');
  expect(place.kept.at(-1)).toBeNull();
  expect(phase).toEqual(saidEnough('removed'));
  expect(standing).toMatchObject({ samples: 8 });
});
