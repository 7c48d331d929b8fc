/**
 * One step of training on the flat vector: from the sum of gradients over a batch, or of the changes that replicas have
 * made, to the next parameters. The only place where parameters change, the same for a cluster and for a single process.
 */

import type { Vectors } from '../engine/engine.ts';
import type { BatchNormLayer, Model } from '../nn/model.ts';
import { allLayers } from '../nn/walk.ts';
import type { VectorId } from '../vectors/arena.ts';
import { notedCalls } from '../vectors/elementwise.ts';
import {
  clipGradient,
  type LayerGradientNorm,
  meanGradient,
  type TrainableLayer,
  totalNorm,
  trainableLayers,
} from './gradient.ts';
import { createOptimizer } from './optimizer.ts';
import type { Optimizer, OptimizerScalars } from './optimizerInterface.ts';
import { learningRateFactor } from './schedule.ts';
import type { ClipSpec, OptimizerSpec, RegularizationSpec, ScheduleSpec } from './specs.ts';

export type StepUpdaterOptions = {
  readonly model: Model;
  /** Of vectors of `model.vectorLength` elements; the updater keeps one for the parameters and one per moment. */
  readonly arena: Vectors;
  /** [vectorLength] to start from; copied. */
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  readonly clip: ClipSpec;
  readonly regularization: RegularizationSpec;
  /** What `apply` is given a sum of: gradients over samples, or changes of the parameters over replicas. */
  readonly sumOf: 'gradients' | 'changes';
  /** Steps of the whole run, for the cosine schedule. */
  readonly totalSteps: number;
  /** Elements from the first on that no step changes; absent: none. They end with a layer's. */
  readonly frozen?: number;
};

export type UpdateReport = {
  /** False when the mean gradient (or a fresh running value) has an infinity or NaN: then nothing was changed. */
  readonly finite: boolean;
  readonly learningRate: number;
  /** Length of the whole trainable mean gradient (or change), before clipping; infinite or NaN when not finite. */
  readonly gradientNorm: number;
  readonly layerNorms: readonly LayerGradientNorm[];
};

/** What the optimizer carries from step to step, as checkpoints hold it. */
export type OptimizerState = {
  /** Moment vectors by name, [vectorLength] each. */
  readonly vectors: readonly { readonly name: string; readonly values: Float32Array }[];
  readonly scalars: OptimizerScalars;
};

export class StepUpdater {
  /** The current parameters, running values included. */
  readonly parameters: VectorId;
  readonly #options: StepUpdaterOptions;
  readonly #optimizer: Optimizer;
  readonly #moments: readonly VectorId[];
  readonly #layers: readonly TrainableLayer[];
  readonly #frozen: number;
  readonly #batchNorms: readonly BatchNormLayer[];
  #scalars: OptimizerScalars;

  constructor(options: StepUpdaterOptions) {
    const { model, arena } = options;
    this.#options = options;
    this.#optimizer = createOptimizer(options.optimizer);
    this.#frozen = options.frozen ?? 0;
    this.#layers = trainableLayers(model);
    this.#batchNorms = allLayers(model.layers).filter((layer) => layer.type === 'batch_norm');
    this.parameters = arena.allocateFrom(options.parameters);
    this.#moments = this.#optimizer.moments.map(() => arena.allocateFilled(0));
    this.#scalars = this.#optimizer.init();
  }

  /** From these parameters on with moments as they are at the beginning. */
  begin(parameters: Float32Array): void {
    const { arena } = this.#options;
    arena.view(this.parameters).set(parameters);
    for (const moment of this.#moments) arena.kernels.fill(arena.address(moment), arena.length, 0);
    this.#scalars = this.#optimizer.init();
  }

  /**
   * Takes one step. `sum` is over `count` samples (or replicas) and is overwritten (the caller frees it);
   * `step` and `epoch` count from 0, `step` over the whole run.
   *
   * In float32 unless said: g ← sum·fround(1/count) over the whole vector; L1/L2 terms on weights; norms in float64;
   * clipping by value, then by norm; the optimizer on [frozen, trainableLength), the only elements that are looked at; each
   * batch norm's running values r ← r + momentum·(g − r). Of changes, g ← −sum·fround(1/count), which is what a gradient would point to, and
   * r ← r + sum·fround(1/count).
   *
   * @param copy takes the next parameters too. They may still be computed when this returns, and are there once any vector of
   * the arena is looked at.
   */
  apply(
    sum: VectorId,
    count: number,
    step: number,
    epoch: number,
    copy: VectorId | null = null,
  ): UpdateReport {
    const { arena, model, optimizer, schedule, clip, regularization, totalSteps, sumOf } = this.#options;
    const { kernels } = arena;
    const gradient = arena.address(sum);
    const parameter = arena.address(this.parameters);
    // What is trained of the vector.
    const from = 4 * this.#frozen;
    const length = model.trainableLength - this.#frozen;
    const share = Math.fround(1 / count);
    const factor = sumOf === 'changes' ? -share : share;

    const vectors = { gradient, parameter, frozen: this.#frozen };
    const layerNorms = meanGradient(kernels, this.#layers, vectors, factor, regularization);
    const gradientNorm = totalNorm(layerNorms);
    const learningRate = optimizer.lr * learningRateFactor(schedule, step, epoch, totalSteps);
    const running = gradient + model.trainableLength * 4;
    const runningLength = model.vectorLength - model.trainableLength;
    kernels.scale(running, runningLength, share);
    const finite = Number.isFinite(gradientNorm) && kernels.isFinite(running, runningLength) === 1;
    if (!finite) return { finite, learningRate, gradientNorm, layerNorms };

    clipGradient(kernels, gradient + from, length, gradientNorm, clip);
    this.#updateRunningValues(parameter, gradient);
    const moments = this.#moments.map((id) => arena.address(id) + from);
    const into = copy === null ? null : arena.address(copy);
    const { calls, kernels: noted } = notedCalls();
    const trained = { parameter: parameter + from, gradient: gradient + from, moments, length };
    this.#scalars = this.#optimizer.update({ kernels: noted, ...trained }, learningRate, this.#scalars);
    if (into !== null) {
      const trainable = model.trainableLength * 4;
      kernels.copy(into + trainable, parameter + trainable, runningLength);
      if (from > 0) kernels.copy(into, parameter, this.#frozen);
      noted.copy(into + from, trained.parameter, length);
    }
    arena.elementwise.begin(calls);
    return { finite, learningRate, gradientNorm, layerNorms };
  }

  #updateRunningValues(parameter: number, gradient: number): void {
    const { arena, model, sumOf } = this.#options;
    const { kernels } = arena;
    if (sumOf === 'changes') {
      const offset = model.trainableLength * 4;
      kernels.add(parameter + offset, gradient + offset, model.vectorLength - model.trainableLength);
      return;
    }
    for (const { runningMean, runningVar, momentum } of this.#batchNorms) {
      for (const { offset, length } of [runningMean, runningVar]) {
        kernels.blend(parameter + offset * 4, gradient + offset * 4, length, momentum);
      }
    }
  }

  /** Live views of the moments (valid until the arena grows) and the scalars. */
  exportState(): OptimizerState {
    const { arena } = this.#options;
    return {
      vectors: this.#optimizer.moments.map((name, i) => ({
        name,
        values: arena.view(this.#moments[i] as VectorId),
      })),
      scalars: this.#scalars,
    };
  }

  /** Takes up parameters and state exactly where `exportState` left them. @throws RangeError, as a sentence */
  importState(parameters: Float32Array, state: OptimizerState): void {
    const { arena, optimizer } = this.#options;
    const expected = { vectors: this.#optimizer.moments, scalars: Object.keys(this.#optimizer.init()) };
    const found = { vectors: state.vectors.map(({ name }) => name), scalars: Object.keys(state.scalars) };
    for (const kind of ['vectors', 'scalars'] as const) {
      const [want, have] = [[...expected[kind]].sort().join(', '), [...found[kind]].sort().join(', ')];
      if (want !== have) {
        throw new RangeError(
          `The optimizer ${optimizer.type} keeps the ${kind} [${want}], but the state has [${have}]. ` +
            'It was written by another optimizer: resume with the spec it belongs to.',
        );
      }
    }
    for (const { values } of [{ values: parameters }, ...state.vectors]) {
      if (values.length !== arena.length) {
        throw new RangeError(`A vector of ${arena.length} elements was expected, but has ${values.length}.`);
      }
    }
    arena.view(this.parameters).set(parameters);
    for (const { name, values } of state.vectors) {
      arena.view(this.#moments[this.#optimizer.moments.indexOf(name)] as VectorId).set(values);
    }
    this.#scalars = { ...state.scalars };
  }
}
