/**
 * Counts by address: open sockets, open WebSockets, joins and wrong tokens of the present window. In memory only, with a
 * bound on how many addresses are known.
 */
import { isIP } from 'node:net';
import type { AccessLimits } from '../limits/limits.ts';
import { plainAddress } from './trustedProxies.ts';

type Entry = { sockets: number; connections: number; joins: number; failures: number; windowFrom: number };

/** The limit that was reached, by its name. */
export type Refused =
  | 'addressSocketsMax'
  | 'addressConnectionsMax'
  | 'addressJoinsMax'
  | 'addressFailuresMax';

export class AddressLimits {
  readonly #limits: AccessLimits;
  readonly #clock: () => number;
  /** The longest idle address first. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: { readonly limits: AccessLimits; readonly clock: () => number }) {
    this.#limits = options.limits;
    this.#clock = options.clock;
  }

  /** CoordinatorAddresses that are remembered now. */
  get size(): number {
    return this.#entries.size;
  }

  /** A TCP connection; null when it may stay. What is taken is given back with `closeSocket`. */
  openSocket(key: string): Refused | null {
    const entry = this.#entry(key);
    if (entry.sockets >= this.#limits.addressSocketsMax) return 'addressSocketsMax';
    entry.sockets += 1;
    return null;
  }

  closeSocket(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.sockets -= 1;
  }

  /** One more attempt to open a WebSocket. */
  attempt(key: string): Refused | null {
    const entry = this.#entry(key);
    entry.joins += 1;
    return entry.joins > this.#limits.addressJoinsMax ? 'addressJoinsMax' : null;
  }

  /** A WebSocket is open; what is taken is given back with `closeConnection`. */
  openConnection(key: string): Refused | null {
    const entry = this.#entry(key);
    if (entry.connections >= this.#limits.addressConnectionsMax) return 'addressConnectionsMax';
    entry.connections += 1;
    return null;
  }

  closeConnection(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.connections -= 1;
  }

  failed(key: string): void {
    this.#entry(key).failures += 1;
  }

  /** Whether a token from there is looked at: a right one is told apart from a wrong one only so often. */
  mayTry(key: string): Refused | null {
    return this.#entry(key).failures >= this.#limits.addressFailuresMax ? 'addressFailuresMax' : null;
  }

  /** Forgets whoever has nothing open and whose window is over. */
  forgetIdle(): void {
    const now = this.#clock();
    for (const [key, { sockets, connections, windowFrom }] of this.#entries) {
      const isOver = now - windowFrom >= this.#limits.attemptsWindowMs;
      if (isOver && sockets === 0 && connections === 0) this.#entries.delete(key);
    }
  }

  #entry(key: string): Entry {
    const now = this.#clock();
    const known = this.#entries.get(key);
    const entry = known ?? { sockets: 0, connections: 0, joins: 0, failures: 0, windowFrom: now };
    if (now - entry.windowFrom >= this.#limits.attemptsWindowMs) {
      entry.joins = 0;
      entry.failures = 0;
      entry.windowFrom = now;
    }
    // To the end of the line.
    this.#entries.delete(key);
    if (known === undefined) this.#makeRoom();
    this.#entries.set(key, entry);
    return entry;
  }

  /** CoordinatorAddresses with something open are kept; there are never more of those than `socketsMax`. */
  #makeRoom(): void {
    if (this.#entries.size < this.#limits.addressesMax) return;
    for (const [key, { sockets, connections }] of this.#entries) {
      if (sockets > 0 || connections > 0) continue;
      this.#entries.delete(key);
      return;
    }
  }
}

/**
 * The name under which an address is counted: an IPv4 address itself, an IPv6 address with its /64, which is what one
 * subscriber has. It stays in memory.
 */
export function addressKey(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  return `${firstGroups(plain).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address without leading zeros, `::` written out. */
function firstGroups(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  // A dotted end stands for two groups; the first four never reach it.
  const zeros = Math.max(0, 8 - left.length - right.length - (address.includes('.') ? 1 : 0));
  return [...left, ...Array<string>(zeros).fill('0'), ...right].map((group) => group.replace(/^0+(?=.)/, ''));
}
