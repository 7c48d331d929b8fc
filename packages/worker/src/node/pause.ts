/** What happens between two microbatches of a slot in Node.js: whatever has come meanwhile is heard, though not all the time. */

/** A turn of the event loop takes as long as a microbatch of a small model; nobody notices one in so long. */
const PAUSE_EVERY_MS = 1;

/** @returns resolves after a turn of the event loop when the last one was a while ago, else at once */
export function pausesNow(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < PAUSE_EVERY_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    last = performance.now();
  };
}
