/** The run's curve as a volunteer sees it: an entry for each epoch, and the loss second by second in between. */
import type { Standing } from '@shoal/core';

export type CurveView = {
  /** Mean loss at these places, in epochs from 0. */
  readonly losses: readonly { readonly at: number; readonly loss: number }[];
  /** By epoch, from 1. */
  readonly epochs: Standing['records'];
};

/** Beyond it every second point is dropped. */
const POINTS_MAX = 240;
const EPOCHS_MAX = 4_096;

export class Curve {
  #losses: { readonly at: number; readonly loss: number }[] = [];
  #epochs = new Map<number, Standing['records'][number]>();

  get view(): CurveView {
    return {
      losses: this.#losses,
      epochs: [...this.#epochs.values()].sort((a, b) => a.epoch - b.epoch),
    };
  }

  add(standing: Standing): void {
    for (const record of standing.records) this.#epochs.set(record.epoch, record);
    if (this.#epochs.size > EPOCHS_MAX) {
      const all = [...this.#epochs].reverse();
      this.#epochs = new Map(all.filter((_, i) => i % 2 === 0).reverse());
    }
    const { loss, epoch, step, stepsPerEpoch } = standing;
    if (loss === null) return;
    const at = epoch + (stepsPerEpoch === 0 ? 0 : step / stepsPerEpoch);
    const last = this.#losses.at(-1)?.at ?? -1;
    if (at === last) return;
    // A coordinator that was resumed goes on from its checkpoint.
    if (at < last) this.#losses = this.#losses.filter((point) => point.at < at);
    this.#losses.push({ at, loss });
    if (this.#losses.length > POINTS_MAX) this.#losses = this.#losses.filter((_, i) => i % 2 === 0);
  }
}
