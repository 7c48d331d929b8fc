import { EventEmitter } from 'node:events';
import { decodeCoordinatorMessage, encodeMessage, type Hello } from '@shoal/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SocketConnection } from '../connection/socketConnection.ts';
import type { WorkerConnection } from '../connection/workerConnection.ts';
import { DEFAULT_COORDINATOR_LIMITS } from '../limits/limits.ts';
import { type Arrival, WaitingRoom } from './waitingRoom.ts';

const helloOf = (identity: string): Hello => ({
  type: 'hello',
  protocols: [2],
  token: 't',
  identity,
  name: 'w',
  agent: 'a test',
  engines: ['wasm-strict'],
  kernels: 'k',
  threads: 1,
});

/** A worker that has said hello: a real connection over a socket whose other end is the test. */
function come(identity: string) {
  const said: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    bufferedAmount: 0,
    send: (frame: Uint8Array) => {
      const message = decodeCoordinatorMessage(frame);
      said.push(message.type === 'bye' ? message.code : message.type);
    },
    close: () => {},
    terminate: () => {},
  });
  const connection = new SocketConnection({
    id: 1,
    address: 'here',
    socket: socket as unknown as ConstructorParameters<typeof SocketConnection>[0]['socket'],
    limits: DEFAULT_COORDINATOR_LIMITS.server,
    answerBytesMax: 1000,
    handlers: { hello: () => {}, message: () => {}, closed: () => {} },
    now: 0,
  });
  connection.listen(() => 0);
  const hello = helloOf(identity);
  socket.emit('message', Buffer.from(encodeMessage(hello)), true);
  const arrival: Arrival = {
    hello,
    proof: { identity, isLocal: false, isGateway: false, belief: 'checked', credential: null },
  };
  return { connection, arrival, said };
}

describe('a waiting room', () => {
  let room: WaitingRoom;
  beforeEach(() => {
    vi.useFakeTimers();
    room = new WaitingRoom(
      () => Date.now(),
      (connection) => connection.end('betweenRuns', { type: 'noRunGoing' }),
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('tells a first comer at once, keeps it when it is back, and tells it again after a while', () => {
    const first = come('identity-1');
    room.enter(first.connection, first.arrival, false);
    expect(first.said).toEqual(['betweenRuns']);
    const again = come('identity-1');
    room.enter(again.connection, again.arrival, false);
    vi.advanceTimersByTime(4_900);
    expect(again.said).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(again.said).toEqual(['betweenRuns']);
  });

  test('lets those in who are there when a run begins, and nobody twice', () => {
    const one = come('identity-1');
    const gone = come('identity-2');
    for (const { connection, arrival } of [one, gone]) room.enter(connection, arrival, true);
    room.leave(gone.connection);
    const admitted: string[] = [];
    const admit = (_: WorkerConnection, { hello }: Arrival): void => {
      admitted.push(hello.identity);
    };
    room.open(admit);
    room.open(admit);
    expect(admitted).toEqual(['identity-1']);
    vi.advanceTimersByTime(60_000);
    expect([one.said, gone.said]).toEqual([[], []]);
  });

  test('tells everyone the end, and waits a second for those who were sent away just now', async () => {
    const held = come('identity-1');
    room.enter(held.connection, held.arrival, true);
    room.expect('identity-2');
    room.expect('identity-3');
    let isClosed = false;
    const closed = room
      .close((connection) => connection.end('finished', { type: 'coordinatorEnded' }))
      .then(() => {
        isClosed = true;
      });
    expect(held.said).toEqual(['finished']);
    room.forget('identity-2');
    await vi.advanceTimersByTimeAsync(900);
    expect(isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    await closed;
    expect(isClosed).toBe(true);
  });
});
