/** A channel over the browser's WebSocket. */
import { type DisconnectFact, sealMessage } from '@shoal/core';
import { socketUrlOf } from '../joinUrl.ts';
import type { WorkerLimits } from '../limits.ts';
import type { ChannelFactory } from '../shell/channel.ts';
import {
  ANSWER_TEXT_MAX,
  type ConnectFailure,
  failureOfAnswer,
  SHOAL_HEADER,
} from '../shell/connectFailure.ts';
import { readFrame } from '../shell/readFrame.ts';

/** A WebSocket may fail while its coordinator starts, which then answers: only what is so twice in a row is believed. */
const FINAL_AFTER = 2;

export function webChannel(limits: WorkerLimits): ChannelFactory {
  let finals = 0;
  return (events, address) => {
    const socketUrl = socketUrlOf(address);
    const { onOpen, onClosed, onFailed } = events;
    const socket = new WebSocket(socketUrl);
    socket.binaryType = 'arraybuffer';
    let opened = false;
    let over = false;
    let late: ReturnType<typeof setTimeout>;
    const end = (code: number | null, reason: DisconnectFact): void => {
      if (over) return;
      over = true;
      clearTimeout(late);
      onClosed(code, reason);
    };
    const fail = async (reason: DisconnectFact): Promise<void> => {
      clearTimeout(late);
      const failure = await failureOf(socketUrl, reason, limits.connectTimeoutMs);
      if (over) return;
      over = true;
      finals = failure.isFinal ? finals + 1 : 0;
      onFailed({ ...failure, isFinal: finals >= FINAL_AFTER });
    };
    late = setTimeout(() => {
      void fail({ type: 'noAnswerInTime', host: null, seconds: limits.connectTimeoutMs / 1000 });
      socket.close();
    }, limits.connectTimeoutMs);
    socket.onopen = () => {
      clearTimeout(late);
      opened = true;
      finals = 0;
      if (!over) onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (!over) readFrame(data instanceof ArrayBuffer ? new Uint8Array(data) : data, events);
    };
    // A browser does not say why a connection failed; 1006 means that there was no code.
    socket.onclose = ({ code, reason }) => {
      if (opened) {
        end(
          code === 1006 ? null : code,
          reason === '' ? { type: 'connectionClosed' } : { type: 'connectionBroken', reason },
        );
      } else void fail({ type: 'notConnected' });
    };
    return {
      send: (message) => {
        if (socket.readyState !== WebSocket.OPEN) return 0;
        const frame = sealMessage(message) as Uint8Array<ArrayBuffer>;
        socket.send(frame);
        return frame.length;
      },
      close: () => {
        socket.close(1000);
        clearTimeout(late);
        // A browser waits long for the other side to answer.
        late = setTimeout(() => end(null, { type: 'connectionClosed' }), limits.closeTimeoutMs);
      },
      settle: () => {},
      hold: () => {},
      release: () => {},
      cut: () => {
        over = true;
        clearTimeout(late);
        socket.close();
      },
    };
  };
}

/** The same address asked without a WebSocket: its answer says what the browser does not. */
async function failureOf(
  socketUrl: string,
  reason: DisconnectFact,
  timeoutMs: number,
): Promise<ConnectFailure> {
  const url = socketUrl.replace(/^ws/, 'http');
  const request = new AbortController();
  const late = setTimeout(() => request.abort(), timeoutMs);
  try {
    const response = await fetch(url, { redirect: 'manual', cache: 'no-store', signal: request.signal });
    const { headers } = response;
    const answer = {
      // Where a redirect leads a page is not told.
      status: response.type === 'opaqueredirect' ? 302 : response.status,
      shoal: headers.get(SHOAL_HEADER),
      retryAfter: headers.get('retry-after'),
      location: null,
      text: await beginningOf(response),
    };
    return failureOfAnswer(answer, new URL(url).origin, Date.now());
  } catch {
    return { cause: 'unreachable', reason, isFinal: false, retryAfterMs: null };
  } finally {
    clearTimeout(late);
    request.abort();
  }
}

/** As much of the body as comes at once. */
async function beginningOf(response: Response): Promise<string> {
  const part = await response.body?.getReader().read();
  return new TextDecoder().decode(part?.value?.subarray(0, ANSWER_TEXT_MAX));
}
