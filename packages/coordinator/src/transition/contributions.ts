/** What each worker has brought into the run, by identity, so that whoever comes back goes on counting. */

export type Contribution = {
  /** Training samples of answers that counted. */
  readonly samples: number;
  /** Leases answered. */
  readonly leases: number;
};

const NOTHING: Contribution = { samples: 0, leases: 0 };

/** Identities kept; beyond it the one that has brought nothing for the longest time is forgotten. */
export const CONTRIBUTORS_MAX = 16_384;

export class Contributions {
  readonly #byIdentity = new Map<string, Contribution>();
  #samples = 0;

  /** Training samples of all workers, those that have left included. */
  get samples(): number {
    return this.#samples;
  }

  of(identity: string): Contribution {
    return this.#byIdentity.get(identity) ?? NOTHING;
  }

  addSamples(identity: string, samples: number): void {
    this.#samples += samples;
    const { samples: before, leases } = this.of(identity);
    this.#keep(identity, { samples: before + samples, leases });
  }

  addLease(identity: string): void {
    const { samples, leases } = this.of(identity);
    this.#keep(identity, { samples, leases: leases + 1 });
  }

  #keep(identity: string, contribution: Contribution): void {
    // The map's order is that of the last contribution.
    this.#byIdentity.delete(identity);
    this.#byIdentity.set(identity, contribution);
    if (this.#byIdentity.size <= CONTRIBUTORS_MAX) return;
    for (const oldest of this.#byIdentity.keys()) {
      this.#byIdentity.delete(oldest);
      return;
    }
  }
}
