/**
 * A leaf of a step with local steps: one replica's round. From the parameters of the request it makes updates on one batch
 * of its samples after another, with an optimizer whose moments begin empty; its vector is what the round has changed,
 * running values included. Nothing outlasts the round, so that any machine computes it to the same bits.
 */
import { StepUpdater } from '../optim/stepUpdater.ts';
import { addSums, type Sums } from '../parallel/answer.ts';
import { newReduction, type Reduction, reduce, rootOf } from '../parallel/reduction.ts';
import type { VectorId } from '../vectors/arena.ts';
import { frozenLength } from './frozen.ts';
import type { LeafComputation, LeafRule, LeafTools, LeafWork } from './leaf.ts';
import { addedVectors, microbatchSums, siblingsVector } from './microbatch.ts';
import { leafCount, leavesOfStep, type RunShape, samplesOfStep, totalSteps } from './position.ts';
import { shapeOfRun } from './stepShape.ts';

/** Updates that a replica makes in the whole run, as its schedule counts them; replicas count side by side. */
export function localStepsOfRun(shape: RunShape, localSteps: number, batch: number): number {
  const steps = totalSteps(shape);
  if (steps === 0) return 0;
  const [from, to] = samplesOfStep(shape, steps - 1);
  const longest = Math.ceil((to - from) / leavesOfStep(shape, steps - 1));
  return (steps - 1) * localSteps + leafCount(longest, batch);
}

/** Places [from, to) of a leaf that are computed at once; all of one epoch. */
type Microbatch = { readonly from: number; readonly to: number; readonly epoch: number };

/** What the rounds of one thread are computed with; made once, since each round needs all of it. */
export class LocalRounds implements LeafRule {
  readonly tools: LeafTools;
  readonly localSteps: number;
  readonly updater: StepUpdater;
  /** The parameters that the round began with. */
  readonly start: VectorId;

  constructor(tools: LeafTools) {
    const { spec, model, executor, trainCount } = tools;
    const arena = executor.vectors;
    const { steps, batch, optimizer, schedule, clip, regularization } = spec;
    if (steps.type !== 'localSteps') throw new Error(`Rounds were asked of the step rule ${steps.type}.`);
    this.tools = tools;
    this.localSteps = steps.localSteps;
    this.start = arena.allocate();
    this.updater = new StepUpdater({
      ...{ model, arena, parameters: executor.parameters, optimizer, schedule, clip, regularization },
      sumOf: 'gradients',
      totalSteps: localStepsOfRun(shapeOfRun(spec, trainCount), steps.localSteps, batch),
      frozen: frozenLength(model, spec),
    });
  }

  begin(work: LeafWork): LeafComputation {
    return new LocalRound(this, work);
  }
}

class LocalRound implements LeafComputation {
  readonly #rounds: LocalRounds;
  readonly #work: LeafWork;
  /** Updates made. */
  #updates = 0;
  /** Samples behind the batch at hand, and behind the microbatch at hand. */
  #batchFrom = 0;
  #done = 0;
  #microbatches: readonly Microbatch[] = [];
  #next = 0;
  #reduction: Reduction<VectorId> = newReduction(1);
  #sums: Sums<VectorId> = { finite: true, loss: 0, correct: 0, count: 0, vector: null };

  constructor(rounds: LocalRounds, work: LeafWork) {
    this.#rounds = rounds;
    this.#work = work;
    const { executor } = rounds.tools;
    executor.vectors.view(rounds.start).set(executor.parameters);
    rounds.updater.begin(executor.parameters);
    this.#beginBatch();
  }

  get done(): number {
    return this.#done;
  }

  /** A microbatch never crosses from one epoch to the next: it is cut there. */
  #beginBatch(): void {
    const { numbers, pieces, batch } = this.#work;
    const { microbatch } = this.#rounds.tools.spec;
    const [from, to] = [this.#batchFrom, Math.min(this.#batchFrom + batch, numbers.length)];
    const microbatches: Microbatch[] = [];
    let pieceFrom = 0;
    for (const piece of pieces) {
      const pieceTo = pieceFrom + piece.to - piece.from;
      const end = Math.min(to, pieceTo);
      for (let at = Math.max(from, pieceFrom); at < end; at += microbatch) {
        microbatches.push({ from: at, to: Math.min(at + microbatch, end), epoch: piece.epoch });
      }
      pieceFrom = pieceTo;
    }
    this.#microbatches = microbatches;
    this.#next = 0;
    this.#reduction = newReduction(microbatches.length);
  }

  step(): boolean {
    const { tools } = this.#rounds;
    const { samples, rows, numbers } = this.#work;
    const { from, to, epoch } = this.#microbatches[this.#next] as Microbatch;
    const sums = microbatchSums(tools, {
      ...{ samples, epoch },
      rows: rows.subarray(from, to),
      numbers: numbers.subarray(from, to),
      onto: siblingsVector(this.#reduction, this.#next),
    });
    const node = { level: 0, index: this.#next };
    reduce(this.#reduction, { node, ...sums }, addedVectors(tools.executor.vectors));
    this.#next += 1;
    this.#done = to;
    if (this.#next < this.#microbatches.length) return true;
    return this.#update() && this.#done < numbers.length;
  }

  /** @returns whether the round goes on: it does not where a gradient is not finite */
  #update(): boolean {
    const { updater, localSteps, tools } = this.#rounds;
    const { executor } = tools;
    const arena = executor.vectors;
    const { step, numbers } = this.#work;
    const root = rootOf(this.#reduction) as Sums<VectorId>;
    this.#reduction.held.clear();
    this.#sums = addSums(this.#sums, { ...root, vector: null }, arena);
    if (root.vector !== null) {
      const { epoch } = this.#microbatches[0] as Microbatch;
      const { finite } = updater.apply(root.vector, root.count, step * localSteps + this.#updates, epoch);
      arena.free(root.vector);
      this.#sums = { ...this.#sums, finite: this.#sums.finite && finite };
    }
    if (!this.#sums.finite) {
      this.#done = numbers.length;
      return false;
    }
    this.#updates += 1;
    this.#batchFrom = this.#done;
    if (this.#done === numbers.length) return false;
    executor.parameters.set(arena.view(updater.parameters));
    executor.parametersChanged();
    this.#beginBatch();
    return true;
  }

  finish(): Sums<VectorId> {
    const { tools, updater, start } = this.#rounds;
    const arena = tools.executor.vectors;
    this.#restore();
    const { finite, loss, correct } = this.#sums;
    const count = this.#work.numbers.length;
    if (!finite) return { finite, loss: 0, correct: 0, count, vector: null };
    const change = arena.allocate();
    arena.copy(change, updater.parameters);
    arena.subtract(change, start);
    return { finite, loss, correct, count, vector: change };
  }

  discard(): void {
    const arena = this.#rounds.tools.executor.vectors;
    for (const { vector } of this.#reduction.held.values()) if (vector !== null) arena.free(vector);
    this.#reduction.held.clear();
    this.#restore();
  }

  #restore(): void {
    const { executor } = this.#rounds.tools;
    executor.parameters.set(executor.vectors.view(this.#rounds.start));
    executor.parametersChanged();
  }
}
