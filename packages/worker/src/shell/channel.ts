/** A worker's connection to a coordinator as the shell sees it, whatever carries it: a WebSocket, or memory that both see. */
import type { CoordinatorSaying, DisconnectFact, WorkerSaying } from '@shoal/core';
import type { ConnectFailure } from './connectFailure.ts';

export interface Channel {
  /**
   * Ignored unless the channel is open; what is sent may change as soon as this returns.
   * @returns the bytes that it takes on the way; 0 where it does not go
   */
  send(message: WorkerSaying): number;
  /** Closes in good order, or after a bounded while without; `onClosed` or `onFailed` follows. */
  close(): void;
  /** The vectors of all messages so far are whole when this returns: some are told of while they are still being written. */
  settle(): void;
  /** Reads nothing for now, as far as the platform can wait. */
  hold(): void;
  release(): void;
  /** Gives the connection up without a word; neither `onClosed` nor `onFailed` follows. */
  cut(): void;
}

/** Nothing is heard before `onOpen` or after `onClosed`. */
export type ChannelEvents = {
  readonly onOpen: () => void;
  /**
   * In the order in which it was sent. `bytes` is what it took on the way. The vector of parameters stays as it is until
   * two more have come: a session keeps so many.
   */
  readonly onMessage: (message: CoordinatorSaying, bytes: number) => void;
  /** Something came that is no message; `problem` is a sentence. */
  readonly onUnreadable: (problem: string) => void;
  /** Exactly once for a channel that was open. `code` is null where there was none. */
  readonly onClosed: (code: number | null, reason: DisconnectFact) => void;
  /** Exactly once for a channel that never opened. */
  readonly onFailed: (failure: ConnectFailure) => void;
};

/** `address` is the coordinator's, as a session names it. */
export type ChannelFactory = (events: ChannelEvents, address: string) => Channel;
