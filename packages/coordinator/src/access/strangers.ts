/**
 * WebSockets that have shown no token yet. They have places of their own, so that however many come, whoever has a token
 * finds one: an address has few of them, and when all are taken the one that has been silent for longest gives way.
 */
import type { AccessLimits } from '../limits/limits.ts';

type Stranger = { readonly address: string; readonly giveWay: () => void };

/** To be called once: it has shown a token, or is gone. */
export type Leave = () => void;

export class Strangers {
  readonly #limits: Pick<AccessLimits, 'strangersMax' | 'addressStrangersMax'>;
  /** The oldest first. */
  readonly #present = new Set<Stranger>();
  readonly #byAddress = new Map<string, number>();

  constructor(limits: Pick<AccessLimits, 'strangersMax' | 'addressStrangersMax'>) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#present.size;
  }

  /** `giveWay` ends the connection. @returns null when its address has as many as it may */
  arrive(address: string, giveWay: () => void): Leave | null {
    const open = this.#byAddress.get(address) ?? 0;
    if (open >= this.#limits.addressStrangersMax) return null;
    if (this.#present.size >= this.#limits.strangersMax) {
      const [oldest] = this.#present;
      if (oldest !== undefined) {
        this.#leave(oldest);
        oldest.giveWay();
      }
    }
    const stranger = { address, giveWay };
    this.#present.add(stranger);
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    return () => this.#leave(stranger);
  }

  #leave(stranger: Stranger): void {
    if (!this.#present.delete(stranger)) return;
    const left = (this.#byAddress.get(stranger.address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(stranger.address, left);
    else this.#byAddress.delete(stranger.address);
  }
}
