/** A clock for what must not be missed: it goes on while the process is stopped, and while the machine sleeps. */

/**
 * Milliseconds that never go back. The steady clock stands still while a machine sleeps, and the clock on the wall may be set:
 * whenever the wall's has gone further than the steady one, this one has too.
 */
export function wakefulClock(
  steady: () => number = () => performance.now(),
  wall: () => number = Date.now,
): () => number {
  const steadyFrom = steady();
  const wallFrom = wall();
  let ahead = 0;
  return () => {
    const passed = steady() - steadyFrom;
    // The wall's has whole milliseconds only.
    ahead = Math.max(ahead, wall() - wallFrom - passed - 1);
    return passed + ahead;
  };
}
