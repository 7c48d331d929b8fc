/** A leaf of a synchronous step: one microbatch, its vector the sum of its gradients. */
import type { Sums } from '../parallel/answer.ts';
import type { VectorId } from '../vectors/arena.ts';
import type { LeafComputation, LeafRule, LeafTools, LeafWork } from './leaf.ts';
import { microbatchSums } from './microbatch.ts';

export const microbatchLeaves = (tools: LeafTools): LeafRule => ({
  begin: (work) => new MicrobatchLeaf(tools, work),
});

class MicrobatchLeaf implements LeafComputation {
  readonly #tools: LeafTools;
  readonly #work: LeafWork;
  #sums: Sums<VectorId> | null = null;

  constructor(tools: LeafTools, work: LeafWork) {
    this.#tools = tools;
    this.#work = work;
  }

  get done(): number {
    return this.#sums === null ? 0 : this.#work.numbers.length;
  }

  step(): boolean {
    const [piece] = this.#work.pieces;
    if (piece === undefined) throw new RangeError('A microbatch without samples was asked for.');
    this.#sums = microbatchSums(this.#tools, { ...this.#work, epoch: piece.epoch });
    return false;
  }

  finish(): Sums<VectorId> {
    if (this.#sums === null) throw new Error('A microbatch was read before it was computed.');
    return this.#sums;
  }

  discard(): void {
    const vector = this.#sums?.vector ?? null;
    if (vector !== null && vector !== this.#work.onto) this.#tools.executor.vectors.free(vector);
  }
}
