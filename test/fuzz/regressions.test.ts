/** Frames that once did harm. Each was found by the fuzzer and stays here by itself. */
import { EventEmitter } from 'node:events';
import { DEFAULT_SERVER_LIMITS, type FrameSocket, SocketConnection } from '@shoal/coordinator/simulation';
import { type CoordinatorMessage, decodeCoordinatorMessage } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { pairsOf, type Raw, rawPack } from './rawPack.ts';

class OneSocket extends EventEmitter {
  bufferedAmount = 0;
  readonly heard: CoordinatorMessage[] = [];
  send(frame: Uint8Array): void {
    this.heard.push(decodeCoordinatorMessage(frame));
  }
  close(): void {}
  terminate(): void {}
}

/** What the coordinator answers to a first frame. */
function answerTo(message: Readonly<Record<string, Raw>>): CoordinatorMessage | undefined {
  const socket = new OneSocket();
  const connection = new SocketConnection({
    id: 1,
    address: 'here',
    socket: socket as unknown as FrameSocket,
    limits: DEFAULT_SERVER_LIMITS,
    answerBytesMax: 1000,
    handlers: { hello: () => {}, message: () => {}, closed: () => {} },
    now: 0,
  });
  connection.listen(() => 0);
  socket.emit('message', rawPack(pairsOf(message)), true);
  return socket.heard[0];
}

describe('frames that once did harm', () => {
  // The reason quoted all of what had come, was longer than a `bye` may be, and could not be read by a worker.
  it.each([
    ['a long value where a name belongs', { type: 'hello', protocols: 'x'.repeat(9_000) }],
    ['a long unknown field', { type: 'ready', ['k'.repeat(255)]: 'v' }],
    ['a long type', { type: 'y'.repeat(12_000) }],
  ])('%s is refused with a reason that fits', (_name, message) => {
    const answer = answerTo(message);
    expect(answer).toMatchObject({ type: 'bye', code: 'badMessage' });
    expect(JSON.stringify(answer).length).toBeLessThan(700);
  });

  // A stranger could move the cursor of whoever reads the coordinator's terminal, or recolour it.
  it('what a stranger writes cannot steer the terminal that shows it', () => {
    const answer = answerTo({ type: '\u001b[2J\u001b]0;owned\u0007\u202e' });
    expect(answer).toMatchObject({ type: 'bye', code: 'badMessage' });
    expect(JSON.stringify(answer)).not.toMatch(/\\u001b|\\u0007|\u202e/);
  });
});
