/** An alarm clock, so that what waits for one can be tested without waiting. */

/** Rings after so many milliseconds, unless it is called off by what it returns. */
export type Alarm = (ms: number, ring: () => void) => () => void;

export const timerAlarm: Alarm = (ms, ring) => {
  const timer = setTimeout(ring, ms);
  return () => clearTimeout(timer);
};
