/** A WebSocket as the shell sees it, whatever runs it. */
import type { DisconnectFact } from '@shoal/core';
import type { ConnectFailure } from './connectFailure.ts';

export interface Channel {
  /** Ignored unless the channel is open. */
  send(frame: Uint8Array): void;
  /** Closes in good order, or after a bounded while without; `onClosed` or `onFailed` follows. */
  close(): void;
  /** Reads nothing for now, as far as the platform can wait. */
  hold(): void;
  release(): void;
  /** Gives the connection up without a word; neither `onClosed` nor `onFailed` follows. */
  cut(): void;
}

export type ChannelEvents = {
  readonly onOpen: () => void;
  /** What came; anything but bytes is no frame. */
  readonly onFrame: (data: unknown) => void;
  /** Exactly once for a channel that was open. `code` is null where there was none. */
  readonly onClosed: (code: number | null, reason: DisconnectFact) => void;
  /** Exactly once for a channel that never opened. */
  readonly onFailed: (failure: ConnectFailure) => void;
};

export type ChannelFactory = (events: ChannelEvents) => Channel;
