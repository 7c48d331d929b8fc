/** A leaf of a synchronous step: one microbatch, its vector the sum of its gradients. */
import type { BatchSums } from '../engine/engine.ts';
import type { Sums } from '../parallel/answer.ts';
import type { VectorId } from '../vectors/arena.ts';
import type { LeafComputation, LeafRule, LeafTools, LeafWork } from './leaf.ts';

export const microbatchLeaves = (tools: LeafTools): LeafRule => ({
  begin: (work) => new MicrobatchLeaf(tools, work),
});

class MicrobatchLeaf implements LeafComputation {
  readonly #tools: LeafTools;
  readonly #work: LeafWork;
  #sums: BatchSums | null = null;

  constructor(tools: LeafTools, work: LeafWork) {
    this.#tools = tools;
    this.#work = work;
  }

  get done(): number {
    return this.#sums === null ? 0 : this.#work.numbers.length;
  }

  step(): boolean {
    const { executor, writer, spec } = this.#tools;
    const { samples, rows, numbers, pieces } = this.#work;
    const [piece] = pieces;
    if (piece === undefined) throw new RangeError('A microbatch without samples was asked for.');
    const { epoch } = piece;
    writer.write(executor, samples, rows, numbers, epoch);
    this.#sums = executor.computeGradient(numbers.length, { seed: spec.seed, epoch });
    return false;
  }

  finish(): Sums<VectorId> {
    if (this.#sums === null) throw new Error('A microbatch was read before it was computed.');
    const { executor, arena } = this.#tools;
    const { finite, loss, correct } = this.#sums;
    const count = this.#work.numbers.length;
    return { finite, loss, correct, count, vector: finite ? arena.allocateFrom(executor.gradient) : null };
  }

  discard(): void {}
}
