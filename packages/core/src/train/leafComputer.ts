/**
 * What computes leaves of a reduction tree: asked for a range of them, it answers with one vector of its own store for
 * each maximal complete node, and is read out when a vector must travel. It may answer later, as a device that is not
 * this processor does, and it may compute a node at once rather than leaf by leaf.
 */
import { answerLevel } from '../coding/kind.ts';
import { type LeafRounding, leafRounding } from '../coding/leafRounding.ts';
import type { Samples } from '../data/dataSet.ts';
import { augmentOf } from '../data/dataSpec.ts';
import { SampleWriter } from '../data/fill.ts';
import type { Engine, Executor, Vectors } from '../engine/engine.ts';
import type { Model } from '../nn/model.ts';
import { type Answer, judged, type Sums } from '../parallel/answer.ts';
import { heldAnswers, newReduction, type Reduction, reduce } from '../parallel/reduction.ts';
import { treeHeight } from '../parallel/tree.ts';
import { bytesOf } from '../protocol/bytes.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { VectorId } from '../vectors/arena.ts';
import { evaluateLeaf } from './evaluate.ts';
import { trainedFrom } from './frozen.ts';
import type { LeafComputation, LeafRule } from './leaf.ts';
import { addedVectors, siblingsVector } from './microbatch.ts';
import {
  leafCount,
  leafRange,
  leavesOfStep,
  piecesOfLeaves,
  type RunShape,
  samplesOfLeaves,
} from './position.ts';
import { leafRuleOf } from './stepRule.ts';
import { probePieces, shapeOfRun, vectorsOf } from './stepShape.ts';

/** `probe` is the one leaf of the first lease, whose answer is known (`probePieces`). */
export type ComputeTask = 'probe' | 'gradient' | 'evaluate';

/** Leaves [from, to) of a tree of `leaves`. */
export type LeafRequest = {
  readonly task: ComputeTask;
  /** Counted over the whole run, of a gradient: it says which samples of which epochs the leaves have. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  /** By which all leaves of the step are rounded, one for each tensor; null where each has its own, or none is. */
  readonly scales: Float32Array | null;
  /** Numbers of the range's samples in their set, in the order of the stream or of the set. */
  readonly numbers: Uint32Array;
  readonly samples: Samples;
  /** Where in `samples` they lie, one row for each number. */
  readonly rows: Uint32Array;
};

export interface LeafComputer {
  /** Elements of a vector. */
  readonly vectorLength: number;
  /** The parameters of all requests that follow: [vectorLength] float32 as little-endian bytes, copied before this returns. */
  setParameters(bytes: Uint8Array): void;
  /** Begins with a request; one at a time. */
  begin(request: LeafRequest): Computation;
  /** Reads a vector out of the store. */
  read(vector: VectorId, into: Float32Array): void | Promise<void>;
  /** A vector where it lies, until it is freed; null for a computer whose store this processor cannot read in place. */
  readonly view: ((vector: VectorId) => Float32Array<ArrayBuffer>) | null;
  free(vector: VectorId): void;
  /** Gives back what it holds outside of this processor's memory; nothing is asked of it afterwards. */
  destroy(): void;
}

export interface Computation {
  /** Samples of the range that are done with, [0, numbers.length]. */
  readonly done: number;
  /** Does a piece of the work, such as a microbatch. @returns whether work remains */
  step(): boolean | Promise<boolean>;
  /**
   * One answer for each maximal complete node of the range, left to right. The bits of each depend on its leaves alone,
   * not on the range that they were computed in. The vectors belong to the caller.
   */
  finish(): readonly Answer<VectorId>[] | Promise<readonly Answer<VectorId>[]>;
  /** Gives the memory back without answers; at any time before `finish`. */
  discard(): void;
}

export type LeafComputerOptions = {
  readonly model: Model;
  readonly spec: RunSpec;
  /** Samples of the training split. */
  readonly trainCount: number;
};

/** A computer on this thread: leaf after leaf on an executor, summed in the executor's vectors. */
export class ThreadComputer implements LeafComputer {
  readonly vectorLength: number;
  readonly #tools: ThreadTools;
  readonly #shape: RunShape;
  /** Made once a gradient is asked for. */
  #rule: LeafRule | null = null;
  #round: LeafRounding | null = null;

  static async open(engine: Engine, options: LeafComputerOptions): Promise<ThreadComputer> {
    const { model, spec, trainCount } = options;
    const { microbatch, seed, data } = spec;
    const executor = await engine.compile(model, {
      ...{ microbatch, inputGradient: false, trainedFrom: trainedFrom(model, spec) },
      vectors: vectorsOf(spec),
    });
    const writer = new SampleWriter({ shape: model.inputShape, augment: augmentOf(data), seed });
    return new ThreadComputer({ executor, writer, spec, trainCount });
  }

  constructor(tools: ThreadTools) {
    this.#tools = tools;
    this.#shape = shapeOfRun(tools.spec, tools.trainCount);
    this.vectorLength = tools.executor.model.vectorLength;
  }

  setParameters(bytes: Uint8Array): void {
    const { executor } = this.#tools;
    bytesOf(executor.parameters).set(bytes);
    executor.parametersChanged();
  }

  begin(request: LeafRequest): ThreadComputation {
    const { task, leaves } = request;
    return this.#beginUpTo(answerLevel(this.#tools.spec, leaves, task === 'evaluate'), request);
  }

  /** Sums of at most this level. */
  #beginUpTo(level: number, request: LeafRequest): ThreadComputation {
    const { task, step, leaves, scales } = request;
    const { spec, executor } = this.#tools;
    this.#round ??= leafRounding(spec, executor.model, executor.vectors);
    const round = this.#round;
    return new ThreadComputation(executor.vectors, request, level, {
      begin: (leaf, onto) => this.#beginLeaf(request, leaf, onto),
      round:
        task === 'evaluate' || round === null
          ? null
          : (vector, leaf) => round(vector, { step, leaf, leaves }, scales),
    });
  }

  #beginLeaf(request: LeafRequest, leaf: number, onto: VectorId | null): LeafComputation {
    const { task, step, from, numbers, rows, samples } = request;
    const { spec, trainCount, executor, writer } = this.#tools;
    if (task === 'evaluate') {
      const [first, last] = leafRange(numbers.length, spec.microbatch, leaf - from);
      const places = [rows.subarray(first, last), numbers.subarray(first, last)] as const;
      return new EvaluationLeaf(last - first, () => evaluateLeaf(executor, writer, samples, ...places));
    }
    this.#rule ??= leafRuleOf({ ...this.#tools, model: executor.model });
    if (task === 'probe') {
      const pieces = probePieces(spec, trainCount);
      return this.#rule.begin({ samples, rows, numbers, pieces, step: 0, batch: spec.microbatch, onto });
    }
    const [base] = samplesOfLeaves(this.#shape, step, from, from + 1);
    const [first, last] = samplesOfLeaves(this.#shape, step, leaf, leaf + 1);
    return this.#rule.begin({
      samples,
      rows: rows.subarray(first - base, last - base),
      numbers: numbers.subarray(first - base, last - base),
      pieces: piecesOfLeaves(this.#shape, step, leaf, leaf + 1),
      step,
      batch: spec.batch,
      onto,
    });
  }

  /** All leaves of a tree of at least one sample at once. */
  computeTree(request: Omit<LeafRequest, 'from' | 'to' | 'leaves'>): Answer<VectorId> {
    const leaves = this.#leavesOf(request);
    const computation = this.#beginUpTo(treeHeight(leaves), { ...request, from: 0, to: leaves, leaves });
    while (computation.step());
    const [root] = computation.finish();
    if (root === undefined) throw new RangeError('A tree without samples has no root.');
    return root;
  }

  #leavesOf({ task, step, numbers }: Pick<LeafRequest, 'task' | 'step' | 'numbers'>): number {
    switch (task) {
      case 'probe':
        return 1;
      case 'gradient':
        return leavesOfStep(this.#shape, step);
      case 'evaluate':
        return leafCount(numbers.length, this.#tools.spec.microbatch);
    }
  }

  readonly view = (vector: VectorId): Float32Array<ArrayBuffer> => this.#tools.executor.vectors.view(vector);

  read(vector: VectorId, into: Float32Array): void {
    into.set(this.#tools.executor.vectors.view(vector));
  }

  free(vector: VectorId): void {
    this.#tools.executor.vectors.free(vector);
  }

  /** All that it holds is memory of this processor, which goes with it. */
  destroy(): void {}
}

type ThreadTools = {
  readonly executor: Executor;
  readonly writer: SampleWriter;
  readonly spec: RunSpec;
  readonly trainCount: number;
};

/** A microbatch of an evaluation. */
class EvaluationLeaf implements LeafComputation {
  readonly #evaluate: () => Sums<never>;
  readonly #count: number;
  #sums: Sums<never> | null = null;

  constructor(count: number, evaluate: () => Sums<never>) {
    this.#count = count;
    this.#evaluate = evaluate;
  }

  get done(): number {
    return this.#sums === null ? 0 : this.#count;
  }

  step(): boolean {
    this.#sums = this.#evaluate();
    return false;
  }

  finish(): Sums<VectorId> {
    if (this.#sums === null) throw new Error('A microbatch was read before it was evaluated.');
    return this.#sums;
  }

  discard(): void {}
}

/** How a leaf comes about, and what is rounded of it. */
type LeafMaker = {
  /** @param onto the vector of its left sibling, to be added to */
  readonly begin: (leaf: number, onto: VectorId | null) => LeafComputation;
  /** Null where nothing is rounded. */
  readonly round: ((vector: VectorId, leaf: number) => void) | null;
};

/** One call of `step` computes one microbatch. */
class ThreadComputation implements Computation {
  readonly #vectors: Vectors;
  readonly #request: LeafRequest;
  readonly #leaves: LeafMaker;
  readonly #reduction: Reduction<VectorId>;
  #leaf: number;
  #current: LeafComputation | null = null;
  /** Samples of the leaves that are done. */
  #doneBefore = 0;

  constructor(vectors: Vectors, request: LeafRequest, level: number, leaves: LeafMaker) {
    this.#vectors = vectors;
    this.#request = request;
    this.#leaves = leaves;
    this.#leaf = request.from;
    this.#reduction = newReduction(request.leaves, level);
  }

  get done(): number {
    return this.#doneBefore + (this.#current?.done ?? 0);
  }

  step(): boolean {
    const { begin, round } = this.#leaves;
    // What is rounded is rounded before it is added to anything.
    const mayAdd = round === null && this.#reduction.top > 0;
    this.#current ??= begin(this.#leaf, mayAdd ? siblingsVector(this.#reduction, this.#leaf) : null);
    if (this.#current.step()) return true;
    const sums = this.#current.finish();
    this.#current = null;
    this.#doneBefore += sums.count;
    if (sums.vector !== null) round?.(sums.vector, this.#leaf);
    reduce(this.#reduction, { node: { level: 0, index: this.#leaf }, ...sums }, addedVectors(this.#vectors));
    this.#leaf += 1;
    return this.#leaf < this.#request.to;
  }

  finish(): Answer<VectorId>[] {
    const vectors = this.#vectors;
    return heldAnswers(this.#reduction).map((answer) =>
      judged(answer, vectors, (vector) => vectors.isFinite(vector)),
    );
  }

  discard(): void {
    this.#current?.discard();
    this.#current = null;
    for (const { vector } of heldAnswers(this.#reduction)) {
      if (vector !== null) this.#vectors.free(vector);
    }
  }
}
