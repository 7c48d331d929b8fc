/** A coordinator's line to the broker: it takes time, it may be cut, and answers may be lost on it. */
import type { BrokerLine } from '@shoal/coordinator/simulation';
import type { World } from '../world.ts';

/** How long an answer is waited for. */
const PATIENCE_MS = 1_250;
/** A content on a slow line takes so long at most: another may lead meanwhile, and this coordinator again. */
const SLOW_CONTENT_MS = 12_000;

export class SimBrokerLine implements BrokerLine {
  readonly #world: World;
  readonly #awake: (act: () => void) => void;
  readonly #isSlow: boolean;
  /** Nothing comes through, in either direction. */
  isCut = false;
  /** What is asked comes through, what is answered does not. */
  losesAnswers = false;
  /** The process that asks is gone: it hears nothing more. */
  isOver = false;

  /** `awake` does something now, or when the process that asks is awake again; on a slow line contents take their time. */
  constructor(world: World, awake: (act: () => void) => void, isSlow: boolean) {
    this.#world = world;
    this.#awake = awake;
    this.#isSlow = isSlow;
  }

  async forth(contentBytes: number): Promise<void> {
    if (this.#isSlow && contentBytes > 0) {
      const ms = this.#world.between(0, SLOW_CONTENT_MS);
      await new Promise<void>((resolve) => this.#world.after(ms, () => this.#awake(resolve)));
    }
    return this.#travel(() => this.isCut);
  }

  back(): Promise<void> {
    return this.#travel(() => this.isCut || this.losesAnswers);
  }

  #travel(isLost: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#awake(() => {
          if (!this.isOver) act();
        });
      };
      this.#world.after(this.#world.between(0.2, 15), () => {
        if (!isLost()) return settle(resolve);
        this.#world.after(PATIENCE_MS, () => settle(() => reject(new Error('lost'))));
      });
    });
  }
}
