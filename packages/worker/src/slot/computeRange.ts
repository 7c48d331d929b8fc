/**
 * Computes a range of leaves of one reduction tree on one executor: microbatch after microbatch, summed along the
 * tree. The bits of a node's sums depend on its leaves alone, not on the range that they were computed in.
 */
import {
  type Executor,
  type Node,
  type Samples,
  type SampleWriter,
  TreeMerger,
  type VectorArena,
  type VectorId,
} from '@shoal/core';
import type { ComputeTask, NodeSums } from './slotMessages.ts';

/** The gradient lies in the arena; null for evaluations and when not finite. */
type Sums = {
  readonly finite: boolean;
  readonly loss: number;
  readonly correct: number;
  readonly count: number;
  readonly gradient: VectorId | null;
};

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
  /** All leaves have the executor's microbatch of samples but the tree's last, which has what remains. */
  readonly numbers: Uint32Array;
  readonly samples: Samples;
  /** A buffer of 4 × vectorLength bytes for a gradient that leaves. */
  readonly takeBuffer: () => ArrayBuffer;
};

/** One call of `step` computes one leaf; `finish` gives the sums, `discard` gives the memory back without them. */
export class RangeComputation {
  readonly #options: RangeOptions;
  readonly #tree: TreeMerger<Sums>;
  #leaf: number;

  constructor(options: RangeOptions) {
    this.#options = options;
    this.#leaf = options.from;
    this.#tree = new TreeMerger<Sums>({
      leaves: options.leaves,
      merge: (left, right) => this.#merge(left, right),
    });
  }

  /** @returns whether leaves remain */
  step(): boolean {
    const { executor, writer, task, address, samples, numbers, from, to } = this.#options;
    const first = (this.#leaf - from) * executor.microbatch;
    const last = Math.min(first + executor.microbatch, numbers.length);
    const rows = Uint32Array.from({ length: last - first }, (_, i) => first + i);
    const epoch = task === 'evaluate' ? null : address.epoch;
    writer.write(executor, samples, rows, numbers.subarray(first, last), epoch);
    this.#tree.add({ level: 0, index: this.#leaf }, this.#compute(rows.length));
    this.#leaf += 1;
    return this.#leaf < to;
  }

  /** One entry for each maximal complete node of the range, left to right. */
  finish(): NodeSums[] {
    return this.#tree.entries().map(({ node, value }) => this.#take(node, value));
  }

  discard(): void {
    for (const { value } of this.#tree.entries()) this.#free(value);
  }

  #compute(count: number): Sums {
    const { executor, task, address, arena } = this.#options;
    if (task === 'evaluate') return { ...executor.evaluate(count), count, gradient: null };
    const { loss, correct, finite } = executor.computeGradient(count, address);
    const gradient = finite ? arena.allocateFrom(executor.gradient) : null;
    return { finite, loss, correct, count, gradient };
  }

  #merge(left: Sums, right: Sums): Sums {
    const { arena } = this.#options;
    const finite = left.finite && right.finite;
    if (finite && left.gradient !== null && right.gradient !== null) arena.add(left.gradient, right.gradient);
    this.#free(right);
    if (!finite) this.#free(left);
    return {
      finite,
      loss: left.loss + right.loss,
      correct: left.correct + right.correct,
      count: left.count + right.count,
      gradient: finite ? left.gradient : null,
    };
  }

  /** Sums of finite numbers may still overflow, so the judgement falls where they leave. */
  #take(node: Node, sums: Sums): NodeSums {
    const { arena, takeBuffer } = this.#options;
    const { loss, correct, count, gradient: id } = sums;
    const finite = sums.finite && Number.isFinite(loss) && (id === null || arena.isFinite(id));
    let gradient: Float32Array<ArrayBuffer> | null = null;
    if (finite && id !== null) {
      gradient = new Float32Array(takeBuffer());
      gradient.set(arena.view(id));
    }
    this.#free(sums);
    return finite
      ? { node, finite, loss, correct, count, gradient }
      : { node, finite, loss: 0, correct: 0, count, gradient: null };
  }

  #free(sums: Sums): void {
    if (sums.gradient !== null) this.#options.arena.free(sums.gradient);
  }
}
