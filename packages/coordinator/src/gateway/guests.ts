/**
 * Who is there below a gateway, as the coordinator is told: everybody by a number of the gateway's own, whether they have
 * joined it or a gateway below it. The coordinator says of each whether it may compute.
 */
import type { Dismissed, GuestHello, Hello, Vouched, WorkerSaying } from '@shoal/core';
import type { WorkerConnection } from '../connection/workerConnection.ts';
import type { Contributor } from '../transition/model/events.ts';

/** What the coordinator is told of somebody. */
type Announcement = Omit<GuestHello, 'type' | 'guest'>;

type Guest = {
  readonly connection: WorkerConnection;
  /** The number that a gateway below has for it; null for whoever has joined here. */
  readonly theirs: number | null;
  /** With the credential once it has one, so that it is known by it. */
  announcement: Announcement;
  /** Whoever has joined here waits for the answer, until it has one. */
  readonly hello: Hello | null;
  identity: string | null;
  /** It has been announced on this connection and not been answered. */
  isAsked: boolean;
};

export type GuestsOptions = {
  readonly say: (message: WorkerSaying) => void;
  /** The coordinator has vouched for somebody who has joined here, for the first time. */
  readonly welcome: (connection: WorkerConnection, hello: Hello, vouched: Vouched) => void;
  /** It may not, or no longer. */
  readonly dismiss: (connection: WorkerConnection, dismissed: Dismissed) => void;
  /** The same said to the gateway below that it has joined. */
  readonly pass: (connection: WorkerConnection, message: Vouched | Dismissed) => void;
};

export class Guests {
  readonly #options: GuestsOptions;
  readonly #guests = new Map<number, Guest>();
  /** By connection, and the number of a gateway below; -1 for the connection itself. */
  readonly #numbers = new Map<number, Map<number, number>>();
  #next = 1;

  constructor(options: GuestsOptions) {
    this.#options = options;
  }

  /** Somebody was announced who has not been answered: what they compute could not be put down to anybody yet. */
  get isWaiting(): boolean {
    for (const { isAsked } of this.#guests.values()) if (isAsked) return true;
    return false;
  }

  /** Somebody has said hello here. */
  arrived(connection: WorkerConnection, hello: Hello): void {
    const { token, identity, name, gateway: isGateway = false } = hello;
    const address = connection.address.replace(/^::ffff:/, '').slice(0, 64);
    const announcement = { token, identity, name, isGateway, address };
    this.#add({ connection, theirs: null, announcement, hello, identity: null, isAsked: true });
  }

  /** A gateway below has announced somebody. */
  announced(connection: WorkerConnection, { type: _, guest: theirs, ...announcement }: GuestHello): void {
    if (this.numberOf(connection.id, theirs) !== null) return;
    this.#add({ connection, theirs, announcement, hello: null, identity: null, isAsked: true });
  }

  #add(guest: Guest): void {
    const number = this.#next;
    this.#next += 1;
    this.#guests.set(number, guest);
    const { connection, theirs } = guest;
    const numbers = this.#numbers.get(connection.id) ?? new Map<number, number>();
    this.#numbers.set(connection.id, numbers);
    numbers.set(theirs ?? HERE, number);
    this.#announce(number, guest);
  }

  #announce(number: number, guest: Guest): void {
    guest.isAsked = true;
    this.#options.say({ type: 'guest', guest: number, ...guest.announcement });
  }

  /** The connection above is another one, on which nobody has been announced. */
  announceAll(): void {
    for (const [number, guest] of this.#guests) this.#announce(number, guest);
  }

  told(message: Vouched | Dismissed): void {
    const guest = this.#guests.get(message.guest);
    if (guest === undefined) return;
    const isFirst = guest.identity === null;
    guest.isAsked = false;
    const { connection, theirs, hello } = guest;
    if (message.type === 'dismissed') this.#forget(message.guest);
    else {
      guest.identity = message.identity;
      const { credential } = message;
      if (credential !== undefined) guest.announcement = { ...guest.announcement, token: credential };
    }
    if (theirs !== null) return this.#options.pass(connection, { ...message, guest: theirs });
    if (message.type === 'dismissed') return this.#options.dismiss(connection, message);
    if (hello !== null && isFirst) this.#options.welcome(connection, hello, message);
  }

  /** A gateway below says that somebody is gone. */
  gone(connection: WorkerConnection, theirs: number): void {
    const number = this.#numbers.get(connection.id)?.get(theirs);
    if (number !== undefined) this.#leave(number);
  }

  /** The connection is closed, and with it everybody on it is gone. */
  closed(connection: WorkerConnection): void {
    for (const number of this.#numbers.get(connection.id)?.values() ?? []) this.#leave(number);
    this.#numbers.delete(connection.id);
  }

  #leave(number: number): void {
    if (!this.#guests.has(number)) return;
    this.#forget(number);
    this.#options.say({ type: 'guestGone', guest: number });
  }

  /** What it has computed may still be on its way, so that its number stays. */
  #forget(number: number): void {
    this.#guests.delete(number);
  }

  /** The number of whoever has joined here; of theirs, of somebody below a gateway. Null where nobody is known by it. */
  numberOf(connection: number, theirs: number | null): number | null {
    return this.#numbers.get(connection)?.get(theirs ?? HERE) ?? null;
  }

  /** Who shows this token is here and was vouched for. */
  isKnown(token: string): boolean {
    for (const { announcement, hello, identity } of this.#guests.values()) {
      if (identity !== null && (announcement.token === token || hello?.token === token)) return true;
    }
    return false;
  }
}

const HERE = -1;

/** As the transition has them: only the number matters, since the coordinator knows the rest. */
export const contributor = (guest: number): Contributor => ({ guest, identity: '', name: '', origin: null });
