/**
 * Parameters that travel as rounded differences. The coordinator keeps the exact ones, the *master*, beside what everybody
 * *holds*: after each update the held ones come nearer by the rounded difference, and what rounding has left out is part
 * of the next difference. Workers, evaluations and the delivered model all have the held ones.
 */

import type { Vectors } from '../engine/engine.ts';
import { Purpose } from '../random/threefry.ts';
import type { VectorId } from '../vectors/arena.ts';
import type { CodedLayout } from './layout.ts';
import { placeOf, roundVector } from './roundVector.ts';
import { type RoundingName, WHOLE_MAX } from './scale.ts';

export type HeldOptions = {
  readonly arena: Vectors;
  readonly layout: CodedLayout;
  readonly coding: RoundingName;
  readonly seed: number;
  /** Where the exact parameters lie. */
  readonly master: VectorId;
};

export class HeldParameters {
  /** What everybody holds. */
  readonly held: VectorId;
  /** What it has changed by at last, rounded; where nothing is rounded, what it is now. */
  readonly change: VectorId;
  readonly #options: HeldOptions;

  constructor(options: HeldOptions) {
    this.#options = options;
    const { arena, master } = options;
    this.held = arena.allocate();
    this.change = arena.allocateFilled(0);
    arena.copy(this.held, master);
  }

  /** After an update of the master. @returns false when it is not finite any more; then nothing has changed */
  follow(step: number): boolean {
    const { arena, layout, coding, seed, master } = this.#options;
    const { kernels } = arena;
    const [held, change] = [arena.address(this.held), arena.address(this.change)];
    const rest = 4 * layout.roundedLength;
    arena.copy(this.change, master);
    kernels.subtract(change, held, layout.roundedLength);
    const address = { seed, purpose: Purpose.down, step, leaf: 0 };
    if (!roundVector(placeOf(arena, this.change), layout, WHOLE_MAX[coding], null, address)) return false;
    kernels.add(held, change, layout.roundedLength);
    kernels.copy(held + rest, change + rest, layout.vectorLength - layout.roundedLength);
    return true;
  }
}
