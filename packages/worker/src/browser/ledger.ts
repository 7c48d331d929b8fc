/** What has come to this computer and what has left it, in bytes, by what it was. */
import { type CoordinatorSaying, unreachable, type WorkerSaying } from '@shoal/core';

export type LedgerView = {
  readonly sent: {
    readonly gradients: number;
    /** Losses and counts, where no gradient is asked for. */
    readonly counts: number;
    /** Name, browser, number of threads, join token. */
    readonly greeting: number;
    /** Signs of life and acknowledgements. */
    readonly other: number;
  };
  readonly received: {
    readonly parameters: number;
    /** Work to do, with samples as long as the data set is not here. */
    readonly leases: number;
    readonly blocks: number;
    /** The curve and the figures on the page. */
    readonly news: number;
    readonly other: number;
  };
  /** Bytes that would have come and gone besides, had every vector travelled in float32. */
  readonly saved: number;
};

type Side<T> = { -readonly [K in keyof T]: T[K] };

export class Ledger {
  readonly #sent: Side<LedgerView['sent']> = { gradients: 0, counts: 0, greeting: 0, other: 0 };
  readonly #received: Side<LedgerView['received']> = {
    parameters: 0,
    leases: 0,
    blocks: 0,
    news: 0,
    other: 0,
  };

  #saved = 0;
  /** Bytes of a vector of the run in float32; null while none is known. */
  vectorBytes: number | null = null;

  get view(): LedgerView {
    return { sent: { ...this.#sent }, received: { ...this.#received }, saved: this.#saved };
  }

  sent(message: WorkerSaying, bytes: number): void {
    this.#sent[kindSent(message)] += bytes;
    if (message.type === 'partial') this.#vector(message.vector);
  }

  received(message: CoordinatorSaying, bytes: number): void {
    this.#received[kindReceived(message)] += bytes;
    if (message.type === 'parameters') this.#vector(message.vector);
  }

  /** Several changes in one message are longer than one and still shorter than the whole. */
  #vector(vector: Uint8Array | null): void {
    if (vector !== null && this.vectorBytes !== null) {
      this.#saved += Math.max(0, this.vectorBytes - vector.length);
    }
  }

  /** A data block that came over the network, not from the browser's cache. */
  block(bytes: number): void {
    this.#received.blocks += bytes;
  }
}

function kindSent(message: WorkerSaying): keyof LedgerView['sent'] {
  switch (message.type) {
    case 'partial':
      return message.vector === null ? 'counts' : 'gradients';
    case 'hello':
      return 'greeting';
    case 'ready':
    case 'progress':
    case 'failed':
    case 'pong':
    case 'leave':
    case 'follow':
    case 'crew':
    case 'guest':
    case 'guestGone':
      return 'other';
    default:
      return unreachable(message);
  }
}

function kindReceived(message: CoordinatorSaying): keyof LedgerView['received'] {
  switch (message.type) {
    case 'parameters':
      return 'parameters';
    case 'lease':
      return 'leases';
    case 'standing':
      return 'news';
    case 'welcome':
    case 'revoke':
    case 'counted':
    case 'coordinators':
    case 'ping':
    case 'bye':
    case 'vouched':
    case 'dismissed':
      return 'other';
    default:
      return unreachable(message);
  }
}
