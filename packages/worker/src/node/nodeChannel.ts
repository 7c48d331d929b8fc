/** A channel over the WebSocket of the package ws. */
import type { IncomingMessage } from 'node:http';
import type { createConnection, TcpNetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { type CoordinatorSaying, sealMessage } from '@shoal/core';
import { WebSocket } from 'ws';
import { socketUrlOf } from '../joinUrl.ts';
import type { WorkerLimits } from '../limits.ts';
import { networkReasonOf } from '../networkReason.ts';
import type { ChannelFactory } from '../shell/channel.ts';
import {
  ANSWER_TEXT_MAX,
  type ConnectFailure,
  failureOfAnswer,
  type HttpAnswer,
  SHOAL_HEADER,
} from '../shell/connectFailure.ts';
import { readFrame } from '../shell/readFrame.ts';
import { FramePool } from './framePool.ts';
import { GatheredSocket } from './gatheredSocket.ts';
import { failureOfError } from './nodeFailure.ts';

/** As long as a channel must let parameters lie: until so many more have come. */
const PARAMETERS_KEPT = 2;

/** How long the body of a refusal is waited for. */
const REFUSAL_MS = 2_000;

export function nodeChannel(limits: WorkerLimits): ChannelFactory {
  const pool = new FramePool(limits.memoryBytesMax);
  return (events, address) => {
    const { origin } = new URL(address);
    const socketUrl = socketUrlOf(address);
    const { onOpen, onClosed, onFailed } = events;
    let gathered: GatheredSocket | null = null;
    /** Frames of the latest parameters, the oldest first. */
    const parameters: Uint8Array[] = [];
    /** A session takes its time with a lease; all that it has of one stays its own. */
    const read = (frame: Uint8Array, message: CoordinatorSaying): void => {
      // Over TLS nothing is gathered, and frames are nobody's to give back.
      if (gathered === null) return;
      if (message.type !== 'parameters') return gathered.abandon(frame);
      parameters.push(frame);
      while (parameters.length > PARAMETERS_KEPT) gathered.giveBack(parameters.shift() as Uint8Array);
    };
    /** Any stream will do, which its type does not say. */
    const open = (where: TcpNetConnectOpts): Duplex => {
      const at = { ...where, path: undefined } as TcpNetConnectOpts;
      const { frameBytesMax } = limits;
      gathered = GatheredSocket.connect(at, { pool, masked: false, frameBytesMax, mayGather: () => true });
      return gathered;
    };
    const socket = new WebSocket(socketUrl, {
      perMessageDeflate: false,
      // A token is for one address only.
      followRedirects: false,
      // Masking guards proxies against what a web page may send; a key of zeros spares two passes over each gradient.
      generateMask: (mask) => mask.fill(0),
      maxPayload: limits.frameBytesMax,
      handshakeTimeout: limits.connectTimeoutMs,
      ...(socketUrl.startsWith('ws:') && { createConnection: open as unknown as typeof createConnection }),
    });
    let problem: Error | null = null;
    let opened = false;
    let over = false;
    /** What is being found out of why it did not open. */
    let failing: Promise<ConnectFailure> | null = null;
    const fail = (failure: Promise<ConnectFailure>): void => {
      if (failing !== null) return;
      failing = failure;
      void failure.then((known) => {
        if (over) return;
        over = true;
        onFailed(known);
      });
    };
    socket.on('open', () => {
      opened = true;
      if (!over) onOpen();
    });
    socket.on('message', (data) => {
      if (over) return;
      readFrame(data, {
        onUnreadable: events.onUnreadable,
        onMessage: (message, bytes) => {
          events.onMessage(message, bytes);
          read(data as Buffer, message);
        },
      });
    });
    socket.on('unexpected-response', (request, response) => {
      fail(answerOf(response).then((answer) => failureOfAnswer(answer, origin, Date.now())));
      void failing?.finally(() => request.destroy());
    });
    // `close` follows every error.
    socket.on('error', (error) => {
      problem = error;
    });
    socket.on('close', (code, reason) => {
      if (over) return;
      if (!opened) return fail(failureOfHandshake(problem, origin, limits));
      over = true;
      const broken = reason.toString() || (problem === null ? '' : networkReasonOf(problem));
      onClosed(
        code,
        broken === '' ? { type: 'connectionClosed' } : { type: 'connectionBroken', reason: broken },
      );
    });
    return {
      send: (message) => {
        if (socket.readyState !== WebSocket.OPEN) return 0;
        let lent: Uint8Array | null = null;
        const frame = sealMessage(message, (bytes) => {
          lent = pool.take(bytes);
          return lent ?? new Uint8Array(bytes);
        });
        socket.send(frame, () => {
          if (lent !== null) pool.giveBack(lent);
        });
        return frame.length;
      },
      close: () => {
        socket.close(1000);
        const cut = setTimeout(() => socket.terminate(), limits.closeTimeoutMs);
        socket.once('close', () => clearTimeout(cut));
      },
      settle: () => {},
      hold: () => socket.pause(),
      release: () => socket.resume(),
      cut: () => {
        over = true;
        socket.terminate();
      },
    };
  };
}

/** What ws says of an answer that is 101 and yet no WebSocket, and of none within the time, has no code. */
async function failureOfHandshake(
  problem: Error | null,
  origin: string,
  { connectTimeoutMs }: WorkerLimits,
): Promise<ConnectFailure> {
  const text = problem?.message ?? '';
  if (text.startsWith('Invalid Sec-WebSocket') || text.startsWith('Invalid Upgrade')) {
    return {
      cause: 'notShoal',
      reason: { type: 'brokenWebSocket', origin },
      isFinal: true,
      retryAfterMs: null,
    };
  }
  if (text === 'Opening handshake has timed out') {
    const { host } = new URL(origin);
    const reason = { type: 'noAnswerInTime', host, seconds: connectTimeoutMs / 1000 } as const;
    return { cause: 'unreachable', reason, isFinal: false, retryAfterMs: null };
  }
  return failureOfError(problem, origin);
}

/** The beginning of its body, as much as is there in time. */
function answerOf(response: IncomingMessage): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response;
  const { location = null } = headers;
  const header = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  let text = '';
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(late);
      const [shoal, retryAfter] = [header(SHOAL_HEADER), header('retry-after')];
      resolve({ status, shoal, retryAfter, location, text: text.slice(0, ANSWER_TEXT_MAX) });
    };
    const late = setTimeout(end, REFUSAL_MS);
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length >= ANSWER_TEXT_MAX) end();
    });
    response.once('end', end);
    response.once('error', end);
    response.once('close', end);
  });
}
