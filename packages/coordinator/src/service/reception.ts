/** Workers that say hello: who each is by its token, whether it may compute, and what ends with its connection. */
import type { ByeName, DepartureFact, Hello, WorkerSaying } from '@shoal/core';
import { type Access, type Credential, type Identity, LOCAL_ID, may } from '../access/access.ts';
import { Presence } from '../access/presence.ts';
import { Removals } from '../access/removals.ts';
import type { ConnectionHandlers, WorkerConnection } from '../connection/workerConnection.ts';
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
  readonly coordinator: Pick<Coordinator, 'arrived' | 'message' | 'left'>;
  readonly news: NewsStream;
  /** The hello could not be looked at, for a reason that is a bug. */
  readonly onDefect: (error: Error) => void;
};

type Refused = { readonly code: ByeName; readonly why: DepartureFact };

export class Reception implements ConnectionHandlers {
  readonly #options: ReceptionOptions;
  readonly #presence: Presence;
  readonly removals = new Removals(() => performance.now());
  /** Of connections that are held open by a token. */
  readonly #releases = new Map<number, () => void>();
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
    this.#options.coordinator.message(connection, message);
  };

  readonly closed = (connection: WorkerConnection, why: DepartureFact): void => {
    this.#presence.leave(connection.id);
    this.#releases.get(connection.id)?.();
    this.#releases.delete(connection.id);
    this.#options.coordinator.left(connection, why);
  };

  /** The id of the token that is this connection's alone; null where there is none. */
  ownToken(connection: number): string | null {
    return this.#presence.ownToken(connection);
  }

  async #identify(connection: WorkerConnection, hello: Hello): Promise<void> {
    const { access, coordinator } = this.#options;
    const identification = await access.identify(hello.token);
    const credential =
      identification.type === 'known' ? await access.credentialFor(identification.identity) : null;
    if (connection.isOver) return;
    // Whoever was removed comes back with a credential that was revoked, and is told what has happened all the same.
    const isRevoked = identification.type === 'refused' && identification.code === 'revoked';
    if (this.removals.has(hello.identity) && (isRevoked || identification.type === 'known')) {
      return connection.end('removed', { type: 'operatorRemoved' });
    }
    if (identification.type === 'refused') return this.#refuse(connection, identification);
    const { identity } = identification;
    if (!may(identity.role, 'compute')) {
      return this.#refuse(connection, {
        code: 'badToken',
        why: { type: 'roleForbids', role: identity.role, action: 'compute' },
      });
    }
    const full = this.#presence.enter(connection.id, identity, credential?.id ?? null);
    if (full !== null) return this.#refuse(connection, { code: 'tooMany', why: full });
    const release = access.hold(identity, (code, why) => connection.end(code, why), credential?.id ?? null);
    this.#releases.set(connection.id, release);
    coordinator.arrived(connection, { hello, proof: this.#proofOf(hello, identity, credential) });
  }

  /**
   * Whoever comes with a credential is the one that it was minted for, and whoever gets one now is somebody new. The
   * workers of this machine and the operator are taken at their word: nobody else has their tokens.
   */
  #proofOf(hello: Hello, { role, token, via }: Identity, minted: Credential | null): Proof {
    const credential = minted?.token ?? null;
    if (token === LOCAL_ID) {
      const belief = this.#options.locals.beliefIn(hello.identity);
      return { identity: hello.identity, isLocal: true, belief, credential };
    }
    const stranger = { isLocal: false, belief: 'checked', credential } as const;
    if (role === 'operator') return { identity: hello.identity, ...stranger };
    const own = minted?.id ?? (via === null ? null : token);
    if (own === null) throw new Error('A worker that came by a shared link was given no credential.');
    const identity = this.removals.provenBy(own, minted === null ? null : hello.identity);
    return { identity, ...stranger };
  }

  #refuse(connection: WorkerConnection, { code, why }: Refused): void {
    this.#refusals.post({ type: 'workerRefused', why });
    connection.end(code, why);
  }
}
