/**
 * A worker in the test's own process that speaks the protocol with hand-written frames. It can do everything right, and
 * each test tells it where to do something wrong.
 */
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { checksum, nodesOf, type Sums, sumsOf } from './foreignArithmetic.ts';
import type { ForeignCoding } from './foreignCoding.ts';
import { type ForeignRun, leavesOf, runOf } from './foreignOrder.ts';
import { type Message, pack, unpack } from './messagePack.ts';

export type { Message } from './messagePack.ts';

/** Sums over the samples of one microbatch with the parameters of a version; null `epoch` for an evaluation. */
export type Compute = (microbatch: {
  readonly parameters: Float32Array;
  readonly numbers: Uint32Array;
  readonly values: Uint8Array;
  readonly labels: Uint8Array;
  readonly epoch: number | null;
}) => Sums;

const EVENT_TIMEOUT_MS = 300_000;

export class ForeignWorker {
  readonly messages: Message[] = [];
  /** Parameter vectors by version; version 0 is drawn by whoever computes. */
  readonly versions = new Map<number, Float32Array>();
  /** The WebSocket close code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Of a run whose vectors are rounded; set before the first parameters come. */
  coding: ForeignCoding | null = null;
  readonly #socket: WebSocket;
  #onMessage: (message: Message) => void = () => {};
  #wake: (() => void)[] = [];
  /** Of the coordinator that has welcomed it. */
  #term = 0;
  #isClosed = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#isClosed = true;
        for (const wake of this.#wake.splice(0)) wake();
        resolve({ code, reason: reason.toString() });
      });
    });
    socket.on('error', () => {});
    socket.on('message', (data) => this.#receive(unpack(data as Buffer)));
  }

  static async connect(joinUrl: string): Promise<ForeignWorker> {
    const url = new URL(joinUrl);
    const socket = new WebSocket(`ws://${url.host}/ws`, { perMessageDeflate: false });
    const worker = new ForeignWorker(socket);
    onTestFinished(() => socket.terminate());
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return worker;
  }

  send(message: Message): void {
    this.sendRaw(pack(message));
  }

  /** What its welcome says of the run. */
  get run(): ForeignRun {
    const welcome = this.messages.find(({ type }) => type === 'welcome');
    if (welcome === undefined) throw new Error('There has been no welcome.');
    return runOf(welcome);
  }

  sendRaw(data: Uint8Array | string): void {
    this.#socket.send(data);
  }

  /** Calls for every message from now on, and for those that have come already. */
  onMessage(listener: (message: Message) => void): void {
    this.#onMessage = listener;
    for (const message of [...this.messages]) listener(message);
  }

  /** The first message as wanted, whether it has come or is to come. */
  async message(wanted: (message: Message) => boolean, what: string): Promise<Message> {
    const deadline = Date.now() + EVENT_TIMEOUT_MS;
    for (;;) {
      const found = this.messages.find(wanted);
      if (found !== undefined) return found;
      if (this.#isClosed || Date.now() > deadline) {
        const got = this.messages.map(({ type, message }) => `${type} ${message ?? ''}`).join('; ');
        throw new Error(`${what} did not come; what came: ${got}.`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #parametersIn(message: Message): Float32Array {
    const { base, vector } = message;
    if (base === null) return new Float32Array((vector as Uint8Array).slice().buffer);
    const held = this.versions.get(base as number);
    if (held === undefined || this.coding === null) throw new Error(`Version ${base} is not here.`);
    return this.coding.changed(held, message);
  }

  #receive(message: Message): void {
    this.messages.push(message);
    if (message.type === 'ping') this.send({ type: 'pong', nonce: message.nonce as number });
    if (message.type === 'welcome') this.#term = message.term as number;
    if (message.type === 'lease' && (message.term as number) < this.#term) {
      throw new Error(`A lease is of term ${message.term}, and term ${this.#term} has begun.`);
    }
    if (message.type === 'parameters') {
      const vector = message.vector as Uint8Array;
      if (checksum(vector) !== message.checksum) throw new Error('The parameters were damaged on the way.');
      this.versions.set(message.version as number, this.#parametersIn(message));
    }
    this.#onMessage(message);
    for (const wake of this.#wake.splice(0)) wake();
  }
}

export function helloWith(joinUrl: string, fields: Message): Message {
  return {
    type: 'hello',
    protocols: [2],
    token: decodeURIComponent(new URL(joinUrl).hash.slice(1)),
    identity: `foreign-${process.pid}-0001`,
    name: 'foreign',
    agent: 'a test',
    engines: ['wasm-strict'],
    kernels: '',
    threads: 1,
    ...fields,
  };
}

/**
 * The right answers to a lease: one partial for each of its nodes. This worker fetches no blocks, so it has the samples
 * that come with a lease and no others.
 */
export function answersTo(
  lease: Message,
  {
    run,
    versions,
    coding = null,
  }: Pick<ForeignWorker, 'run' | 'versions'> & Partial<Pick<ForeignWorker, 'coding'>>,
  compute: Compute,
): Message[] {
  if (lease.values === null) {
    const message = 'This worker fetches no blocks.';
    return [{ type: 'failed', lease: lease.lease as number, code: 'missingSamples', message }];
  }
  const [from, to, leaves] = [lease.from, lease.to, lease.leaves] as [number, number, number];
  const { leaves: samples, epoch } = leavesOf(lease, run);
  const before = samples.map((_, i) => samples.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const count = samples.reduce((sum, { length }) => sum + length, 0);
  // The content of a block: the inputs of all samples, then the class of each in a byte.
  const content = lease.values as Uint8Array;
  const values = content.subarray(0, content.length - count);
  const labels = content.subarray(values.length);
  const sampleLength = values.length / count;
  const parameters = versions.get(lease.version as number);
  if (parameters === undefined) throw new Error(`Version ${lease.version} never came.`);
  const leaf = (number: number): Sums => {
    const numbers = samples[number - from] as Uint32Array;
    const first = before[number - from] as number;
    const last = first + numbers.length;
    const sums = compute({
      parameters,
      numbers,
      values: values.subarray(first * sampleLength, last * sampleLength),
      labels: labels.subarray(first, last),
      epoch,
    });
    if (coding === null || epoch === null) return sums;
    return { ...sums, gradient: coding.round(sums.gradient, lease, number) };
  };
  return nodesOf(from, to, leaves).map((node) => {
    const sums = sumsOf(node, leaves, leaf);
    const coded = coding?.encode(sums.gradient, lease) ?? new Uint8Array(sums.gradient.buffer);
    const vector = epoch === null ? null : coded;
    return {
      type: 'partial',
      lease: lease.lease as number,
      ...node,
      finite: true,
      loss: sums.loss,
      correct: sums.correct,
      count: sums.count,
      vector,
      checksum: vector === null ? 0 : checksum(vector),
      computeMs: 1,
    };
  });
}
