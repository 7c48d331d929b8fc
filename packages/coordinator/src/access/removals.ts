/**
 * Who was sent away by the operator and stays away until let in again. In memory, and no longer than the coordinator
 * lives: what it would take to know a person for longer is not kept (`docs/privacy.md`).
 */

/** Beyond it whoever was removed first is forgotten, and could come back. */
const REMOVED_MAX = 1_000;

type Removal = {
  readonly id: number;
  readonly name: string;
  readonly at: number;
  /** What its standing and its credit belong to. */
  readonly proven: string;
};

export class Removals {
  readonly #clock: () => number;
  /** By what they call themselves, in order of removal. */
  readonly #removed = new Map<string, Removal>();
  /** Who was let in again and has not come yet: what it proved before, by what it calls itself. */
  readonly #pardoned = new Map<string, string>();
  /** What they proved before, by the credential that they were given since. */
  readonly #former = new Map<string, string>();
  #next = 1;

  /** `clock` is in milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** `identity` is what it calls itself, `proven` what it has proved to be. */
  add(identity: string, proven: string, name: string): void {
    this.#removed.delete(identity);
    this.#removed.set(identity, { id: this.#next, name, at: this.#clock(), proven });
    this.#next += 1;
    bound(this.#removed);
  }

  has(identity: string): boolean {
    return this.#removed.has(identity);
  }

  /** The latest first. An identity is not told: it is what its owner comes back with. */
  get list(): { readonly id: number; readonly name: string; readonly removedSecondsAgo: number }[] {
    const now = this.#clock();
    return [...this.#removed.values()]
      .map(({ id, name, at }) => ({ id, name, removedSecondsAgo: (now - at) / 1_000 }))
      .reverse();
  }

  /** @returns the name of who may come back; null when nobody of this number was removed */
  forgive(id: number): string | null {
    for (const [identity, removal] of this.#removed) {
      if (removal.id !== id) continue;
      this.#removed.delete(identity);
      this.#pardoned.set(identity, removal.proven);
      bound(this.#pardoned);
      return removal.name;
    }
    return null;
  }

  /**
   * What a credential proves: itself, or for somebody who was let in again what it had proved before, since the one that
   * it had then is revoked.
   * @param newcomer what its bearer calls itself, if the credential is being given to it now
   */
  provenBy(credential: string, newcomer: string | null): string {
    const before = newcomer === null ? undefined : this.#pardoned.get(newcomer);
    if (newcomer !== null && before !== undefined) {
      this.#pardoned.delete(newcomer);
      this.#former.set(credential, before);
      bound(this.#former);
    }
    return this.#former.get(credential) ?? credential;
  }
}

/** The first to come is the first to be forgotten. */
function bound(map: Map<string, unknown>): void {
  const [first] = map.keys();
  if (map.size > REMOVED_MAX && first !== undefined) map.delete(first);
}
