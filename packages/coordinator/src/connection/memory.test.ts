import { Worker } from 'node:worker_threads';
import { sharedArena, type VectorArena } from '@shoal/core';
import { memoryChannel } from '@shoal/worker';
import { expect, test } from 'vitest';
import { DEFAULT_SERVER_LIMITS } from '../limits/limits.ts';
import { type ConnectionAdapter, connectionConformance } from './conformance.suite.ts';
import { MemoryConnection } from './memoryConnection.ts';
import { SharedParameters } from './sharedParameters.ts';
import type { Outgoing } from './workerConnection.ts';

const UNTIL_MS = 20_000;

/** Parameters as a run has them: in an arena that the worker sees. */
function inArena(connection: MemoryConnection): void {
  const byLength = new Map<number, { readonly arena: VectorArena; readonly shared: SharedParameters }>();
  const send = connection.send.bind(connection);
  connection.send = (said: Outgoing) => {
    const { message } = said;
    if (message.type !== 'parameters') return send(said);
    const { vector, version } = message;
    const length = vector.length / 4;
    const made = byLength.get(length);
    const { arena } = made ?? sharedArena({ length, vectorsMax: 64 });
    const shared = made?.shared ?? new SharedParameters(arena);
    byLength.set(length, { arena, shared });
    const parameters = arena.allocate();
    arena.bytes(parameters).set(vector);
    const place = shared.of(version, () => parameters);
    arena.free(parameters);
    expect(place).not.toBeNull();
    send({ message, frame: new Uint8Array(), shared: place, writing: () => () => {} });
  };
}

/** Both ends in this thread: the memory is shared all the same. */
async function sharedMemory(prepare: (connection: MemoryConnection) => void): Promise<ConnectionAdapter> {
  const clock = (): number => performance.now();
  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = clock() + UNTIL_MS;
    while (!condition()) {
      if (clock() > deadline) throw new Error(`It did not come to be within ${UNTIL_MS / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  let next = 1;
  return {
    connect: async ({ events, handlers, limits }) => {
      let isOpen = false;
      const ends: { connection: MemoryConnection; crash: () => void }[] = [];
      const channel = memoryChannel(({ port, word }) => {
        const connection = new MemoryConnection({
          ...{ id: next, limits, handlers, now: clock(), port, word },
        });
        next += 1;
        prepare(connection);
        connection.listen(clock);
        ends.push({ connection, crash: () => port.close() });
      })({
        ...events,
        onOpen: () => {
          events.onOpen();
          isOpen = true;
        },
      });
      await until(() => isOpen);
      const [end] = ends;
      if (end === undefined) throw new Error('No connection came about.');
      const { connection, crash } = end;
      return { channel, connection, crash: (side) => (side === 'worker' ? channel.cut() : crash()) };
    },
    until,
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
    now: clock,
    close: async () => {},
  };
}

connectionConformance('shared memory', () => sharedMemory(() => {}));
connectionConformance('shared memory, parameters read where they are computed', () => sharedMemory(inArena));

/** Writes a value, waits a moment, says that it is there. */
const WRITER = `
const { workerData } = require('node:worker_threads');
const { place, arrival } = workerData;
new Float32Array(place.memory, place.byteOffset, 1)[0] = 7;
const number = new Int32Array(arrival.memory);
Atomics.store(number, 0, arrival.number);
Atomics.notify(number, 0);
`;

test('a worker that was told of parameters waits for them where they are still being computed', async () => {
  const { arena } = sharedArena({ length: 4, vectorsMax: 8 });
  const parameters = arena.allocateFilled(1);
  const shared = new SharedParameters(arena);
  shared.of(1, () => parameters);
  const next = shared.next(2);
  if (next === null) throw new Error('There is no room.');
  const heard: Uint8Array[] = [];
  const adapter = await sharedMemory(() => {});
  const { channel, connection } = await adapter.connect({
    events: {
      onOpen: () => {},
      onMessage: (message) => {
        if (message.type === 'parameters') heard.push(message.vector);
      },
      onUnreadable: () => {},
      onClosed: () => {},
      onFailed: () => {},
    },
    handlers: { hello: (open) => open.open(), message: () => {}, closed: () => {} },
    limits: DEFAULT_SERVER_LIMITS,
    answerBytesMax: 1000,
  });
  const message = { type: 'counted' } as const;
  connection.send({ message, frame: new Uint8Array(), shared: next, writing: () => () => {} });
  await adapter.until(() => heard.length === 1);
  const { place } = next;
  const writer = new Worker(WRITER, { eval: true, workerData: { place, arrival: place.arrival } });
  const value = (): number => new Float32Array(place.memory, place.byteOffset, 1)[0] as number;
  channel.settle();
  expect(value()).toBe(7);
  // There is nothing to wait for any more.
  channel.settle();
  await writer.terminate();
  channel.cut();
  await adapter.close();
});
