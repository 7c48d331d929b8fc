/**
 * What a worker that takes part costs the coordinator: parameters go out to it and gradients come in, and all of that
 * is one process's work. Measured as the time for which the process was busy over the workers served in it.
 */
export type Serving = {
  /** Sums over the last seconds: each tick counts for less than the next. */
  busyMs: number;
  served: number;
};

/** What a tick keeps of the ones before: with twenty a second, two and a half seconds' worth. */
const KEPT = 0.98;

/** Called with every tick. */
export function measureServing(serving: Serving, busyMs: number): void {
  serving.busyMs = KEPT * serving.busyMs + busyMs;
  serving.served *= KEPT;
}

/** A worker is sent parameters, and will answer. */
export function countServed(serving: Serving): void {
  serving.served += 1;
}

/** Milliseconds of the coordinator's time for each worker that takes part in a step; 0 when nothing was measured. */
export function servingMs({ busyMs, served }: Serving): number {
  return served < 1 ? 0 : busyMs / served;
}
