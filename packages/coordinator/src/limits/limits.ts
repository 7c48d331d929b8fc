/**
 * Every bound that the coordinator sets to strangers, by name, and the reading of `--limit name=value`. `docs/security.md`
 * lists exactly these, and a test holds it to that.
 */
import { DEFAULT_LIMITS, type ProtocolLimits, suggestion } from '@shoal/core';
import { UserError } from '../errors.ts';
import { DEFAULT_SCHEDULING, type SchedulingLimits } from '../transition/model/facts.ts';
import { WATCH_LIMITS, type WatchLimits } from './watchLimits.ts';

export type AccessLimits = {
  /** Open TCP connections in all, and from one address; a browser opens several at a time. */
  readonly socketsMax: number;
  readonly addressSocketsMax: number;
  /** Open WebSockets from one address: a whole class sits behind one router. */
  readonly addressConnectionsMax: number;
  /** WebSockets that have shown no token yet, in all and from one address. */
  readonly strangersMax: number;
  readonly addressStrangersMax: number;
  /** Open WebSockets with one shared join token, and with one credential that a worker was given. */
  readonly tokenConnectionsMax: number;
  readonly credentialConnectionsMax: number;
  /** WebSockets that one address may begin within `attemptsWindowMs`. */
  readonly addressJoinsMax: number;
  /** Wrong tokens from one address within `attemptsWindowMs`, after which none of its tokens is looked at. */
  readonly addressFailuresMax: number;
  readonly attemptsWindowMs: number;
  /** CoordinatorAddresses that are remembered at a time; the longest idle one is forgotten first. */
  readonly addressesMax: number;
  /** What a worker may send: so many messages a second, in bursts, beside so many answers to each message that it was sent. */
  readonly messagesPerSecondMax: number;
  readonly messagesBurstMax: number;
  readonly answersPerMessageMax: number;
  /** The same of a gateway, and how many guests it may have announced. */
  readonly gatewayMessagesPerSecondMax: number;
  readonly gatewayMessagesBurstMax: number;
  readonly gatewayGuestsMax: number;
  /** Bytes that all workers together have yet to read, beyond which the one furthest behind is cut. */
  readonly connectionsBytesMax: number;
  /** One HTTP request: its header, its body, the time for each, and the wait for another on the same connection. */
  readonly headerBytesMax: number;
  readonly bodyBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Failures of pages that are written down within `attemptsWindowMs`, and the bytes of one report. */
  readonly pageErrorsMax: number;
  readonly pageErrorBytesMax: number;
  /** Requests with one token, and in all, that are not answered to the end. */
  readonly tokenAnswersMax: number;
  readonly answersMax: number;
  /** Bytes of different answers that wait to be read, of one token and in all; a buffer that many read counts once. */
  readonly tokenAnswersBytesMax: number;
  readonly answersBytesMax: number;
  /** What a reader must take on average, from `readGraceMs` on. */
  readonly readBytesPerSecondMin: number;
  readonly readGraceMs: number;
  /** After so long without a byte in either direction it is over. */
  readonly idleTimeoutMs: number;
};

export const DEFAULT_ACCESS_LIMITS: AccessLimits = {
  socketsMax: 8_192,
  addressSocketsMax: 2_048,
  addressConnectionsMax: 200,
  strangersMax: 1_024,
  addressStrangersMax: 128,
  tokenConnectionsMax: 4_096,
  credentialConnectionsMax: 8,
  addressJoinsMax: 1_000,
  addressFailuresMax: 100,
  attemptsWindowMs: 60_000,
  addressesMax: 10_000,
  messagesPerSecondMax: 100,
  messagesBurstMax: 1_000,
  answersPerMessageMax: 128,
  gatewayMessagesPerSecondMax: 10_000,
  gatewayMessagesBurstMax: 100_000,
  gatewayGuestsMax: 65_536,
  connectionsBytesMax: 2 * 1024 * 1024 * 1024,
  headerBytesMax: 16_384,
  bodyBytesMax: 262_144,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 5_000,
  pageErrorsMax: 20,
  pageErrorBytesMax: 4_096,
  tokenAnswersMax: 256,
  answersMax: 2_048,
  tokenAnswersBytesMax: 64 * 1024 * 1024,
  answersBytesMax: 256 * 1024 * 1024,
  readBytesPerSecondMin: 16_384,
  readGraceMs: 10_000,
  idleTimeoutMs: 300_000,
};

/** All that bounds the network side of a coordinator. */
export type ServerLimits = ProtocolLimits & AccessLimits;

export const DEFAULT_SERVER_LIMITS: ServerLimits = { ...DEFAULT_LIMITS, ...DEFAULT_ACCESS_LIMITS };

/** What `--limit` may set beside the above: the other limits of the protocol are the same for everyone who speaks it. */
const SETTABLE_OF_PROTOCOL = [
  'helloBytesMax',
  'helloTimeoutMs',
  'heartbeatMs',
  'silenceMs',
  'connectionBytesMax',
  'connectionsMax',
] as const satisfies readonly (keyof ProtocolLimits)[];
const SETTABLE_OF_SCHEDULING = [
  'probeTimeoutMs',
  'unansweredMs',
] as const satisfies readonly (keyof SchedulingLimits)[];

/** Those of the feed that bound strangers; the others are its rhythm. */
export const WATCH_BOUNDS = [
  'watchersMax',
  'watchersForOperators',
  'watchTimeoutMs',
  'watchBytesMax',
  'watchQueueBytesMax',
  'watchQueuesBytesMax',
] as const satisfies readonly (keyof WatchLimits)[];

export const SETTABLE_LIMITS: readonly string[] = [
  ...Object.keys(DEFAULT_ACCESS_LIMITS),
  ...SETTABLE_OF_PROTOCOL,
  ...SETTABLE_OF_SCHEDULING,
  ...WATCH_BOUNDS,
];

export type CoordinatorLimits = {
  readonly server: ServerLimits;
  readonly scheduling: SchedulingLimits;
  readonly watch: WatchLimits;
};

export const DEFAULT_COORDINATOR_LIMITS: CoordinatorLimits = {
  server: DEFAULT_SERVER_LIMITS,
  scheduling: DEFAULT_SCHEDULING,
  watch: WATCH_LIMITS,
};

/** @throws UserError with the nearest name, when one is not known or its value is no whole number above 0 */
export function readLimits(settings: readonly string[]): CoordinatorLimits {
  const server: Record<string, number> = {};
  const scheduling: Record<string, number> = {};
  const watch: Record<string, number> = {};
  for (const setting of settings) {
    const [name = '', text = ''] = setting.split('=', 2);
    if (!SETTABLE_LIMITS.includes(name)) {
      throw new UserError(
        `--limit cannot set "${name}": ${suggestion(name, SETTABLE_LIMITS)} docs/security.md lists them with their defaults.`,
      );
    }
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1) {
      throw new UserError(
        `--limit ${name} must be a whole number of at least 1, not "${text}": write ${name}=100.`,
      );
    }
    if (SETTABLE_OF_SCHEDULING.some((one) => one === name)) scheduling[name] = value;
    else if (WATCH_BOUNDS.some((one) => one === name)) watch[name] = value;
    else server[name] = value;
  }
  return {
    server: { ...DEFAULT_SERVER_LIMITS, ...server },
    scheduling: { ...DEFAULT_SCHEDULING, ...scheduling },
    watch: { ...WATCH_LIMITS, ...watch },
  };
}
