/**
 * One simulated connection. Each direction is ordered and delivers whole frames after latency and transfer time; a
 * break loses whatever is not delivered yet (a frame cut at any byte is a frame that never came), and each side may
 * learn of it much later than the other.
 */
import type { World } from './world.ts';

export type Endpoint = {
  readonly frame: (bytes: Uint8Array) => void;
  readonly closed: (code: number, reason: string) => void;
};

export type LinkQuality = { latencyMs: number; bytesPerMs: number };

type Side = 'worker' | 'coordinator';

/** Close code of a connection that ended without a closing handshake (RFC 6455, 7.1.5). */
const ABNORMAL = 1006;

export class Link {
  readonly #world: World;
  readonly #ends: Readonly<Record<Side, Endpoint>>;
  readonly quality: LinkQuality;
  readonly #freeAt: Record<Side, number> = { worker: 0, coordinator: 0 };
  /** When the last frame of each side arrives: nothing overtakes it, even when the line has become faster since. */
  readonly #lastArrival: Record<Side, number> = { worker: 0, coordinator: 0 };
  readonly #inFlight: Record<Side, number> = { worker: 0, coordinator: 0 };
  readonly #told: Record<Side, boolean> = { worker: false, coordinator: false };
  /** What has arrived at a side that reads nothing for now; null where it reads. */
  readonly #held: Record<Side, (() => void)[] | null> = { worker: null, coordinator: null };
  #broken = false;

  constructor(world: World, quality: LinkQuality, ends: Readonly<Record<Side, Endpoint>>) {
    this.#world = world;
    this.quality = quality;
    this.#ends = ends;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  /** Bytes sent by a side and not delivered yet. */
  bufferedBy(side: Side): number {
    return this.#inFlight[side];
  }

  send(from: Side, frame: Uint8Array): void {
    if (this.#broken) return;
    const bytes = frame.slice();
    this.#inFlight[from] += bytes.length;
    this.#deliver(from, bytes.length, () => {
      this.#inFlight[from] -= bytes.length;
      const to = other(from);
      if (!this.#told[to]) this.#ends[to].frame(bytes);
    });
  }

  #deliver(from: Side, bytes: number, arrive: () => void): void {
    const { latencyMs, bytesPerMs } = this.quality;
    const begins = Math.max(this.#world.now, this.#freeAt[from]);
    this.#freeAt[from] = begins + bytes / bytesPerMs;
    this.#lastArrival[from] = Math.max(this.#lastArrival[from], this.#freeAt[from] + latencyMs);
    this.#world.after(this.#lastArrival[from] - this.#world.now, () => {
      if (!this.#broken) this.#reach(other(from), arrive);
    });
  }

  /** What has come to a side that reads nothing lies there, and is read when it goes on, whatever became of the line. */
  #reach(side: Side, arrive: () => void): void {
    const held = this.#held[side];
    if (held !== null) held.push(arrive);
    else arrive();
  }

  /** The side reads nothing for now: neither what arrives nor that the connection has ended. */
  hold(side: Side): void {
    this.#held[side] ??= [];
  }

  release(side: Side): void {
    const held = this.#held[side] ?? [];
    this.#held[side] = null;
    for (const arrive of held) this.#reach(side, arrive);
  }

  /** Orderly: what was sent arrives first. */
  close(from: Side, code: number, reason: string): void {
    if (this.#broken) return;
    this.#deliver(from, 4, () => {
      this.#tell(other(from), code, reason, 0);
      this.#tell(from, code, reason, this.quality.latencyMs);
      this.#broken = true;
    });
  }

  /** Nothing more arrives; each side notices in its own time. */
  break(noticeMs: Readonly<Record<Side, number>>): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#tell('worker', ABNORMAL, 'The connection broke', noticeMs.worker);
    this.#tell('coordinator', ABNORMAL, 'The connection broke', noticeMs.coordinator);
  }

  /** A side gives the connection up at once; the other hears nothing or little of it. */
  drop(side: Side): void {
    this.break({ worker: this.quality.latencyMs, coordinator: this.quality.latencyMs });
    this.#world.after(0, () => this.#tellNow(side, ABNORMAL, 'The connection was dropped'));
  }

  /** The process on this side is gone: it must hear nothing more. */
  abandon(side: Side): void {
    this.#told[side] = true;
  }

  #tell(side: Side, code: number, reason: string, delayMs: number): void {
    this.#world.after(delayMs, () => this.#reach(side, () => this.#tellNow(side, code, reason)));
  }

  #tellNow(side: Side, code: number, reason: string): void {
    if (this.#told[side]) return;
    this.#told[side] = true;
    this.#ends[side].closed(code, reason);
  }
}

function other(side: Side): Side {
  return side === 'worker' ? 'coordinator' : 'worker';
}
