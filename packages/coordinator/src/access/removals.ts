/**
 * Who was sent away by the operator and stays away until let in again. In memory, and no longer than the coordinator
 * lives: what it would take to know a person for longer is not kept (`docs/privacy.md`).
 */

/** What whoever was removed is told, when it happens and whenever it comes back. */
export const REMOVED =
  'The operator has ended your part in this run. What you have computed stays in it and counts as yours. To come back, ask the operator to let you in again.';

/** Beyond it whoever was removed first is forgotten, and could come back. */
const REMOVED_MAX = 1_000;

type Removal = { readonly id: number; readonly name: string; readonly at: number };

export class Removals {
  readonly #clock: () => number;
  /** By identity, in order of removal. */
  readonly #removed = new Map<string, Removal>();
  #next = 1;

  /** `clock` is in milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  add(identity: string, name: string): void {
    this.#removed.delete(identity);
    this.#removed.set(identity, { id: this.#next, name, at: this.#clock() });
    this.#next += 1;
    const [first] = this.#removed.keys();
    if (this.#removed.size > REMOVED_MAX && first !== undefined) this.#removed.delete(first);
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
      return removal.name;
    }
    return null;
  }
}
