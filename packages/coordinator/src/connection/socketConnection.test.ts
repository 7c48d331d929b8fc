import { EventEmitter } from 'node:events';
import {
  DEFAULT_LIMITS,
  decodeCoordinatorMessage,
  encodeMessage,
  type Hello,
  sentence,
  type WorkerMessage,
} from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { DEFAULT_SERVER_LIMITS } from '../limits/limits.ts';
import { SocketConnection } from './socketConnection.ts';
import { outgoing } from './workerConnection.ts';

/** One end of a socket whose other end is the test. */
class TestSocket extends EventEmitter {
  bufferedAmount = 0;
  readonly sent: unknown[] = [];
  closedWith: readonly unknown[] | null = null;
  terminated = false;

  send(frame: Uint8Array): void {
    const message = decodeCoordinatorMessage(frame);
    this.sent.push(message.type === 'bye' ? `bye ${message.code}: ${message.message}` : message.type);
  }

  close(code?: number, reason?: string | Buffer): void {
    this.closedWith = [code, reason];
  }

  terminate(): void {
    this.terminated = true;
    this.emit('close', 1006);
  }
}

const HELLO: Hello = {
  type: 'hello',
  protocols: [2],
  token: 't',
  identity: 'identity-1',
  name: 'w',
  agent: 'a test',
  engines: ['wasm-strict'],
  kernels: 'k',
  threads: 1,
};

function bench({ accept = true } = {}) {
  const socket = new TestSocket();
  const happened: string[] = [];
  let now = 0;
  const connection = new SocketConnection({
    id: 1,
    address: 'here',
    socket: socket as unknown as ConstructorParameters<typeof SocketConnection>[0]['socket'],
    limits: DEFAULT_SERVER_LIMITS,
    answerBytesMax: 1000,
    now,
    handlers: {
      hello: (one) => {
        happened.push('hello');
        if (accept) one.open();
      },
      message: (_one, message) => happened.push(message.type),
      closed: (_one, why) => happened.push(`closed: ${sentence(why, 'en')}`),
    },
  });
  connection.listen(() => now);
  const say = (message: WorkerMessage): boolean =>
    socket.emit('message', Buffer.from(encodeMessage(message)), true);
  const pass = (ms: number): void => {
    now += ms;
  };
  const later = (ms: number): void => {
    now += ms;
    connection.beat(now, 7, outgoing({ type: 'ping', nonce: 7 }));
  };
  return { socket, happened, connection, say, later, pass };
}

describe('a connection over a socket', () => {
  test('says hello first, and once', () => {
    const { socket, happened, say } = bench();
    say(HELLO);
    say({ type: 'ready' });
    say({ type: 'pong', nonce: 1 });
    expect(happened).toEqual(['hello', 'ready']);
    say(HELLO);
    expect(socket.sent).toEqual(['bye badMessage: A connection says "hello" once.']);
    expect(socket.closedWith).toEqual([4002, 'badMessage']);
  });

  test('that begins otherwise is ended, and nothing it says later is heard', () => {
    const { socket, happened, say } = bench();
    say({ type: 'ready' });
    say(HELLO);
    expect(socket.sent).toEqual(['bye badMessage: The first message is "hello", not "ready".']);
    socket.emit('close', 4002);
    socket.emit('close', 4002);
    expect(happened).toEqual(['closed: The first message is "hello", not "ready".']);
  });

  test.each([
    ['a text frame', Buffer.from('hi'), false, /binary MessagePack frames/],
    ['no MessagePack', Buffer.of(0xc1), true, /./],
    ['an unknown message', Buffer.from('81a474797065a16a', 'hex'), true, /./],
    ['a hello of 20 kB', Buffer.alloc(20_000), true, /at most 16384 bytes, not 20000/],
  ])('is ended by %s', (_name, frame, isBinary, sentence) => {
    const { socket, happened } = bench();
    socket.emit('message', frame, isBinary);
    expect(socket.sent).toEqual([expect.stringMatching(/^bye badMessage: /)]);
    expect(socket.sent[0]).toMatch(sentence);
    expect(happened).toEqual([]);
  });

  test('without a hello ends after its time', () => {
    const { socket, later } = bench();
    later(DEFAULT_LIMITS.helloTimeoutMs);
    expect(socket.sent).toEqual([]);
    later(1);
    expect(socket.sent).toEqual(['bye silent: No valid hello came within 10 s.']);
  });

  test('is pinged, cut when it falls silent, and told why', () => {
    const { socket, happened, say, later } = bench();
    say(HELLO);
    later(15_000);
    say({ type: 'pong', nonce: 7 });
    later(15_000);
    expect(socket.sent).toEqual(['ping', 'ping']);
    later(5_001);
    expect(socket.sent.at(-1)).toBe('bye silent: Nothing was heard for 20 s.');
    expect(socket.terminated).toBe(true);
    expect(happened.at(-1)).toBe('closed: Nothing was heard for 20 s.');
  });

  test('is not blamed for a hello that lay unread while this process stood still', () => {
    const { socket, connection, happened, say, later } = bench();
    connection.forgiveSilence(60_000);
    later(60_001);
    expect(socket.sent).toEqual([]);
    say(HELLO);
    expect(happened).toEqual(['hello']);
  });

  test('is not blamed for a silence in which this process stood still', () => {
    const { socket, connection, say, later } = bench();
    say(HELLO);
    connection.forgiveSilence(60_000);
    later(60_001);
    expect(socket.sent).toEqual(['ping']);
  });

  test('may send messages at a bounded rate, and more where it has been given work', () => {
    const { socket, connection, say, pass } = bench();
    const { messagesBurstMax, messagesPerSecondMax, answersPerMessageMax } = DEFAULT_SERVER_LIMITS;
    const chatter = (times: number): void => {
      for (let i = 0; i < times; i += 1) say({ type: 'pong', nonce: 1 });
    };
    say(HELLO);
    chatter(messagesBurstMax - 1);
    pass(1_000);
    chatter(messagesPerSecondMax);
    connection.send(outgoing({ type: 'revoke', lease: 1 }));
    chatter(answersPerMessageMax);
    expect(socket.sent).toEqual(['revoke']);
    // Control frames are answered below this layer, but count.
    socket.emit('ping');
    expect(socket.sent.at(-1)).toMatch(/^bye tooFast: More messages came than 100 a second/);
    expect(socket.closedWith).toEqual([4015, 'tooFast']);
  });

  test('before its hello holds no more than a hello, however slowly it comes', () => {
    const { socket, connection } = bench();
    for (let i = 0; i < 200 && socket.closedWith === null; i += 1) connection.arrived(100);
    expect(socket.sent).toEqual([expect.stringMatching(/^bye badMessage: A hello has at most 16384 bytes/)]);
    // Whoever goes on sending after that is not waited for.
    for (let i = 0; i < 20; i += 1) connection.arrived(100_000);
    expect(socket.terminated).toBe(true);
  });

  test('is cut when a message that never ends holds too much', () => {
    const { socket, connection, happened, say } = bench();
    say(HELLO);
    connection.arrived(DEFAULT_SERVER_LIMITS.connectionBytesMax);
    expect(socket.terminated).toBe(false);
    // A whole message begins the count anew.
    say({ type: 'ready' });
    connection.arrived(DEFAULT_SERVER_LIMITS.connectionBytesMax);
    connection.arrived(1);
    expect(socket.terminated).toBe(true);
    expect(happened.at(-1)).toMatch(/to be read by this worker or to be complete/);
  });

  test('may say nothing while its hello is looked at', () => {
    const { socket, happened, say } = bench({ accept: false });
    say(HELLO);
    say({ type: 'ready' });
    expect(happened).toEqual(['hello']);
    expect(socket.closedWith).toEqual([4002, 'badMessage']);
  });

  test('whose other end does not read is cut rather than buffered without bound', () => {
    const { socket, happened, connection, say } = bench();
    say(HELLO);
    socket.bufferedAmount = DEFAULT_LIMITS.connectionBytesMax;
    connection.send(outgoing({ type: 'ping', nonce: 1 }));
    expect(socket.terminated).toBe(true);
    expect(socket.sent).toEqual([]);
    expect(happened.at(-1)).toMatch(/^closed: More than 268435456 bytes wait to be read/);
  });
});
