/**
 * Computes a range of leaves of one reduction tree on one executor: microbatch after microbatch, summed along the
 * tree. The bits of a node's sums depend on its leaves alone, not on the range that they were computed in.
 */
import type { Samples } from '../data/dataSet.ts';
import type { SampleWriter } from '../data/fill.ts';
import type { Executor } from '../engine/engine.ts';
import { type Answer, judged } from '../parallel/answer.ts';
import { heldAnswers, newReduction, type Reduction, reduce } from '../parallel/reduction.ts';
import type { VectorArena, VectorId } from '../vectors/arena.ts';
import { leafCount } from './position.ts';

export type ComputeTask = 'gradient' | 'evaluate';

export type RangeOptions = {
  readonly executor: Executor;
  readonly writer: SampleWriter;
  /** Vectors of the model's vectorLength. */
  readonly arena: VectorArena;
  readonly task: ComputeTask;
  /** Of dropout masks and augmentation. */
  readonly address: { readonly seed: number; readonly epoch: number };
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  /**
   * Numbers of the range's samples in their set. All leaves have the executor's microbatch of them but the tree's last,
   * which has what remains.
   */
  readonly numbers: Uint32Array;
  readonly samples: Samples;
  /** Where in `samples` they lie, one row for each number. */
  readonly rows: Uint32Array;
};

/** One call of `step` computes one leaf; `finish` gives the answers, `discard` gives the memory back without them. */
export class RangeComputation {
  readonly #options: RangeOptions;
  readonly #reduction: Reduction<VectorId>;
  #leaf: number;

  constructor(options: RangeOptions) {
    this.#options = options;
    this.#leaf = options.from;
    this.#reduction = newReduction(options.leaves);
  }

  /** @returns whether leaves remain */
  step(): boolean {
    const { executor, writer, task, address, samples, numbers, rows, from, to, arena } = this.#options;
    const first = (this.#leaf - from) * executor.microbatch;
    const last = Math.min(first + executor.microbatch, numbers.length);
    const epoch = task === 'evaluate' ? null : address.epoch;
    writer.write(executor, samples, rows.subarray(first, last), numbers.subarray(first, last), epoch);
    reduce(this.#reduction, this.#compute(last - first), arena);
    this.#leaf += 1;
    return this.#leaf < to;
  }

  /** One answer for each maximal complete node of the range, left to right; their vectors belong to the caller. */
  finish(): Answer<VectorId>[] {
    const { arena } = this.#options;
    return heldAnswers(this.#reduction).map((answer) =>
      judged(answer, arena, (vector) => arena.isFinite(vector)),
    );
  }

  discard(): void {
    for (const { vector } of heldAnswers(this.#reduction)) {
      if (vector !== null) this.#options.arena.free(vector);
    }
  }

  #compute(count: number): Answer<VectorId> {
    const { executor, task, address, arena } = this.#options;
    const node = { level: 0, index: this.#leaf };
    if (task === 'evaluate') return { node, ...executor.evaluate(count), count, vector: null };
    const { loss, correct, finite } = executor.computeGradient(count, address);
    return {
      node,
      finite,
      loss,
      correct,
      count,
      vector: finite ? arena.allocateFrom(executor.gradient) : null,
    };
  }
}

/** Computes all leaves of a tree of at least one sample. @returns the root's answer; its vector belongs to the caller */
export function computeTree(options: Omit<RangeOptions, 'from' | 'to' | 'leaves'>): Answer<VectorId> {
  const leaves = leafCount(options.numbers.length, options.executor.microbatch);
  const computation = new RangeComputation({ ...options, from: 0, to: leaves, leaves });
  while (computation.step());
  const [root] = computation.finish();
  if (root === undefined) throw new RangeError('A tree without samples has no root.');
  return root;
}
