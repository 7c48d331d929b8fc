/** A WebSocket as the shell sees it, whatever runs it. */

export interface Channel {
  /** Ignored unless the channel is open. */
  send(frame: Uint8Array): void;
  /** Closes in good order, or after a bounded while without; `onClosed` follows. */
  close(): void;
  /** Reads nothing for now, as far as the platform can wait. */
  hold(): void;
  release(): void;
  /** Gives the connection up without a word; `onClosed` does not follow. */
  cut(): void;
}

export type ChannelEvents = {
  readonly onOpen: () => void;
  /** What came; anything but bytes is no frame. */
  readonly onFrame: (data: unknown) => void;
  /** Exactly once, also when it never opened. `code` is null where there was none; `reason` ends a sentence. */
  readonly onClosed: (code: number | null, reason: string) => void;
};

export type ChannelFactory = (events: ChannelEvents) => Channel;
