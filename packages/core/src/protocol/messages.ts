/**
 * The messages between a coordinator and its workers, by direction, as schemas that check every field of what
 * comes from outside. Tensors travel as raw little-endian bytes. `docs/protocol.md` explains each message.
 */
import * as v from 'valibot';
import { manifestSchema } from '../data/blocks.ts';
import { SET_NAMES } from '../data/dataSet.ts';
import { ENGINE_NAMES } from '../engine/engine.ts';
import { RUN_STATES } from '../watch/records.ts';
import { ByeCode, FAILURE_CODES, HELP, LEASE_TASKS, LEAVE_CODES } from './codes.ts';

import { ADDRESSES_MAX, GATEWAY_DEPTH_MAX, GATEWAYS_TOLD_MAX, STANDING_RECORDS_MAX } from './limits.ts';

import { printable } from './printable.ts';

const uint = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const uint32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER));
const bytes = v.custom<Uint8Array>((input) => input instanceof Uint8Array, 'Expected bytes');
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
/** Text that people read: in a terminal, a log or a page. */
const line = (max: number) => v.pipe(text(max), v.transform(printable));
/** What a sentence beside it says as data, for pages in other languages: worded where it is known, else passed over. */
const fact = v.record(v.string(), v.unknown());
const engineName = v.picklist(ENGINE_NAMES);
/** Where coordinators may be found, as `http://host:port` or the same with https, behind it a base path. */
const addresses = v.pipe(v.array(text(256)), v.maxLength(ADDRESSES_MAX));
const finiteNumber = v.pipe(v.number(), v.finite());
const identityText = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{8,64}$/));
const byeCode = v.picklist(Object.keys(ByeCode) as (keyof typeof ByeCode)[]);

/* ── Worker to coordinator ─────────────────────────────────────────────── */

/** The first message of a connection. */
export const helloSchema = v.strictObject({
  type: v.literal('hello'),
  /** Protocol versions the worker speaks; the coordinator picks the highest that both do. */
  protocols: v.pipe(v.array(uint), v.minLength(1), v.maxLength(16)),
  token: text(256),
  /** Drawn once by the worker and kept over reconnects. */
  identity: identityText,
  name: line(64),
  /** What it runs on, for people: `node 20.20.2 linux`. */
  agent: line(128),
  engines: v.pipe(v.array(engineName), v.minLength(1), v.maxLength(8)),
  /** The build of its exact kernels. */
  kernels: line(64),
  threads: v.pipe(uint, v.minValue(1), v.maxValue(1024)),
  /** It computes nothing itself but stands for those who join it; absent for every other worker. */
  gateway: v.optional(v.literal(true)),
});

/** The worker holds every block of the data set; from now on leases need not carry values. */
export const readySchema = v.strictObject({ type: v.literal('ready') });

/**
 * One maximal complete node of a lease: sums over its leaves along the reduction tree. A lease is answered
 * when each of its nodes has been. When anything in it is not finite: `finite` false, loss 0, no vector.
 */
export const partialSchema = v.strictObject({
  type: v.literal('partial'),
  lease: uint,
  level: v.pipe(uint, v.maxValue(52)),
  index: uint,
  finite: v.boolean(),
  loss: finiteNumber,
  correct: uint,
  count: positive,
  /** vectorLength elements in the run's coding up; null for evaluations and when not finite. */
  vector: v.nullable(bytes),
  /** XXH32 (seed 0) of `vector`; 0 without one. */
  checksum: uint32,
  /** Milliseconds the worker has computed on this lease. */
  computeMs: v.pipe(finiteNumber, v.minValue(0)),
  /** From a gateway: the numbers of the guests whose work is in it, uint32 little-endian; empty where it is its own. */
  by: v.optional(bytes),
});

/**
 * How far a lease is that takes long, or of whose data blocks some are still on their way, so that a slow worker or a slow
 * line is told from one that is not there; at most one a second for each.
 */
export const progressSchema = v.strictObject({
  type: v.literal('progress'),
  lease: uint,
  /** Samples of the lease that are done with. */
  done: uint,
  /** Bytes of its data blocks, unpacked, that have not come; 0 once it is computed. */
  missing: uint,
  /** As in a partial, so far. */
  computeMs: v.pipe(finiteNumber, v.minValue(0)),
});

/** The lease cannot be computed here; it is granted elsewhere or again. */
export const failedSchema = v.strictObject({
  type: v.literal('failed'),
  lease: uint,
  code: v.picklist(FAILURE_CODES),
  message: line(512),
});

export const pongSchema = v.strictObject({ type: v.literal('pong'), nonce: uint32 });

/** Orderly leave: leases in hand go to others at once. */
export const leaveSchema = v.strictObject({
  type: v.literal('leave'),
  reason: line(256),
  /** The same as a code, for pages in other languages; absent where none of them says it. */
  code: v.optional(v.picklist(LEAVE_CODES)),
});

/** Asks for `standing` messages on this connection; nobody who does not ask is sent one. */
export const followSchema = v.strictObject({ type: v.literal('follow') });

/** From a gateway: what hangs below it, whenever that has changed, at most once a second. */
export const crewSchema = v.strictObject({
  type: v.literal('crew'),
  /** Workers that may be given work, over all gateways below. */
  workers: uint,
  threads: uint,
  /** Training microbatches a millisecond, as measured: the sum over all of them. */
  speed: v.pipe(finiteNumber, v.minValue(0)),
  /** The gateways below, each behind the one that it hangs from, which is one less deep. */
  below: v.pipe(
    v.array(
      v.strictObject({
        /** 1 for one that hangs from the gateway itself. */
        depth: v.pipe(uint, v.minValue(1), v.maxValue(GATEWAY_DEPTH_MAX)),
        name: line(64),
        workers: uint,
        threads: uint,
        speed: v.pipe(finiteNumber, v.minValue(0)),
        /** Milliseconds from a ping to its pong. */
        roundTrip: v.nullable(v.pipe(finiteNumber, v.minValue(0))),
        upBitsPerSecond: v.nullable(v.pipe(finiteNumber, v.minValue(0))),
        downBitsPerSecond: v.nullable(v.pipe(finiteNumber, v.minValue(0))),
      }),
    ),
    v.maxLength(GATEWAYS_TOLD_MAX),
  ),
});

/** From a gateway: somebody has said hello to it, and may compute if the coordinator vouches for them. */
export const guestSchema = v.strictObject({
  type: v.literal('guest'),
  /** Chosen by the gateway, for as long as its connection lasts. */
  guest: uint32,
  /** What the hello says. */
  token: text(256),
  identity: identityText,
  name: line(64),
  isGateway: v.boolean(),
  /** The network address that it came from, as far as the gateway knows; empty where that says nothing. */
  address: line(64),
});

/** From a gateway: the guest is gone. */
export const guestGoneSchema = v.strictObject({ type: v.literal('guestGone'), guest: uint32 });

export const workerMessageSchema = v.variant('type', [
  helloSchema,
  readySchema,
  partialSchema,
  progressSchema,
  failedSchema,
  pongSchema,
  leaveSchema,
  followSchema,
  crewSchema,
  guestSchema,
  guestGoneSchema,
]);

export type Hello = v.InferOutput<typeof helloSchema>;
export type Crew = v.InferOutput<typeof crewSchema>;
export type GuestHello = v.InferOutput<typeof guestSchema>;
export type PartialAnswer = v.InferOutput<typeof partialSchema>;
export type WorkerMessage = v.InferOutput<typeof workerMessageSchema>;

/* ── Coordinator to worker ─────────────────────────────────────────────── */

/** The worker is in; its next message from the coordinator is the probe lease. */
export const welcomeSchema = v.strictObject({
  type: v.literal('welcome'),
  protocol: uint,
  /** Number of this worker in the run. */
  worker: uint,
  runId: line(128),
  /** The resolved run spec, checked again by the worker. */
  spec: v.record(v.string(), v.unknown()),
  /** The engine to compute with, one of those offered. */
  engine: engineName,
  /** Where the blocks are: path on the coordinator's HTTP server, a block's SHA-256 follows. */
  blocksPath: text(256),
  data: v.strictObject({ train: manifestSchema, validation: manifestSchema, test: manifestSchema }),
  heartbeatMs: positive,
  silenceMs: positive,
  leasesHeldMax: positive,
  /** Of the coordinator that leads: whoever leads later has a higher one. 1 where nobody else can lead. */
  term: positive,
  /** All coordinators that may lead this run, now or later; empty where this one alone does. */
  addresses,
  /** The worker's own token, to be shown instead of the join token from now on; absent where none is given. */
  credential: v.optional(text(256)),
});

/**
 * Parameters, whole or as what they have changed by; only the latest two versions need be kept. Version 0 is never sent: it
 * is drawn from the spec.
 */
export const parametersSchema = v.strictObject({
  type: v.literal('parameters'),
  version: positive,
  /**
   * Null: `vector` is the whole in f32. Else the version that it is to be added to, and `vector` has the changes that lead
   * from there to this one, in the run's coding down, one after another.
   */
  base: v.nullable(uint),
  /** As in a partial. */
  checksum: uint32,
  vector: bytes,
});

/**
 * A contiguous range [from, to) of the leaves of one step (or of one evaluation). Which samples those have follows from
 * the spec, the step and the order of the epochs.
 */
export const leaseSchema = v.strictObject({
  type: v.literal('lease'),
  lease: uint,
  /** Of the coordinator that grants it: a worker that has heard of a higher one of this run computes nothing for it. */
  term: positive,
  task: v.picklist(LEASE_TASKS),
  set: v.picklist(SET_NAMES),
  version: uint,
  /** Counted over the whole run, 0 but for a gradient: it says of which epochs the samples are, and how the leaves cut them. */
  step: uint,
  from: uint,
  to: positive,
  /** Leaves of the whole tree. */
  leaves: positive,
  /** Float32 little-endian, one for each tensor that is rounded: what all leaves of the step are rounded by. Else null. */
  scales: v.nullable(bytes),
  /** The content of a block of its samples (`data/blocks.ts`); null where the worker has them, or fetches them as blocks. */
  values: v.nullable(bytes),
  /** After so long the lease may be granted to another as well; the first answer wins. */
  expectedMs: v.pipe(finiteNumber, v.minValue(0)),
  /** To a gateway: each node is to be the work of one guest alone. Absent otherwise. */
  undivided: v.optional(v.literal(true)),
});

/** The lease is no longer wanted; answers to it are ignored. */
export const revokeSchema = v.strictObject({ type: v.literal('revoke'), lease: uint });

/** The worker's first answer has entered the sums: from now on it is worth fetching the data set. Once a connection. */
export const countedSchema = v.strictObject({ type: v.literal('counted') });

/** The coordinators that may lead are others than the welcome, or the last of these, has said. */
export const coordinatorsSchema = v.strictObject({ type: v.literal('coordinators'), addresses });

export const pingSchema = v.strictObject({ type: v.literal('ping'), nonce: uint32 });

/** The last message of a connection; the socket is then closed with the code's number. */
export const byeSchema = v.strictObject({
  type: v.literal('bye'),
  code: byeCode,
  message: line(1024),
  fact: v.optional(fact),
  /** Where else a coordinator may be found; with `standby` only. */
  addresses: v.optional(addresses),
});

/** To a gateway: this guest may compute. */
export const vouchedSchema = v.strictObject({
  type: v.literal('vouched'),
  guest: uint32,
  /** Whom its answers are put down to. */
  identity: text(128),
  /** As in a welcome; absent where none is given. */
  credential: v.optional(text(256)),
});

/** To a gateway: this guest may not compute, or no longer. It is told so, as a `bye` would say it. */
export const dismissedSchema = v.strictObject({
  type: v.literal('dismissed'),
  guest: uint32,
  code: byeCode,
  message: line(1024),
  fact: v.optional(fact),
});

/** How the run stands and what this worker has done for it: for people, at most once a second. */
export const standingSchema = v.strictObject({
  type: v.literal('standing'),
  state: v.picklist(RUN_STATES),
  reason: line(1024),
  facts: v.optional(v.pipe(v.array(fact), v.maxLength(8))),
  /** Complete epochs, steps of the current one, and steps that an epoch has. */
  epoch: uint,
  step: uint,
  stepsPerEpoch: uint,
  /** Mean loss of the last step's samples; null before the first. */
  loss: v.nullable(finiteNumber),
  /** Of the delivered model; null before the end of a run that has one. */
  testAccuracy: v.nullable(finiteNumber),
  /** The epochs that this connection has not been told of yet, oldest first. */
  records: v.pipe(
    v.array(
      v.strictObject({
        /** From 1. */
        epoch: positive,
        trainLoss: finiteNumber,
        trainAccuracy: finiteNumber,
        validationLoss: v.nullable(finiteNumber),
        validationAccuracy: v.nullable(finiteNumber),
      }),
    ),
    v.maxLength(STANDING_RECORDS_MAX),
  ),
  workers: uint,
  /** Training samples of this worker that counted, and their part of all so far, 0 to 1. */
  samples: uint,
  share: v.pipe(finiteNumber, v.minValue(0), v.maxValue(1)),
  leases: uint,
  /** 1 for the worker with the most samples. */
  rank: positive,
  /** Training samples that counted in a second, over the last few. */
  speed: v.pipe(finiteNumber, v.minValue(0)),
  /** Training samples that it was asked for and that others answered first, and leases none of which counted. */
  samplesLate: uint,
  leasesLate: uint,
  help: v.picklist(HELP),
});

export const coordinatorMessageSchema = v.variant('type', [
  welcomeSchema,
  parametersSchema,
  leaseSchema,
  revokeSchema,
  countedSchema,
  coordinatorsSchema,
  pingSchema,
  byeSchema,
  standingSchema,
  vouchedSchema,
  dismissedSchema,
]);

export type Welcome = v.InferOutput<typeof welcomeSchema>;
export type LeaseMessage = v.InferOutput<typeof leaseSchema>;
export type ParametersMessage = v.InferOutput<typeof parametersSchema>;
/** A fact as it comes from elsewhere, of any type. */
export type ToldFact = v.InferOutput<typeof fact>;
export type Standing = v.InferOutput<typeof standingSchema>;
export type Vouched = v.InferOutput<typeof vouchedSchema>;
export type Dismissed = v.InferOutput<typeof dismissedSchema>;
export type CoordinatorMessage = v.InferOutput<typeof coordinatorMessageSchema>;
