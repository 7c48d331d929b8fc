/** How fast a recorded run is shown, and how far the next picture of it is. */
import type { Recording } from './recordings.ts';

/** Steps a second; `fast` follows what has been trained, `quick` shows the whole run in some seconds. */
export const PACES = ['fast', 'quick', 'slow', 'slowest'] as const;
export type Pace = (typeof PACES)[number];

const WHOLE_RUN_S = 7;
const RATES = { slow: 20, slowest: 2 } as const;
/** Even two pictures of one moment are a little apart, so that at once is not never. */
const SECONDS_MIN = 0.001;

/** In steps a second. */
export function rateOf(pace: Pace, end: number): number {
  if (pace === 'quick') return end / WHOLE_RUN_S;
  return pace === 'fast' ? Number.POSITIVE_INFINITY : RATES[pace];
}

/** @param recorded how far the run has got: nothing is shown before it is there */
export function advanced(at: number, rate: number, seconds: number, recorded: number): number {
  return Math.min(at + rate * Math.max(seconds, SECONDS_MIN), recorded);
}

/** The last step that a run has, as far as that is known. */
const endOf = ({ outcome, steps, length }: Recording): number => outcome?.steps ?? Math.max(steps, length);

/** Of runs that are shown together: the last step of any, and up to which all can be shown. */
export function reachOf(recordings: readonly Recording[]): {
  readonly end: number;
  readonly recorded: number;
} {
  const end = Math.max(1, ...recordings.map(endOf));
  return { end, recorded: Math.min(...recordings.map((one) => (one.isOver ? end : one.length)), end) };
}
