/** Who listens where in a simulated world. */
import type { Link } from './link.ts';
import type { SimSocket } from './simSocket.ts';

export const COORDINATOR_ADDRESS = 'http://simulated';

export interface Host {
  /** Somebody has connected; null where nobody listens. `from` names them. */
  accept(link: Link, from: string): SimSocket | null;
  /** A block of the data set as it is fetched there; null where it is not to be had at present. */
  block(sha256: string): Uint8Array | null | Promise<Uint8Array | null>;
}

/** By address. */
export type Network = ReadonlyMap<string, Host>;
