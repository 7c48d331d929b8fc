/**
 * Scales that all leaves of a step share. They have to be known before the step, so they follow from the one before it: a
 * leaf's largest value is expected to be at most `HEAD_ROOM` times what it would have been there, had all leaves been
 * alike. What is larger is cut to that; the next step then expects more. Ordinary run state: checkpointed, restored.
 */

import type { Vectors } from '../engine/engine.ts';
import type { OptimizerScalars } from '../optim/optimizerInterface.ts';
import type { VectorId } from '../vectors/arena.ts';
import { commonBound } from './kind.ts';
import type { CodedLayout } from './layout.ts';
import { scaleFor } from './scale.ts';

/** Leaves differ, and so do steps. */
const HEAD_ROOM = 4;
/** What remains of an expectation after a step that did not need it. */
const KEPT = 0.9;
/** A tensor's expectation among the scalars of a checkpoint: this and its name. */
const PREFIX = 'range:';

export class CommonScales {
  readonly #layout: CodedLayout;
  /** The largest value that a leaf is expected to have, for each tensor; null before the first step. */
  #ranges: readonly number[] | null = null;

  constructor(layout: CodedLayout) {
    this.#layout = layout;
  }

  /** One for each tensor; null where nothing is known yet: what leaves give is not rounded then. */
  of(leaves: number): Float32Array | null {
    if (this.#ranges === null) return null;
    const bound = commonBound(leaves);
    // A tensor whose gradient has been zero so far may have another; the others say what is possible.
    const most = Math.max(0, ...this.#ranges);
    return Float32Array.from(this.#ranges, (range) => scaleFor(range === 0 ? most : range, bound));
  }

  /** What the steps to come expect after this root of so many leaves. */
  after(arena: Vectors, root: VectorId, leaves: number): readonly number[] {
    return this.#layout.tensors.map(({ offset, length }, tensor) => {
      const largest = arena.kernels.largest(arena.address(root) + 4 * offset, length);
      return Math.max((HEAD_ROOM * largest) / leaves, KEPT * (this.#ranges?.[tensor] ?? 0));
    });
  }

  expect(ranges: readonly number[]): void {
    this.#ranges = ranges;
  }

  /** As scalars beside those of an optimizer. */
  exportState(): OptimizerScalars {
    return Object.fromEntries(
      (this.#ranges ?? []).map((range, tensor) => [PREFIX + this.#layout.tensors[tensor]?.name, range]),
    );
  }

  /**
   * Takes its scalars up and leaves the others.
   * @throws RangeError, as a sentence, where some of them are missing
   */
  importState(scalars: OptimizerScalars): OptimizerScalars {
    const own = Object.keys(scalars).filter((name) => name.startsWith(PREFIX));
    if (own.length !== 0 && own.length !== this.#layout.tensors.length) {
      throw new RangeError(
        `The state has scales of ${own.length} tensors, but the model has ${this.#layout.tensors.length}. ` +
          'It belongs to another model: resume with the spec that it was written with.',
      );
    }
    this.#ranges =
      own.length === 0 ? null : this.#layout.tensors.map(({ name }) => scalars[PREFIX + name] ?? 0);
    return Object.fromEntries(Object.entries(scalars).filter(([name]) => !name.startsWith(PREFIX)));
  }
}
