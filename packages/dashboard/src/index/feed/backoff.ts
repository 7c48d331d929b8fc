/** How long to wait before the next attempt to connect. */

const FIRST_MS = 500;
const MOST_MS = 8_000;

/**
 * Doubles with each attempt that failed (from 0) up to eight seconds, and takes a random part of the upper half of that,
 * so that a room full of pages does not come back all at once.
 * @param random at least 0 and below 1
 */
export function reconnectDelayMs(failed: number, random: number): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failed, 10));
  return Math.round(most / 2 + (most / 2) * random);
}
