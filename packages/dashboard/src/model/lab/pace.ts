/** Long computations in pieces, so that a drawn digit is read in between and one that is no longer wanted ends. */

/** A task was called off; nobody needs to be told why. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** What a long task is given by whoever runs it. */
export type Pace = {
  /**
   * Called between two pieces of work. Reports how far the task is, lets messages in when a moment has passed, and
   * rejects with `Cancelled` when the task is not wanted any more.
   */
  breathe(done: number, total: number): Promise<void>;
};

const PIECE_MS = 20;

export type PaceOptions = {
  readonly now: () => number;
  /** Resolves after waiting messages have been handled. */
  readonly rest: () => Promise<void>;
  readonly isCancelled: () => boolean;
  readonly progress: (done: number, total: number) => void;
};

export function paceOf({ now, rest, isCancelled, progress }: PaceOptions): Pace {
  let since = now();
  return {
    async breathe(done, total) {
      if (now() - since < PIECE_MS && done < total) return;
      progress(done, total);
      await rest();
      since = now();
      if (isCancelled()) throw new Cancelled('The task was called off.');
    },
  };
}
