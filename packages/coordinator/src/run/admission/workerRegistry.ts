/**
 * The workers of a run: who is let in, who has left, and which connection speaks for which worker. Tokens have been looked
 * at before. No socket and no clock: whatever carries a connection, it is let in alike.
 */
import {
  type ByeName,
  type DepartureFact,
  type DismissalFact,
  type EngineName,
  type Hello,
  PROTOCOL_VERSION,
  type ProtocolLimits,
  type RunEndFact,
  type RunSpec,
  type Welcome,
  type WorkerSaying,
  withoutTrust,
} from '@shoal/core';
import { outgoing, type WorkerConnection } from '../../connection/workerConnection.ts';
import type { Belief } from '../../transition/model/belief.ts';
import type { EndRecord } from '../../transition/model/effects.ts';
import { CONVICTED } from '../../transition/trust/conviction.ts';
import type { RunDriver } from '../driver/driver.ts';
import { BLOCKS_PATH } from '../preparation/dataBlocks.ts';
import { FIRST_TERM } from '../preparation/prepare.ts';
import { admit } from './admission.ts';

export type WorkerRegistryOptions = {
  readonly runId: string;
  readonly spec: RunSpec;
  readonly kernels: string;
  readonly manifests: Welcome['data'];
  readonly limits: ProtocolLimits;
  readonly leading: Leading;
  readonly driver: RunDriver;
  readonly onChange: (change: RegistryChange) => void;
};

/** What workers are told of who leads. */
export type Leading = {
  readonly term: number;
  /** All coordinators that may; empty for one that leads alone. */
  readonly addresses: () => readonly string[];
  /** How long a worker waits for a word before it looks elsewhere, and how often there is one. */
  readonly patience: Pick<ProtocolLimits, 'silenceMs' | 'heartbeatMs'> | null;
};

export const LEADING_ALONE: Leading = { term: FIRST_TERM, addresses: () => [], patience: null };

export type RegistryChange =
  /** `workers` are those that are there by now. */
  | {
      readonly type: 'joined';
      readonly name: string;
      readonly agent: string;
      readonly workers: number;
    }
  | {
      readonly type: 'left';
      readonly name: string;
      readonly why: DepartureFact;
      readonly workers: number;
    }
  | { readonly type: 'refused'; readonly why: DismissalFact };

/** Who is behind a hello, as far as its token proves it. */
export type Proof = {
  /** What its standing and its convictions belong to. What the hello says of itself proves nothing. */
  readonly identity: string;
  /** The coordinator started it on its own machine. */
  readonly isLocal: boolean;
  readonly belief: Belief;
  /** The worker's own token from now on; null where it gets none. */
  readonly credential: string | null;
};

export type RegisteredWorker = {
  readonly connection: WorkerConnection;
  readonly hello: Hello;
  readonly identity: string;
  readonly isLocal: boolean;
  readonly engine: EngineName;
};

export class WorkerRegistry {
  readonly #options: WorkerRegistryOptions;
  readonly #workers = new Map<number, RegisteredWorker>();
  /** The same connections by their workers' identity. */
  readonly #byIdentity = new Map<string, WorkerConnection>();
  /** On connections of workers on other machines that are closed by now. */
  #bytesBefore = 0;
  #ended: { readonly code: ByeName; readonly why: RunEndFact } | null = null;

  constructor(options: WorkerRegistryOptions) {
    this.#options = options;
  }

  hello(connection: WorkerConnection, hello: Hello, { identity, isLocal, belief, credential }: Proof): void {
    const { runId, spec, kernels, manifests, limits, leading, driver, onChange } = this.#options;
    if (this.#ended !== null) return connection.end(this.#ended.code, this.#ended.why);
    const admission = admit(hello, { kernels, numerics: spec.numerics });
    if (admission.type === 'refuse') {
      onChange({ type: 'refused', why: admission.why });
      return connection.end(admission.code, admission.why);
    }
    if (driver.state.trust.convicted.has(identity)) {
      onChange({ type: 'refused', why: CONVICTED });
      return connection.end('convicted', CONVICTED);
    }
    const former = this.#byIdentity.get(identity);
    if (former !== undefined) {
      const why = { type: 'joinedAgain' } as const;
      former.end('replaced', why);
      this.closed(former, why);
    }
    connection.open();
    this.#workers.set(connection.id, { connection, hello, identity, isLocal, engine: admission.engine });
    this.#byIdentity.set(identity, connection);
    const welcome: Welcome = {
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      worker: connection.id,
      runId,
      spec: withoutTrust(spec),
      engine: admission.engine,
      blocksPath: BLOCKS_PATH,
      data: manifests,
      ...(leading.patience ?? { heartbeatMs: limits.heartbeatMs, silenceMs: limits.silenceMs }),
      leasesHeldMax: limits.leasesHeldMax,
      term: leading.term,
      // A thread of this process ends with it.
      addresses: isLocal ? [] : [...leading.addresses()],
      ...(credential !== null && { credential }),
    };
    connection.send(outgoing(welcome));
    onChange({ type: 'joined', name: hello.name, agent: hello.agent, workers: this.#workers.size });
    // The coordinator's own workers are of one address and yet no kin of a stranger at it.
    const origin = isLocal ? null : networkOf(connection.address);
    driver.joined(connection.id, hello, { identity, origin, belief });
  }

  message(connection: WorkerConnection, message: Exclude<WorkerSaying, Hello>): void {
    this.#options.driver.message(connection.id, message);
    if (message.type === 'leave') connection.end('finished', { type: 'leftInOrder' });
  }

  closed(connection: WorkerConnection, why: DepartureFact): void {
    const known = this.#workers.get(connection.id);
    if (known === undefined) return;
    this.#workers.delete(connection.id);
    this.#byIdentity.delete(known.identity);
    this.#bytesBefore += bytesOn(known);
    this.#options.onChange({ type: 'left', name: known.hello.name, why, workers: this.#workers.size });
    this.#options.driver.left(connection.id, why);
  }

  /** The coordinators that may lead are others than before. */
  tellCoordinators(): void {
    const told = outgoing({ type: 'coordinators', addresses: [...this.#options.leading.addresses()] });
    for (const { connection, isLocal } of this.#workers.values()) if (!isLocal) connection.send(told);
  }

  /** Everyone is sent elsewhere; whoever comes back is let in again. */
  sendElsewhere(leader: string | null): void {
    const why = { type: 'standsBy', leader } as const;
    for (const { connection } of [...this.#workers.values()]) {
      connection.end('standby', why, this.#options.leading.addresses());
    }
  }

  /** Of all messages to and from workers on other machines so far. */
  get bytes(): number {
    let bytes = this.#bytesBefore;
    for (const worker of this.#workers.values()) bytes += bytesOn(worker);
    return bytes;
  }

  get isEmpty(): boolean {
    return this.#workers.size === 0;
  }

  /** Those who are in, by the number of their connection. */
  get registered(): ReadonlyMap<number, RegisteredWorker> {
    return this.#workers;
  }

  /**
   * The run is over: everyone is told, and so is whoever still comes. A run that was only stopped may be resumed, so
   * its workers come back by themselves; where another run may follow, the code is `betweenRuns`.
   */
  end(end: EndRecord, code: ByeName = end.state === 'stopped' ? 'shutdown' : 'finished'): void {
    this.#ended = { code, why: end.reason };
    for (const { connection } of [...this.#workers.values()]) connection.end(code, end.reason);
  }
}

/** What shares this machine's memory takes no line. */
const bytesOn = ({ isLocal, connection }: RegisteredWorker): number =>
  isLocal ? 0 : connection.bytesSent + connection.bytesReceived;

/** One machine may have several names for an IPv4 address; what is not known says nothing. */
function networkOf(address: string): string | null {
  if (address === '' || address === 'unknown') return null;
  return address.replace(/^::ffff:/, '');
}
