/**
 * One worker's connection as a run sees it: what is said on it, in order, and its end. Whether that goes over a socket,
 * through memory that both sides see or along a simulated line is the matter of whoever implements it;
 * `workerConnection.suite.ts` holds them all to the same.
 */
import {
  type ByeName,
  type CoordinatorSaying,
  type DepartureFact,
  type Dismissed,
  type Hello,
  sealMessage,
  sentence,
  type WorkerSaying,
} from '@shoal/core';
import type { ParametersPlace } from '@shoal/worker';

export interface WorkerConnection {
  /** Unique among the connections of a coordinator, and the number of the worker on it. */
  readonly id: number;
  /** The name under which whoever is there is counted; it stays in memory. */
  readonly address: string;
  /** The largest answer that can come on it, in bytes of its frame. */
  readonly answerBytesMax: number;
  /** From the last ping to its pong; null before the first. */
  readonly rttMs: number | null;
  /** What its line carries from the worker and to it; null while nobody knows, and where there is no line. */
  readonly upBitsPerSecond: number | null;
  readonly downBitsPerSecond: number | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** It has been or is being closed: nothing that still comes is heard. */
  readonly isOver: boolean;
  /** The hello was accepted; until then nothing but the hello may come. `forMany`: it is that of a gateway. */
  open(forMany?: boolean): void;
  /** Says something that may be answered with several messages. What is sent may change as soon as this returns. */
  send(outgoing: Outgoing): void;
  /** Says why, and where else a coordinator is, and closes. The other side hears it after all that was sent before. Ignored once it is over. */
  end(code: ByeName, why: DepartureFact, addresses?: readonly string[]): void;
}

/** What is heard on a connection. */
export type ConnectionHandlers<Connection extends WorkerConnection = WorkerConnection> = {
  /** The first message; the handler opens the connection or ends it. */
  readonly hello: (connection: Connection, hello: Hello) => void;
  /** A vector in it belongs to the connection: it is read or copied before the handler returns. */
  readonly message: (connection: Connection, message: Exclude<WorkerSaying, Hello>) => void;
  /** Called exactly once, after the last message. */
  readonly closed: (connection: Connection, why: DepartureFact) => void;
};

/**
 * Something to be said to one worker or to many. It is put into a frame once, whatever their number, and only if one of
 * them has a connection that carries frames.
 */
export interface Outgoing {
  readonly message: CoordinatorSaying;
  readonly frame: Uint8Array;
  /** Where a connection in memory tells its worker to read it instead; null for what is small, and without such a place. */
  readonly shared: SharedPlace | null;
  /** One more connection writes the frame. @returns what it calls once it has */
  writing(): () => void;
}

/** Parameters in memory that workers of this process see. */
export interface SharedPlace {
  readonly place: ParametersPlace;
  /** One more worker is told of them. @param returned whether it needs them no more, or is gone */
  lend(returned: () => boolean): void;
}

const written = (): void => {};

/** What the protocol lets a `bye` say. */
const BYE_LENGTH_MAX = 1024;

/** Why somebody has to go, as it is said. What is for whoever writes a worker stands in the sentence, and the code says the rest. */
export function farewell(code: ByeName, why: DepartureFact): Pick<Dismissed, 'code' | 'message' | 'fact'> {
  const message = sentence(why, 'en').slice(0, BYE_LENGTH_MAX);
  const isToldAsData = why.type !== 'text' && why.type !== 'messageMalformed';
  return { code, message, ...(isToldAsData && { fact: why }) };
}

export function outgoing(message: CoordinatorSaying): Outgoing {
  let frame: Uint8Array | null = null;
  return {
    message,
    shared: null,
    get frame() {
      frame ??= sealMessage(message);
      return frame;
    },
    writing: () => written,
  };
}
