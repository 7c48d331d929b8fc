/**
 * How much a worker's line carries each way, from what goes over it anyway. Up: a frame of several pieces takes from its
 * first piece to its last what the line takes for those after the first. Down: a ping right behind a large frame is
 * answered one round trip after the frame has arrived. Nothing but what people are shown depends on it.
 */
import { randomBytes } from 'node:crypto';

/** Smaller ones say more about the machines at both ends than about the line between them. */
export const MEASURED_BYTES_MIN = 8_192;
/** What passes within less was waiting in a buffer. */
const MEASURED_MS_MIN = 1;
/** The middle one of so many counts: a pause of either machine spoils one. */
const KEPT = 5;
/** Frames that are followed by a ping lie at least so far apart. */
const DOWN_EVERY_MS = 1_000;

export class LineMeter {
  readonly #up: number[] = [];
  readonly #down: number[] = [];
  /** When the first piece of the message that is arriving came, how much that was, and how much has come since. */
  #arriving: { readonly at: number; readonly first: number; all: number } | null = null;
  #rttMinMs = Number.POSITIVE_INFINITY;
  #sent: { readonly at: number; readonly bytes: number; readonly nonce: Buffer } | null = null;

  /** A piece of a message has come; `now` in milliseconds. */
  piece(bytes: number, now: number): void {
    if (this.#arriving === null) this.#arriving = { at: now, first: bytes, all: bytes };
    else this.#arriving.all += bytes;
  }

  /** The message is whole. */
  whole(now: number): void {
    const arrived = this.#arriving;
    this.#arriving = null;
    if (arrived === null) return;
    keep(this.#up, arrived.all - arrived.first, now - arrived.at);
  }

  /**
   * So many bytes are on their way, others that were waiting before them included.
   * @returns what a ping right behind them is to say; null where none is wanted
   */
  sent(bytes: number, now: number): Buffer | null {
    if (bytes < MEASURED_BYTES_MIN) return null;
    if (this.#sent !== null && now - this.#sent.at < DOWN_EVERY_MS) return null;
    // Not to be guessed, so that nobody seems to have a better line by answering early.
    this.#sent = { at: now, bytes, nonce: randomBytes(NONCE_BYTES) };
    return this.#sent.nonce;
  }

  /** A pong has come; `rttMs` is what one took lately by itself, null while nobody knows. */
  answered(nonce: Uint8Array, now: number, rttMs: number | null): void {
    if (this.#sent === null || rttMs === null || !this.#sent.nonce.equals(nonce)) return;
    const ms = now - this.#sent.at;
    this.#rttMinMs = Math.min(this.#rttMinMs, rttMs);
    // Where the only one so far waited behind something large itself, it says too much.
    keep(this.#down, this.#sent.bytes, Math.max(ms - this.#rttMinMs, ms / 2));
  }

  /** From the worker; null while nothing is known. */
  get upBitsPerSecond(): number | null {
    return median(this.#up);
  }

  /** To the worker. */
  get downBitsPerSecond(): number | null {
    return median(this.#down);
  }
}

const NONCE_BYTES = 8;

function keep(rates: number[], bytes: number, ms: number): void {
  if (bytes < MEASURED_BYTES_MIN) return;
  rates.push((8 * bytes * 1000) / Math.max(ms, MEASURED_MS_MIN));
  if (rates.length > KEPT) rates.shift();
}

function median(rates: readonly number[]): number | null {
  return [...rates].sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? null;
}
