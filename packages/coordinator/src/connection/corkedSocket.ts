/**
 * A WebSocket whose frames of one turn of the event loop are written as one: parameters and the lease that needs them
 * cost one system call, and wake the worker once.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { FrameSocket } from './socketConnection.ts';

/** `stream` is what the WebSocket writes to. */
export function corkedSocket(webSocket: WebSocket, stream: Duplex): FrameSocket {
  let corked = false;
  const send = (frame: Uint8Array): void => {
    if (!corked) {
      corked = true;
      stream.cork();
      process.nextTick(() => {
        corked = false;
        stream.uncork();
      });
    }
    webSocket.send(frame);
  };
  return {
    on: webSocket.on.bind(webSocket),
    send,
    ping: webSocket.ping.bind(webSocket),
    close: webSocket.close.bind(webSocket),
    terminate: webSocket.terminate.bind(webSocket),
    get bufferedAmount() {
      return webSocket.bufferedAmount;
    },
  } as FrameSocket;
}
