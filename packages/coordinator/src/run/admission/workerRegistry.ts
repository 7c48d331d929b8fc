/**
 * The workers of a run: who is let in, who has left, and which connection speaks for which worker. Tokens have been looked
 * at before. No socket and no clock: whatever carries a connection, it is let in alike.
 */
import {
  type ByeName,
  type Crew,
  type DepartureFact,
  type DismissalFact,
  type EngineName,
  GATEWAY_LEASES_MAX,
  type Hello,
  PROTOCOL_VERSION,
  type ProtocolLimits,
  type RunEndFact,
  type RunSpec,
  type Welcome,
  type WorkerSaying,
  withoutTrust,
} from '@shoal/core';
import {
  farewell,
  type Outgoing,
  outgoing,
  type WorkerConnection,
} from '../../connection/workerConnection.ts';
import type { Belief } from '../../transition/model/belief.ts';
import type { EndRecord } from '../../transition/model/effects.ts';
import type { Contributor } from '../../transition/model/events.ts';
import { CONVICTED } from '../../transition/trust/conviction.ts';
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
  readonly driver: RegistryDriver;
  readonly onChange: (change: RegistryChange) => void;
};

/** What is told of who comes, goes and says something. */
export interface RegistryDriver {
  /** Identities that take no part any more. */
  readonly convicted: ReadonlySet<string>;
  joined(
    worker: number,
    hello: Hello,
    who: Pick<Proof, 'identity' | 'belief'> & { readonly origin: string | null; readonly isGateway: boolean },
  ): void;
  message(worker: number, message: Exclude<WorkerSaying, Hello>): void;
  left(worker: number, reason: DepartureFact): void;
}

/** What workers are told of who leads. */
export type Leading = {
  readonly term: number;
  /** All coordinators that may; empty for one that leads alone. */
  readonly addresses: (forGateway: boolean) => readonly string[];
  /** Whether nobody else can lead, at this moment. */
  readonly mayGrant: () => boolean;
  /** How long a worker waits for a word before it looks elsewhere, and how often there is one. */
  readonly patience: Pick<ProtocolLimits, 'silenceMs' | 'heartbeatMs'> | null;
};

export const LEADING_ALONE: Leading = {
  term: FIRST_TERM,
  addresses: () => [],
  mayGrant: () => true,
  patience: null,
};

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
  /** It came with a token for gateways. */
  readonly isGateway: boolean;
  /** The worker's own token from now on; null where it gets none. */
  readonly credential: string | null;
};

export type RegisteredWorker = {
  readonly connection: WorkerConnection;
  readonly hello: Hello;
  readonly identity: string;
  readonly isLocal: boolean;
  readonly engine: EngineName;
  readonly isGateway: boolean;
  /**
   * Of a gateway: those whom it has announced and who were let in, by its numbers; which of them are gone, whose work may
   * still be on its way; and what it says hangs below it.
   */
  readonly guests: Map<number, Contributor>;
  readonly gone: Set<number>;
  crew: Crew | null;
};

/** Guests of a gateway that are remembered when they are gone. */
const GONE_KEPT = 65_536;

/** Where somebody is: on a connection, or a guest on that of a gateway. */
type Seat = { readonly connection: WorkerConnection; readonly guest: number | null };

/** Whether answers are compared is not the workers' to know, nor for them to refuse a spec for. */
const unchecked = ({ trust: { trim } }: RunSpec): RunSpec['trust'] => ({ spotCheck: 0, quorum: 1, trim });

export class WorkerRegistry {
  readonly #options: WorkerRegistryOptions;
  readonly #workers = new Map<number, RegisteredWorker>();
  /** Where everybody is, by identity. */
  readonly #seats = new Map<string, Seat>();
  /** On connections of workers on other machines that are closed by now. */
  #bytesBefore = 0;
  #ended: { readonly code: ByeName; readonly why: RunEndFact } | null = null;

  constructor(options: WorkerRegistryOptions) {
    this.#options = options;
  }

  hello(connection: WorkerConnection, hello: Hello, proof: Proof): void {
    const { identity, isLocal, belief, credential, isGateway } = proof;
    const { runId, spec, kernels, manifests, limits, leading, driver, onChange } = this.#options;
    if (this.#ended !== null) return connection.end(this.#ended.code, this.#ended.why);
    // Its probe would be granted in a term that may be over.
    if (!leading.mayGrant()) return this.#sendElsewhere(connection, null, isGateway);
    const admission = admit(hello, { kernels, numerics: spec.numerics });
    if (admission.type === 'refuse') {
      onChange({ type: 'refused', why: admission.why });
      return connection.end(admission.code, admission.why);
    }
    if (driver.convicted.has(identity)) {
      onChange({ type: 'refused', why: CONVICTED });
      return connection.end('convicted', CONVICTED);
    }
    this.#sit(identity, { connection, guest: null });
    connection.open(isGateway);
    const { engine } = admission;
    const guests = new Map<number, Contributor>();
    const gone = new Set<number>();
    this.#workers.set(connection.id, {
      ...{ connection, hello, identity, isLocal, isGateway, engine, guests, gone, crew: null },
    });
    const welcome: Welcome = {
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      worker: connection.id,
      runId,
      spec: { ...withoutTrust(spec), trust: unchecked(spec) },
      engine: admission.engine,
      blocksPath: BLOCKS_PATH,
      data: manifests,
      ...(leading.patience ?? { heartbeatMs: limits.heartbeatMs, silenceMs: limits.silenceMs }),
      leasesHeldMax: isGateway ? GATEWAY_LEASES_MAX : limits.leasesHeldMax,
      term: leading.term,
      // A thread of this process ends with it.
      addresses: isLocal ? [] : [...leading.addresses(isGateway)],
      ...(credential !== null && { credential }),
    };
    connection.send(outgoing(welcome));
    onChange({ type: 'joined', name: hello.name, agent: hello.agent, workers: this.people });
    // The coordinator's own workers are of one address and yet no kin of a stranger at it.
    const origin = isLocal ? null : networkOf(connection.address);
    driver.joined(connection.id, hello, { identity, origin, belief, isGateway });
  }

  /** Whoever was there before under this identity is told to go. */
  #sit(identity: string, seat: Seat): void {
    const former = this.#seats.get(identity);
    if (former !== undefined) {
      const why = { type: 'joinedAgain' } as const;
      if (former.guest !== null) this.dismiss(former.connection, former.guest, 'replaced', why);
      else {
        former.connection.end('replaced', why);
        this.closed(former.connection, why);
      }
    }
    this.#seats.set(identity, seat);
  }

  #rise(identity: string, { connection, guest }: Seat): void {
    const seat = this.#seats.get(identity);
    if (seat?.connection === connection && seat.guest === guest) this.#seats.delete(identity);
  }

  /* ── Guests of gateways ──────────────────────────────────────────────── */

  /** Somebody whom a gateway has announced, and whose token was looked at. @returns whether it may compute */
  guest(connection: WorkerConnection, who: Contributor, credential: string | null): boolean {
    const gateway = this.#workers.get(connection.id);
    if (gateway === undefined) return false;
    const { guest, identity } = who;
    if (this.#options.driver.convicted.has(identity)) {
      this.#tellDismissed(connection, guest, 'convicted', CONVICTED);
      return false;
    }
    this.#sit(identity, { connection, guest });
    gateway.guests.set(guest, who);
    connection.send(
      outgoing({ type: 'vouched', guest, identity, ...(credential !== null && { credential }) }),
    );
    return true;
  }

  /** It is sent away from its gateway, and told why. */
  dismiss(connection: WorkerConnection, guest: number, code: ByeName, why: DepartureFact): void {
    this.guestGone(connection, guest);
    this.#tellDismissed(connection, guest, code, why);
  }

  #tellDismissed(connection: WorkerConnection, guest: number, code: ByeName, why: DepartureFact): void {
    connection.send(outgoing({ type: 'dismissed', guest, ...farewell(code, why) }));
  }

  guestGone(connection: WorkerConnection, guest: number): void {
    const gateway = this.#workers.get(connection.id);
    const known = gateway?.guests.get(guest);
    if (gateway === undefined || known === undefined || gateway.gone.has(guest)) return;
    gateway.gone.add(guest);
    this.#rise(known.identity, { connection, guest });
    const [longest] = gateway.gone;
    if (gateway.gone.size <= GONE_KEPT || longest === undefined) return;
    gateway.gone.delete(longest);
    gateway.guests.delete(longest);
  }

  /** Whoever is a guest under this identity has given a wrong answer. */
  convicted(identity: string): void {
    const seat = this.#seats.get(identity);
    if (seat?.guest != null) this.dismiss(seat.connection, seat.guest, 'convicted', CONVICTED);
  }

  /** Whose work a gateway's answer is; null where it names somebody whom nobody has vouched for. */
  contributors(worker: number, by: Uint32Array): readonly Contributor[] | null {
    const guests = this.#workers.get(worker)?.guests;
    const those: Contributor[] = [];
    for (const number of by) {
      const guest = guests?.get(number);
      if (guest === undefined) return null;
      those.push(guest);
    }
    return those;
  }

  isGateway(worker: number): boolean {
    return this.#workers.get(worker)?.isGateway === true;
  }

  /** Everybody who is there, behind gateways as well. */
  get people(): number {
    let people = 0;
    for (const { isGateway, crew } of this.#workers.values()) people += isGateway ? (crew?.workers ?? 0) : 1;
    return people;
  }

  message(connection: WorkerConnection, message: Exclude<WorkerSaying, Hello>): void {
    const gateway = this.#workers.get(connection.id);
    if (message.type === 'crew' && gateway !== undefined) gateway.crew = message;
    this.#options.driver.message(connection.id, message);
    if (message.type === 'leave') connection.end('finished', { type: 'leftInOrder' });
  }

  closed(connection: WorkerConnection, why: DepartureFact): void {
    const known = this.#workers.get(connection.id);
    if (known === undefined) return;
    this.#workers.delete(connection.id);
    this.#rise(known.identity, { connection, guest: null });
    for (const { guest, identity } of known.guests.values()) this.#rise(identity, { connection, guest });
    this.#bytesBefore += bytesOn(known);
    this.#options.onChange({ type: 'left', name: known.hello.name, why, workers: this.people });
    this.#options.driver.left(connection.id, why);
  }

  /** The coordinators that may lead are others than before. */
  tellCoordinators(): void {
    const toldTo = (isGateway: boolean): Outgoing =>
      outgoing({ type: 'coordinators', addresses: [...this.#options.leading.addresses(isGateway)] });
    const [toWorkers, toGateways] = [toldTo(false), toldTo(true)];
    for (const { connection, isLocal, isGateway } of this.#workers.values()) {
      if (!isLocal) connection.send(isGateway ? toGateways : toWorkers);
    }
  }

  /** Everyone is sent elsewhere; whoever comes back is let in again. */
  sendElsewhere(leader: string | null): void {
    for (const { connection, isGateway } of [...this.#workers.values()]) {
      this.#sendElsewhere(connection, leader, isGateway);
    }
  }

  #sendElsewhere(connection: WorkerConnection, leader: string | null, isGateway: boolean): void {
    connection.end('standby', { type: 'standsBy', leader }, this.#options.leading.addresses(isGateway));
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
