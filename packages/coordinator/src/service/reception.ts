/** Workers that say hello: who each is by its token, whether it may compute, and what ends with its connection. */
import type { ByeName, DepartureFact, GuestHello, Hello, WorkerSaying } from '@shoal/core';
import { type Access, type Credential, type Identity, LOCAL_ID, may } from '../access/access.ts';
import { type Place, Presence } from '../access/presence.ts';
import { Removals } from '../access/removals.ts';
import {
  type ConnectionHandlers,
  farewell,
  outgoing,
  type WorkerConnection,
} from '../connection/workerConnection.ts';
import type { AccessLimits } from '../limits/limits.ts';
import type { NewsStream } from '../news/news.ts';
import { RepeatGuard } from '../news/repeatGuard.ts';
import type { Proof } from '../run/admission/workerRegistry.ts';
import type { LocalWorkers } from '../run/local/localWorkers.ts';
import type { Coordinator } from './coordinator.ts';

export type ReceptionOptions = {
  readonly access: Access;
  readonly limits: AccessLimits;
  /** What is thought of the workers of this machine. */
  readonly locals: Pick<LocalWorkers, 'beliefIn'>;
  /** Takes in whoever may compute. */
  readonly coordinator: Pick<
    Coordinator,
    'arrived' | 'message' | 'left' | 'isGateway' | 'guest' | 'guestGone'
  >;
  readonly news: NewsStream;
  /** The hello could not be looked at, for a reason that is a bug. */
  readonly onDefect: (error: Error) => void;
};

/** What is looked at of a hello, whether it came here or to a gateway. */
type Announced = Pick<Hello, 'token' | 'identity'> & { readonly isGateway: boolean };

type Looked = { readonly identity: Identity; readonly credential: Credential | null };

type End = (code: ByeName, why: DepartureFact) => void;

type Refused = { readonly code: ByeName; readonly why: DepartureFact };

export class Reception implements ConnectionHandlers {
  readonly #options: ReceptionOptions;
  readonly #presence: Presence;
  readonly removals = new Removals(() => performance.now());
  /** Of connections that are held open by a token. */
  readonly #releases = new Map<Place, () => void>();
  /** Of gateways, the guests that were announced and are not gone. */
  readonly #guests = new Map<number, Set<number>>();
  /** Strangers can cause a refusal as often as they like, so that it is told once in a while only. */
  readonly #refusals: RepeatGuard;

  constructor(options: ReceptionOptions) {
    this.#options = options;
    this.#presence = new Presence(options.limits);
    this.#refusals = new RepeatGuard({
      clock: () => performance.now(),
      tell: (facts) => options.news.publish({ type: 'decision', level: 'warn', kind: 'worker', facts }),
    });
  }

  readonly hello = (connection: WorkerConnection, hello: Hello): void => {
    this.#identify(connection, hello).catch((error: Error) => {
      this.#options.onDefect(error);
      connection.end('shutdown', { type: 'helloNotRead' });
    });
  };

  readonly message = (connection: WorkerConnection, message: Exclude<WorkerSaying, Hello>): void => {
    const { coordinator } = this.#options;
    if (coordinator.isGateway(connection)) {
      if (message.type === 'guest') return this.#announced(connection, message);
      if (message.type === 'guestGone') return this.#gone(connection, message.guest);
    }
    coordinator.message(connection, message);
  };

  readonly closed = (connection: WorkerConnection, why: DepartureFact): void => {
    this.#leave(connection.id);
    for (const guest of this.#guests.get(connection.id) ?? []) this.#leave(placeOf(connection, guest));
    this.#guests.delete(connection.id);
    this.#options.coordinator.left(connection, why);
  };

  #leave(place: Place): void {
    this.#presence.leave(place);
    this.#releases.get(place)?.();
    this.#releases.delete(place);
  }

  /** The id of the token that is this connection's alone; null where there is none. */
  ownToken(connection: number): string | null {
    return this.#presence.ownToken(connection);
  }

  async #identify(connection: WorkerConnection, hello: Hello): Promise<void> {
    const { coordinator } = this.#options;
    const looked = await this.#lookAt({ ...hello, isGateway: hello.gateway === true });
    if (connection.isOver) return;
    const end: End = (code, why) => connection.end(code, why);
    const proof = this.#letIn(connection.id, hello, looked, end);
    if ('code' in proof) return this.#refuse(connection, proof);
    coordinator.arrived(connection, { hello, proof });
  }

  /** Who shows this token, and what they are given to come back with; or why it opens nothing. */
  async #lookAt(hello: Announced): Promise<Looked | Refused> {
    const { access } = this.#options;
    const identification = await access.identify(hello.token);
    // Whoever was removed comes back with a credential that was revoked, and is told what has happened all the same.
    const isRevoked = identification.type === 'refused' && identification.code === 'revoked';
    if (this.removals.has(hello.identity) && (isRevoked || identification.type === 'known')) {
      return { code: 'removed', why: { type: 'operatorRemoved' } };
    }
    if (identification.type === 'refused') return identification;
    const { identity } = identification;
    if (!may(identity.role, 'compute')) {
      return { code: 'badToken', why: { type: 'roleForbids', role: identity.role, action: 'compute' } };
    }
    if ((identity.role === 'gateway') !== hello.isGateway) {
      const why = hello.isGateway ? 'linkNotForGateways' : 'linkForGateways';
      return { code: 'badToken', why: { type: why } };
    }
    return { identity, credential: await access.credentialFor(identity) };
  }

  /** It has a place from now on, until `leave`, as far as its token has one left. */
  #letIn(place: Place, hello: Pick<Hello, 'identity'>, looked: Looked | Refused, end: End): Proof | Refused {
    if ('code' in looked) return looked;
    const { identity, credential } = looked;
    const full = this.#presence.enter(place, identity, credential?.id ?? null);
    if (full !== null) return { code: 'tooMany', why: full };
    this.#releases.set(place, this.#options.access.hold(identity, end, credential?.id ?? null));
    return this.#proofOf(hello, identity, credential);
  }

  /* ── Guests of gateways ──────────────────────────────────────────────── */

  #announced(connection: WorkerConnection, hello: GuestHello): void {
    const { gatewayGuestsMax } = this.#options.limits;
    const guests = this.#guests.get(connection.id) ?? new Set();
    this.#guests.set(connection.id, guests);
    const { guest } = hello;
    if (guests.has(guest)) {
      const detail = `Guest ${guest} is announced already.`;
      return connection.end('badMessage', { type: 'messageMalformed', detail });
    }
    if (guests.size >= gatewayGuestsMax) {
      const detail = `A gateway announces at most ${gatewayGuestsMax} guests (gatewayGuestsMax).`;
      const why = { type: 'limitReached', limit: 'gatewayGuestsMax', detail } as const;
      return this.#refuseGuest(connection, guest, { code: 'tooMany', why });
    }
    guests.add(guest);
    this.#identifyGuest(connection, hello, guests).catch((error: Error) => {
      this.#options.onDefect(error);
      this.#refuseGuest(connection, guest, { code: 'shutdown', why: { type: 'helloNotRead' } });
    });
  }

  async #identifyGuest(
    connection: WorkerConnection,
    hello: GuestHello,
    guests: ReadonlySet<number>,
  ): Promise<void> {
    const { coordinator } = this.#options;
    const { guest, name, address } = hello;
    const looked = await this.#lookAt(hello);
    // It may be gone by now, and so may its gateway.
    if (connection.isOver || !guests.has(guest)) return;
    const place = placeOf(connection, guest);
    const proof = this.#letIn(place, hello, looked, (code, why) => {
      this.#gone(connection, guest);
      this.#tellDismissed(connection, guest, { code, why });
    });
    if ('code' in proof) return this.#refuseGuest(connection, guest, proof);
    const { identity, credential } = proof;
    const origin = address === '' ? null : address;
    const isIn = coordinator.guest(connection, { guest, identity, name, origin }, credential);
    if (!isIn) this.#gone(connection, guest);
  }

  #gone(connection: WorkerConnection, guest: number): void {
    if (this.#guests.get(connection.id)?.delete(guest) !== true) return;
    this.#leave(placeOf(connection, guest));
    this.#options.coordinator.guestGone(connection, guest);
  }

  #refuseGuest(connection: WorkerConnection, guest: number, refused: Refused): void {
    this.#gone(connection, guest);
    this.#refusals.post({ type: 'workerRefused', why: refused.why });
    this.#tellDismissed(connection, guest, refused);
  }

  #tellDismissed(connection: WorkerConnection, guest: number, { code, why }: Refused): void {
    connection.send(outgoing({ type: 'dismissed', guest, ...farewell(code, why) }));
  }

  /**
   * Whoever comes with a credential is the one that it was minted for, and whoever gets one now is somebody new. The
   * workers of this machine and the operator are taken at their word: nobody else has their tokens.
   */
  #proofOf(hello: Pick<Hello, 'identity'>, { role, token, via }: Identity, minted: Credential | null): Proof {
    const credential = minted?.token ?? null;
    const isGateway = role === 'gateway';
    if (token === LOCAL_ID) {
      const belief = this.#options.locals.beliefIn(hello.identity);
      return { identity: hello.identity, isLocal: true, isGateway, belief, credential };
    }
    const stranger = { isLocal: false, isGateway, belief: 'checked', credential } as const;
    if (role === 'operator') return { identity: hello.identity, ...stranger };
    const own = minted?.id ?? (via === null ? null : token);
    if (own === null) throw new Error('A worker that came by a shared link was given no credential.');
    const identity = this.removals.provenBy(own, minted === null ? null : hello.identity);
    return { identity, ...stranger };
  }

  #refuse(connection: WorkerConnection, { code, why }: Refused): void {
    if (code === 'removed') return connection.end(code, why);
    this.#refusals.post({ type: 'workerRefused', why });
    connection.end(code, why);
  }
}

const placeOf = ({ id }: WorkerConnection, guest: number): Place => `${id} ${guest}`;
