/**
 * When a chart is drawn: at once while it is in view, so that it follows the run; out of view every now and then, so that a
 * page with many charts stays smooth, and yet whoever scrolls, prints or photographs the whole page finds none left behind.
 */

/** An unseen chart is never older than this. */
const UNSEEN_MS = 1000;

export type RedrawOptions = {
  readonly draw: () => void;
  /** Acts after so many milliseconds, once. @returns calls it off */
  readonly after: (ms: number, act: () => void) => () => void;
};

export class Redraw {
  readonly #options: RedrawOptions;
  #isSeen = false;
  #isStale = false;
  #callOff: (() => void) | null = null;

  constructor(options: RedrawOptions) {
    this.#options = options;
  }

  /** There is something new to draw. */
  changed(): void {
    this.#isStale = true;
    if (this.#isSeen) this.now();
    else this.#callOff ??= this.#options.after(UNSEEN_MS, () => this.now());
  }

  /** It has come into view, or has left it. */
  seen(isSeen: boolean): void {
    this.#isSeen = isSeen;
    if (isSeen) this.now();
  }

  /** Draws what has not been drawn. */
  now(): void {
    this.end();
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#options.draw();
  }

  /** Nothing is drawn any more of what was put off. */
  end(): void {
    this.#callOff?.();
    this.#callOff = null;
  }
}
