/** The driver's clock: it ticks every 50 ms, and says how late it is and for how long the process was busy. */
import { performance } from 'node:perf_hooks';

const TICK_MS = 50;

export class Ticker {
  #timer: NodeJS.Timeout | null = null;

  /** `tick` is told how much later than it should have it comes, and how long the process was busy since the last; both in milliseconds. */
  start(tick: (lagMs: number, busyMs: number) => void): void {
    let due = performance.now() + TICK_MS;
    let before = performance.eventLoopUtilization();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const loop = performance.eventLoopUtilization();
      tick(Math.max(0, now - due), loop.active - before.active);
      due = now + TICK_MS;
      before = loop;
    }, TICK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
