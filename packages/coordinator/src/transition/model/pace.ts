/** How fast the steps of a run follow each other where somebody watches: a matter of when, and of no bit of what. */
export type Pace = {
  /** At most so many begin in a second; null where nothing holds them back. */
  stepsPerSecond: number | null;
  /** When the last step began, or should have; long ago where none has. */
  begunAt: number;
  /** Up to this step, counted over the whole run, one that is paused goes all the same; null where no step was asked for. */
  until: number | null;
};

/** Of a run that nobody has slowed down. */
export function newPace(stepsPerSecond: number | null): Pace {
  return { stepsPerSecond, begunAt: Number.NEGATIVE_INFINITY, until: null };
}
