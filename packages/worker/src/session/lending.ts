/** Leases of a gateway: they are not computed here but handed on, and whoever they go to is told what the coordinator says. */
import { type FactOf, type LeaseMessage, unreachable } from '@shoal/core';
import type { Relayed, WorkEvent } from './events.ts';
import type { HolderFactory, JoinedRun, LeaseHolder, SessionControl, WorkMessage } from './leaseHolder.ts';

/** No part of the page to join, which does not know it. */
export const lending: HolderFactory = (control) => new Lending(control);

class Lending implements LeaseHolder {
  readonly #control: SessionControl;
  /** Leases that were handed on and are not over. */
  readonly #lent = new Set<number>();
  /** Somebody has been told of a run to hand them on for. */
  #isOpen = false;

  constructor(control: SessionControl) {
    this.#control = control;
  }

  get held(): number {
    return this.#lent.size;
  }

  has(lease: number): boolean {
    return this.#lent.has(lease);
  }

  /** It has no slots. */
  prepare(): void {}

  joined({ welcome }: JoinedRun): void {
    this.#isOpen = true;
    this.#relay({ type: 'joined', welcome });
  }

  take(message: LeaseMessage): void {
    this.#lent.add(message.lease);
    this.#relay({ type: 'lent', message });
  }

  hear(message: WorkMessage): void {
    switch (message.type) {
      case 'parameters':
        return this.#relay({ type: 'parameters', message });
      case 'revoke':
        return this.#recall(message.lease);
      case 'counted':
        return this.#relay({ type: 'counted' });
      case 'coordinators':
        return this.#relay({ type: 'coordinators', addresses: message.addresses });
      case 'vouched':
      case 'dismissed':
        return this.#relay({ type: 'told', message });
      default:
        return unreachable(message);
    }
  }

  #recall(lease: number): void {
    if (!this.#lent.delete(lease)) return;
    this.#relay({ type: 'recalled', lease });
    this.#control.failed(lease, 'revoked', 'Stopped, as told.');
  }

  /** Beside what it is to say, nothing happens to whoever has neither slots nor samples. */
  handle(event: WorkEvent): void {
    if (event.type !== 'say' || !this.#isOpen) return;
    if (event.ends !== null) this.#lent.delete(event.ends);
    this.#control.emit({ type: 'send', message: event.message });
  }

  abandon(bye: FactOf<'coordinatorSaid'> | null): void {
    this.#lent.clear();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#relay({ type: 'lost', bye });
  }

  #relay(what: Relayed): void {
    this.#control.emit({ type: 'relayed', what });
  }
}
