/**
 * What computes leaves of a reduction tree: asked for a range of them, it answers with one vector of its own store for
 * each maximal complete node, and is read out when a vector must travel. It may answer later, as a device that is not
 * this processor does, and it may compute a node at once rather than leaf by leaf.
 */
import type { Samples } from '../data/dataSet.ts';
import { augmentOf } from '../data/dataSpec.ts';
import { SampleWriter } from '../data/fill.ts';
import type { Engine, Executor } from '../engine/engine.ts';
import type { Model } from '../nn/model.ts';
import { type Answer, judged, type Sums } from '../parallel/answer.ts';
import { heldAnswers, newReduction, type Reduction, reduce } from '../parallel/reduction.ts';
import { bytesOf } from '../protocol/bytes.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { VectorArena, type VectorId } from '../vectors/arena.ts';
import { evaluateLeaf } from './evaluate.ts';
import { leafCount } from './position.ts';
import { leafSamplesOf, type StepRule, stepRuleOf } from './stepRule.ts';

export type ComputeTask = 'gradient' | 'evaluate';

/** Leaves [from, to) of a tree of `leaves`. */
export type LeafRequest = {
  readonly task: ComputeTask;
  /** Of dropout masks and augmentation. */
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  /** Numbers of the range's samples in their set: all leaves have as many but the tree's last, which has what remains. */
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
  free(vector: VectorId): void;
}

export interface Computation {
  /** Does a piece of the work, a leaf or more. @returns whether work remains */
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
};

/** A computer on this thread: leaf after leaf on an executor, summed in an arena. */
export class ThreadComputer implements LeafComputer {
  readonly vectorLength: number;
  readonly #executor: Executor;
  readonly #writer: SampleWriter;
  readonly #arena: VectorArena;
  readonly #spec: RunSpec;

  static async open(engine: Engine, { model, spec }: LeafComputerOptions): Promise<ThreadComputer> {
    const { microbatch, seed, data } = spec;
    const executor = await engine.compile(model, { microbatch, inputGradient: false });
    const writer = new SampleWriter({ shape: model.inputShape, augment: augmentOf(data), seed });
    const arena = new VectorArena({ length: model.vectorLength });
    return new ThreadComputer({ executor, writer, spec, arena });
  }

  constructor(options: {
    readonly executor: Executor;
    readonly writer: SampleWriter;
    readonly arena: VectorArena;
    readonly spec: RunSpec;
  }) {
    this.#executor = options.executor;
    this.#writer = options.writer;
    this.#arena = options.arena;
    this.#spec = options.spec;
    this.vectorLength = options.arena.length;
  }

  setParameters(bytes: Uint8Array): void {
    bytesOf(this.#executor.parameters).set(bytes);
    this.#executor.parametersChanged();
  }

  begin(request: LeafRequest): ThreadComputation {
    const [executor, writer, arena] = [this.#executor, this.#writer, this.#arena];
    return new ThreadComputation({ executor, writer, arena, spec: this.#spec, request });
  }

  /** All leaves of a tree of at least one sample at once. */
  computeTree(request: Omit<LeafRequest, 'from' | 'to' | 'leaves'>): Answer<VectorId> {
    const leafSamples = leafSamplesOf(this.#spec, request.task === 'evaluate');
    const leaves = leafCount(request.numbers.length, leafSamples);
    const computation = this.begin({ ...request, from: 0, to: leaves, leaves });
    while (computation.step());
    const [root] = computation.finish();
    if (root === undefined) throw new RangeError('A tree without samples has no root.');
    return root;
  }

  read(vector: VectorId, into: Float32Array): void {
    into.set(this.#arena.view(vector));
  }

  free(vector: VectorId): void {
    this.#arena.free(vector);
  }
}

type Work = {
  readonly executor: Executor;
  readonly writer: SampleWriter;
  readonly arena: VectorArena;
  readonly spec: RunSpec;
  readonly request: LeafRequest;
};

/** One call of `step` computes one leaf. */
class ThreadComputation implements Computation {
  readonly #work: Work;
  readonly #rule: StepRule;
  readonly #leafSamples: number;
  readonly #reduction: Reduction<VectorId>;
  #leaf: number;

  constructor(work: Work) {
    this.#work = work;
    this.#rule = stepRuleOf(work.spec);
    this.#leafSamples = leafSamplesOf(work.spec, work.request.task === 'evaluate');
    this.#leaf = work.request.from;
    this.#reduction = newReduction(work.request.leaves);
  }

  step(): boolean {
    const { request, arena } = this.#work;
    const first = (this.#leaf - request.from) * this.#leafSamples;
    const last = Math.min(first + this.#leafSamples, request.numbers.length);
    const sums = this.#compute(request.rows.subarray(first, last), request.numbers.subarray(first, last));
    reduce(this.#reduction, { node: { level: 0, index: this.#leaf }, ...sums }, arena);
    this.#leaf += 1;
    return this.#leaf < request.to;
  }

  #compute(rows: Uint32Array, numbers: Uint32Array): Sums<VectorId> {
    const { executor, writer, arena, spec, request } = this.#work;
    const { task, epoch, samples } = request;
    if (task === 'evaluate') return evaluateLeaf(executor, writer, samples, rows, numbers);
    const { seed } = spec;
    return this.#rule.computeLeaf({ executor, writer, arena, seed, epoch, samples, rows, numbers });
  }

  finish(): Answer<VectorId>[] {
    const { arena } = this.#work;
    return heldAnswers(this.#reduction).map((answer) =>
      judged(answer, arena, (vector) => arena.isFinite(vector)),
    );
  }

  discard(): void {
    for (const { vector } of heldAnswers(this.#reduction)) {
      if (vector !== null) this.#work.arena.free(vector);
    }
  }
}
