import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ByeCode,
  bytesOf,
  type CoordinatorMessage,
  compileModel,
  decodeWorkerMessage,
  encodeMessage,
  epochOrder,
  floatsOf,
  initialParameters,
  KERNEL_BUILD,
  SampleWriter,
  type WorkerMessage,
  xxh32,
} from '@shoal/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SlotFactory } from '../shell/slots.ts';
import { engineNamed } from '../slot/engines.ts';
import {
  MICROBATCH,
  numbersOf,
  slotHere,
  tinyBlocks,
  tinyData,
  tinyLease,
  tinySpec,
  tinyWelcome,
} from '../tinyRun.suite.ts';
import { runWorkerOnSlots } from './runNodeWorker.ts';

const model = compileModel(tinySpec.model);

const slots: SlotFactory = ({ onAnswer, onDied }) => {
  const slot = slotHere({ onAnswer, onUnusable: (problem) => onDied(String(problem)) });
  return { readsAtOnce: true, post: (request) => slot.handle(request), close: async () => {} };
};

/** What came over one connection, read message by message. */
class Conversation {
  readonly #socket: WebSocket;
  readonly #inbox: WorkerMessage[] = [];
  #wake: () => void = () => {};
  #closed = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.#inbox.push(decodeWorkerMessage(data as Buffer));
      this.#wake();
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  say(message: CoordinatorMessage): void {
    this.#socket.send(encodeMessage(message));
  }

  sayRaw(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  bye(code: 'finished' | 'badToken', message: string): void {
    this.say({ type: 'bye', code, message });
    this.#socket.close(ByeCode[code].code);
  }

  /** The next message, which must be of this type. */
  async hear<T extends WorkerMessage['type']>(type: T): Promise<Extract<WorkerMessage, { type: T }>> {
    while (this.#inbox.length === 0) {
      if (this.#closed) throw new Error(`The worker closed the connection instead of sending "${type}".`);
      await this.#woken();
    }
    const message = this.#inbox.shift() as WorkerMessage;
    if (message.type !== type)
      throw new Error(`The worker sent ${JSON.stringify(message)} instead of "${type}".`);
    return message as Extract<WorkerMessage, { type: T }>;
  }

  async closed(): Promise<void> {
    while (!this.#closed) await this.#woken();
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** A coordinator whose every word a test decides. */
class ScriptedCoordinator {
  readonly requests: IncomingMessage[] = [];
  readonly #http: Server;
  readonly #waiting: Conversation[] = [];
  #wake: () => void = () => {};

  constructor() {
    this.#http = createServer((request, response) => {
      this.requests.push(request);
      const content = tinyBlocks.get((request.url ?? '').replace('/blocks/', ''));
      response.writeHead(content === undefined ? 404 : 200);
      response.end(content);
    });
    const sockets = new WebSocketServer({ server: this.#http, path: '/ws', perMessageDeflate: false });
    sockets.on('connection', (socket) => {
      this.#waiting.push(new Conversation(socket));
      this.#wake();
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async nextConnection(): Promise<Conversation> {
    while (this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#waiting.shift() as Conversation;
  }

  close(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }
}

let coordinator: ScriptedCoordinator | null = null;
afterEach(() => coordinator?.close());

function worker(url: string, logs: string[] = [], threads = 2) {
  const log = (level: string, message: string): void => {
    logs.push(`${level}: ${message}`);
  };
  return runWorkerOnSlots({ url, token: null, threads, name: 'ada', log, signals: [] }, slots);
}

/** The gradient of a leaf of these samples, computed here. */
async function leafGradient(numbers: Uint32Array, parameters: Float32Array): Promise<Float32Array> {
  const executor = await engineNamed('wasm-strict').compile(model, {
    microbatch: MICROBATCH,
    inputGradient: false,
  });
  executor.parameters.set(parameters);
  executor.parametersChanged();
  const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: tinySpec.seed });
  writer.write(executor, tinyData.train, numbers, numbers, 0);
  executor.computeGradient(numbers.length, { seed: tinySpec.seed, epoch: 0 });
  return executor.gradient.slice();
}

describe('a Node.js worker', () => {
  test('takes part in a run over a real socket, survives a broken frame and comes back as itself', async () => {
    coordinator = new ScriptedCoordinator();
    const url = await coordinator.listen();
    const logs: string[] = [];
    const outcome = worker(`${url}/#secret`, logs);

    const first = await coordinator.nextConnection();
    const hello = await first.hear('hello');
    expect(hello).toMatchObject({ token: 'secret', name: 'ada', threads: 2, kernels: KERNEL_BUILD });
    first.say(tinyWelcome);
    const drawn = initialParameters(model, tinySpec.seed);
    first.say(tinyLease(0, 0, 1, { task: 'probe' }));
    const probe = await first.hear('partial');
    const expected = await leafGradient(epochOrder(tinySpec, 0, 40).subarray(0, MICROBATCH), drawn);
    expect(floatsOf(probe.vector as Uint8Array)).toEqual(expected);
    expect(probe).toMatchObject({ lease: 0, level: 0, index: 0, finite: true, count: 2 });
    expect(probe.checksum).toBe(xxh32(bytesOf(expected)));

    expect(coordinator.requests).toEqual([]);

    // Its answer has counted: with its next lease it fetches what comes after.
    first.say({ type: 'counted' });
    first.say(tinyLease(1, 0, 1));
    await first.hear('partial');
    await first.hear('ready');
    expect(new Set(coordinator.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer secret']),
    );
    expect(coordinator.requests).toHaveLength(tinyBlocks.size);

    const halved = drawn.map((value) => value / 2);
    const vector = bytesOf(halved);
    first.say({ type: 'parameters', version: 1, base: null, checksum: xxh32(vector), vector });
    first.say({ type: 'ping', nonce: 5 });
    first.say(tinyLease(2, 2, 4, { bare: true, version: 1 }));
    const heard = [await first.hear('pong'), await first.hear('partial')] as const;
    expect(heard[0].nonce).toBe(5);
    const [left, right] = [
      await leafGradient(numbersOf(2, 3, 13), halved),
      await leafGradient(numbersOf(3, 4, 13), halved),
    ];
    expect(floatsOf(heard[1].vector as Uint8Array)).toEqual(left.map((value, i) => value + right[i]!));

    first.sayRaw(Uint8Array.of(0xc1, 0xff));
    await first.closed();
    const second = await coordinator.nextConnection();
    expect((await second.hear('hello')).identity).toBe(hello.identity);
    second.say(tinyWelcome);
    await second.hear('ready');
    expect(coordinator.requests).toHaveLength(tinyBlocks.size);
    second.bye('finished', 'The run is finished.');
    expect(await outcome).toEqual({
      exitCode: 0,
      message: 'The run is finished.',
      fact: { type: 'coordinatorSaid', code: 'finished', message: 'The run is finished.' },
      why: 'finished',
    });
    expect(logs.filter((text) => text.startsWith('warn'))[0]).toContain('sent something unreadable');
  });

  test('says why it was turned away', async () => {
    coordinator = new ScriptedCoordinator();
    const outcome = worker(`${await coordinator.listen()}/#wrong`);
    const conversation = await coordinator.nextConnection();
    await conversation.hear('hello');
    conversation.bye('badToken', 'The join token is wrong.');
    expect(await outcome).toMatchObject({
      exitCode: 2,
      message: 'The join token is wrong.',
      why: 'badToken',
    });
  });

  test('refuses an address or a number of threads that cannot be, before it tries', async () => {
    expect(await worker('ftp://nowhere#abc')).toMatchObject({ exitCode: 2 });
    expect(await worker('http://127.0.0.1:1/#abc', [], 0)).toMatchObject({
      exitCode: 2,
      message: 'A worker has 1 to 1024 threads, not 0. Give --threads such a number.',
    });
  });
});
