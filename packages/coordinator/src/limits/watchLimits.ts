/** Bounds of the feed at `/watch`, by name. */

export type WatchLimits = {
  /** Pages that watch at the same time, and how many of these places only operators take. */
  readonly watchersMax: number;
  readonly watchersForOperators: number;
  /** From the opened socket to a valid request. */
  readonly watchTimeoutMs: number;
  readonly watchBytesMax: number;
  /** Bytes waiting to be read by one page beyond which it is cut. */
  readonly watchQueueBytesMax: number;
  /** The same of all pages together, beyond which the one that is furthest behind is cut. */
  readonly watchQueuesBytesMax: number;
  /** Between two messages on steps. */
  readonly progressMs: number;
  /** Epochs that are told in that time. */
  readonly epochsPerProgressMax: number;
  /** Between two messages on workers. */
  readonly workersMs: number;
  /** Between two looks at whether the links to join have been renewed. */
  readonly joinMs: number;
  /** Between two pings; a page that has not answered one by the next is gone. */
  readonly pingMs: number;
};

export const WATCH_LIMITS: WatchLimits = {
  watchersMax: 256,
  watchersForOperators: 16,
  watchTimeoutMs: 5_000,
  watchBytesMax: 4_096,
  watchQueueBytesMax: 16 * 1024 * 1024,
  watchQueuesBytesMax: 128 * 1024 * 1024,
  progressMs: 200,
  epochsPerProgressMax: 20,
  workersMs: 1_000,
  joinMs: 60_000,
  pingMs: 15_000,
};
