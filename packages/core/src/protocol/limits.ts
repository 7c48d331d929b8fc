/** Every bound of the wire protocol, by name. No wait, queue or frame is without one. */

export const PROTOCOL_VERSION = 2;

export type ProtocolLimits = {
  /** Largest frame before the worker has been welcomed. */
  readonly helloBytesMax: number;
  /** What a frame may hold beside a parameter or gradient vector (and, in a lease, beside its pixels). */
  readonly envelopeBytesMax: number;
  /** Maps and arrays inside each other, the message itself counted. */
  readonly nestingMax: number;
  /** Elements of one map or array. */
  readonly elementsMax: number;
  /** Values of one message in all: three manifests of `elementsMax` blocks, and a spec. */
  readonly valuesMax: number;
  /** From accepting a connection to a valid hello. */
  readonly helloTimeoutMs: number;
  /** From the welcome to a right answer to the probe. */
  readonly probeTimeoutMs: number;
  /** How often the coordinator pings. */
  readonly heartbeatMs: number;
  /** A connection from which nothing came for so long is cut. */
  readonly silenceMs: number;
  /** Bytes that one connection holds in the coordinator: waiting to be read by the worker, or of an unfinished message. */
  readonly connectionBytesMax: number;
  /** A worker says of a lease in hand how far it is no more often than this. */
  readonly progressMs: number;
  /** Leases that one worker holds at a time: one in hand and one queued. */
  readonly leasesHeldMax: number;
  /** Connections in all. */
  readonly connectionsMax: number;
  /** Wait before the first and the longest wait before any later attempt to reconnect. */
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  /** Attempts to reach a coordinator that has never answered before the worker gives up. */
  readonly firstConnectAttemptsMax: number;
};

export const DEFAULT_LIMITS: ProtocolLimits = {
  helloBytesMax: 16 * 1024,
  envelopeBytesMax: 256 * 1024,
  nestingMax: 16,
  elementsMax: 65_536,
  valuesMax: 1_048_576,
  helloTimeoutMs: 10_000,
  probeTimeoutMs: 60_000,
  heartbeatMs: 5_000,
  silenceMs: 20_000,
  connectionBytesMax: 256 * 1024 * 1024,
  progressMs: 1_000,
  leasesHeldMax: 2,
  connectionsMax: 4_096,
  backoffFirstMs: 250,
  backoffMaxMs: 4_000,
  firstConnectAttemptsMax: 8,
};

/** Coordinators that one message names. */
export const ADDRESSES_MAX = 16;

/** Epochs that one `standing` tells of; the next one has the next. */
export const STANDING_RECORDS_MAX = 256;

/** Gateways that one tells of, of those below it, and how far below. */
export const GATEWAYS_TOLD_MAX = 256;
export const GATEWAY_DEPTH_MAX = 8;
/** Leases that a gateway holds at a time: two for each worker below it, and no more than this. */
export const GATEWAY_LEASES_MAX = 4_096;
/** Guests that one partial may name, so that they fit into its envelope. */
export const CONTRIBUTORS_MAX = 60_000;
