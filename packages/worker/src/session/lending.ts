/**
 * A gateway's part of a session: leases are not computed here but handed on, and whoever hands them on is told what comes
 * from the coordinator.
 */
import type { FactOf, LeaseMessage, Welcome } from '@shoal/core';
import type { Relayed, SessionEffect } from './events.ts';

export class Lending {
  readonly #emit: (effect: SessionEffect) => void;
  /** Leases that were handed on and are not over. */
  readonly #lent = new Set<number>();
  /** Somebody has been told of a run to hand them on for. */
  #isOpen = false;

  constructor(emit: (effect: SessionEffect) => void) {
    this.#emit = emit;
  }

  get held(): number {
    return this.#lent.size;
  }

  has(lease: number): boolean {
    return this.#lent.has(lease);
  }

  joined(welcome: Welcome): void {
    this.#isOpen = true;
    this.tell({ type: 'joined', welcome });
  }

  lend(message: LeaseMessage): void {
    this.#lent.add(message.lease);
    this.tell({ type: 'lent', message });
  }

  /** Its last answer is on the way. */
  over(lease: number): void {
    this.#lent.delete(lease);
  }

  /** @returns whether it was handed on and is not over */
  recall(lease: number): boolean {
    if (!this.#lent.delete(lease)) return false;
    this.tell({ type: 'recalled', lease });
    return true;
  }

  /** The connection is lost, and with it what was granted over it. */
  abandon(bye: FactOf<'coordinatorSaid'> | null): void {
    this.#lent.clear();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.tell({ type: 'lost', bye });
  }

  tell(what: Relayed): void {
    this.#emit({ type: 'relayed', what });
  }
}
