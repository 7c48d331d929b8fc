/** Every bound of a worker beside those of the protocol, by name. */

export type WorkerLimits = {
  /** Failures of the engine in a row, without one job finished in between, before the worker ends. */
  readonly engineFailuresMax: number;
  /** Largest frame that is taken from a coordinator: a parameter vector of 64 million values. */
  readonly frameBytesMax: number;
  /**
   * What a coordinator may make this worker hold, by what it states before any of it is there: model, data set, leases.
   * An estimate, meant to refuse what is out of all proportion; the machine's own memory says more, where it is known.
   */
  readonly memoryBytesMax: number;
  /** Leases that it holds at a time, whatever the coordinator allows. */
  readonly leasesHeldMax: number;
  /** From opening a connection to the end of the WebSocket handshake. */
  readonly connectTimeoutMs: number;
  /** How long a socket may take to close in good order before it is cut. */
  readonly closeTimeoutMs: number;
  /** Without a byte of a data block that was asked for; however long it takes while it comes. */
  readonly blockSilenceMs: number;
  /** The longest wait before another attempt that whoever answers may ask for. */
  readonly retryAfterMaxMs: number;
  /** How often the session looks at the clock. */
  readonly tickMs: number;
  /** Without an answer of a graphics processor that has been given work: its driver hangs. */
  readonly deviceSilenceMs: number;
  /** Gradient buffers kept for reuse on each slot. */
  readonly spareBuffersMax: number;
};

export const WORKER_LIMITS: WorkerLimits = {
  engineFailuresMax: 3,
  frameBytesMax: 256 * 1024 * 1024,
  memoryBytesMax: 2 * 1024 * 1024 * 1024,
  leasesHeldMax: 8,
  connectTimeoutMs: 10_000,
  closeTimeoutMs: 2_000,
  blockSilenceMs: 60_000,
  retryAfterMaxMs: 600_000,
  tickMs: 1_000,
  deviceSilenceMs: 120_000,
  spareBuffersMax: 8,
};
