/**
 * A WebSocket as a connection uses it. Long frames come in memory that goes round. What is sent within one turn of the
 * event loop is written as one: parameters and the lease that needs them cost one system call, and wake the worker once.
 */

import type { GatheredSocket } from '@shoal/worker';
import type { WebSocket } from 'ws';

/** What a connection needs of a WebSocket; a simulated one has no more, and cannot ping below the messages. */
export type FrameSocket = Pick<WebSocket, 'on' | 'close' | 'terminate' | 'bufferedAmount'> &
  Partial<Pick<WebSocket, 'ping'>> & {
    /** @param written called once the frame is not read any more, unless the socket has gone */
    send(frame: Uint8Array, written: () => void): void;
    /** A frame that came has been read: its memory may be written over. */
    giveBack?(frame: Uint8Array): void;
  };

/** `stream` is what the WebSocket reads from and writes to. */
export function frameSocket(webSocket: WebSocket, stream: GatheredSocket): FrameSocket {
  let corked = false;
  return {
    on: webSocket.on.bind(webSocket),
    send: (frame, written) => {
      if (!corked) {
        corked = true;
        stream.cork();
        process.nextTick(() => {
          corked = false;
          stream.uncork();
        });
      }
      webSocket.send(frame, written);
    },
    ping: webSocket.ping.bind(webSocket),
    giveBack: (frame) => stream.giveBack(frame),
    close: webSocket.close.bind(webSocket),
    terminate: webSocket.terminate.bind(webSocket),
    get bufferedAmount() {
      return webSocket.bufferedAmount;
    },
  };
}
