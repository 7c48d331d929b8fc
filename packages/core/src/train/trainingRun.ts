/**
 * A training run in one process without a network, a step at a time: whoever shows one may wait between steps, look at
 * the parameters, or stop. How long that takes is no part of what is computed.
 */
import type { DataSplits } from '../data/dataSet.ts';
import { augmentOf } from '../data/dataSpec.ts';
import { SampleWriter } from '../data/fill.ts';
import { StreamOrder } from '../data/order.ts';
import type { Engine, Executor } from '../engine/engine.ts';
import type { EndingFact } from '../facts/fact.ts';
import { compileModel } from '../nn/compile.ts';
import type { Model } from '../nn/model.ts';
import type { UpdateReport } from '../optim/stepUpdater.ts';
import { meansOf } from '../parallel/answer.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { VectorArena, type VectorId } from '../vectors/arena.ts';
import { beginningParameters, checkInitialFile } from './beginning.ts';
import { type Updater, updaterOf } from './codedUpdater.ts';
import { type EarlyStoppingState, initialEarlyStopping, observeEpoch } from './earlyStopping.ts';
import { addStep, epochMeans } from './epochMeans.ts';
import { evaluateSplit } from './evaluate.ts';
import { trainedFrom } from './frozen.ts';
import { ThreadComputer } from './leafComputer.ts';
import { completion, divergence, type EpochReport, type RunOutcome, vectorSha256 } from './outcome.ts';
import { leavesOfStep, piecesOfLeaves, type RunShape, stepsOfEpoch } from './position.ts';
import { EMPTY_EPOCH, type EpochSums } from './progress.ts';
import { checkStepsFit, shapeOfRun, vectorsOf } from './stepShape.ts';

export type TrainingRunOptions = {
  readonly spec: RunSpec;
  readonly data: DataSplits;
  readonly engine: Engine;
  readonly onEpoch?: (report: EpochReport) => void;
  /** The safetensors file that `spec.initial` names; absent where it names none. */
  readonly initial?: Uint8Array;
  /** [vectorLength] to start from in place of those that the spec says; then it is another run than the spec's. */
  readonly parameters?: Float32Array;
};

/** Of one step. */
export type StepReport = {
  /** Steps done, over the whole run, and complete epochs. */
  readonly step: number;
  readonly epoch: number;
  /** Mean over the step's samples, while the parameters were as before it. */
  readonly loss: number;
  readonly update: UpdateReport;
};

export class TrainingRun {
  readonly model: Model;
  readonly spec: RunSpec;
  readonly #options: TrainingRunOptions;
  readonly #shape: RunShape;
  readonly #executor: Executor;
  readonly #writer: SampleWriter;
  readonly #arena: VectorArena;
  readonly #updater: Updater;
  readonly #computer: ThreadComputer;
  readonly #order: StreamOrder;
  /** The parameters of the best epoch. */
  readonly #best: VectorId;
  readonly #history: EpochReport[] = [];
  #stopping: EarlyStoppingState | null;
  #reason: EndingFact;
  #step = 0;
  #stepInEpoch = 0;
  #sums: EpochSums = EMPTY_EPOCH;
  #last: UpdateReport | null = null;
  #state: 'training' | 'over' | 'diverged';

  /** @throws SpecError when a step would take more samples than there are, CheckpointError where `initial` is another file than the spec's, or does not fit */
  static async open(options: TrainingRunOptions): Promise<TrainingRun> {
    const { spec, data, engine, initial } = options;
    checkStepsFit(spec, data.train.count);
    if (initial !== undefined) checkInitialFile(spec, initial);
    const model = compileModel(spec.model);
    const executor = await engine.compile(model, {
      ...{ microbatch: spec.microbatch, inputGradient: false, trainedFrom: trainedFrom(model, spec) },
      vectors: vectorsOf(spec),
    });
    return new TrainingRun(options, executor);
  }

  private constructor(options: TrainingRunOptions, executor: Executor) {
    const { spec, data } = options;
    const { model } = executor;
    const trainCount = data.train.count;
    const parameters = options.parameters ?? beginningParameters(model, spec, options.initial ?? null);
    this.#options = options;
    this.#executor = executor;
    this.spec = spec;
    this.model = model;
    this.#shape = shapeOfRun(spec, trainCount);
    this.#writer = new SampleWriter({
      shape: model.inputShape,
      augment: augmentOf(spec.data),
      seed: spec.seed,
    });
    this.#arena = new VectorArena({ length: model.vectorLength });
    this.#updater = updaterOf(spec, { model, arena: this.#arena, parameters, trainCount });
    this.#best = this.#arena.allocateFrom(parameters);
    this.#computer = new ThreadComputer({ executor, writer: this.#writer, spec, trainCount });
    this.#order = new StreamOrder(spec, trainCount);
    this.#stopping = spec.earlyStopping === null ? null : initialEarlyStopping(spec.earlyStopping);
    this.#reason = completion(spec);
    this.#state = spec.epochs === 0 ? 'over' : 'training';
    this.#use(this.#updater.parameters);
    this.#endCompleteEpochs();
  }

  /** Whether no further step follows. */
  get isOver(): boolean {
    return this.#state !== 'training';
  }

  /** Epochs so far, oldest first. */
  get history(): readonly EpochReport[] {
    return this.#history;
  }

  /** [vectorLength] as they are after the latest step; a copy. */
  get parameters(): Float32Array {
    return this.#arena.view(this.#updater.parameters).slice();
  }

  /** Computes the next step, and at the end of an epoch what validates it. @returns null where the run is over */
  step(): StepReport | null {
    if (this.isOver) return null;
    const shape = this.#shape;
    const arena = this.#arena;
    const updater = this.#updater;
    const step = this.#step;
    const numbers = this.#order.numbers(piecesOfLeaves(shape, step, 0, leavesOfStep(shape, step)));
    const scales = updater.scales(leavesOfStep(shape, step));
    const training = { task: 'gradient', step, samples: this.#options.data.train, scales } as const;
    const root = this.#computer.computeTree({ ...training, numbers, rows: numbers });
    if (root.vector === null) return this.#diverge();
    const sum = arena.allocateFrom(this.#executor.vectors.view(root.vector));
    this.#computer.free(root.vector);
    const update = updater.apply(sum, root.count, step, this.#history.length);
    arena.free(sum);
    if (!update.finite) return this.#diverge();
    this.#sums = addStep(this.#sums, root, update);
    this.#last = update;
    this.#use(updater.parameters);
    this.#step += 1;
    this.#stepInEpoch += 1;
    this.#endCompleteEpochs();
    return { step: this.#step, epoch: this.#history.length, loss: meansOf(root).loss, update };
  }

  /** What the run has come to: the delivered parameters, tested. Of a run that is not over, as if it ended here. */
  finish(): RunOutcome {
    if (this.#state === 'diverged') {
      const epochs = this.#history.length;
      return {
        state: 'diverged',
        reason: divergence(this.spec, epochs, this.#step),
        epochs,
        ...this.#deliver(this.#updater.parameters),
      };
    }
    const { data } = this.#options;
    const isBest = this.spec.earlyStopping?.restoreBest === true && this.#stopping !== null;
    const bestEpoch = isBest ? (this.#stopping?.bestEpoch ?? 0) : 0;
    const delivered = bestEpoch > 0 ? this.#best : this.#updater.parameters;
    this.#use(delivered);
    return {
      state: 'finished',
      reason: this.#reason,
      epochs: this.#history.length,
      deliveredEpoch: bestEpoch > 0 ? bestEpoch : this.#history.length,
      validation: evaluateSplit(this.#executor, this.#writer, data.validation),
      test: evaluateSplit(this.#executor, this.#writer, data.test),
      ...this.#deliver(delivered),
    };
  }

  #use(vector: VectorId): void {
    this.#executor.parameters.set(this.#arena.view(vector));
    this.#executor.parametersChanged();
  }

  #deliver(vector: VectorId) {
    const parameters = this.#arena.view(vector).slice();
    const history = this.#history;
    return { steps: this.#step, history, parameters, parametersSha256: vectorSha256(parameters) };
  }

  #diverge(): null {
    this.#state = 'diverged';
    return null;
  }

  /** Where steps are long, an epoch may have none of its own. */
  #endCompleteEpochs(): void {
    while (!this.isOver && this.#stepInEpoch === stepsOfEpoch(this.#shape, this.#history.length)) {
      this.#endEpoch();
    }
  }

  #endEpoch(): void {
    const { data, onEpoch } = this.#options;
    const { earlyStopping, epochs } = this.spec;
    const validation = evaluateSplit(this.#executor, this.#writer, data.validation);
    if (validation !== null && !Number.isFinite(validation.loss)) {
      this.#diverge();
      return;
    }
    const last = this.#last;
    const { layerNorms, ...means } = epochMeans(this.#sums, this.#stepInEpoch, validation);
    const metrics = {
      epoch: this.#history.length + 1,
      ...means,
      learningRate: last?.learningRate ?? 0,
      layerNorms: layerNorms.map((norm, i) => ({ layer: last?.layerNorms[i]?.layer ?? '', norm })),
    };
    let improved = false;
    let stop = metrics.epoch === epochs;
    if (earlyStopping !== null && this.#stopping !== null) {
      const seen = observeEpoch(this.#stopping, earlyStopping, metrics);
      this.#stopping = seen.state;
      improved = seen.improved;
      if (improved) this.#arena.copy(this.#best, this.#updater.parameters);
      if (seen.stop) {
        this.#reason = seen.reason;
        stop = true;
      }
    }
    const report = { ...metrics, improved };
    this.#history.push(report);
    this.#sums = EMPTY_EPOCH;
    this.#last = null;
    this.#stepInEpoch = 0;
    if (stop) this.#state = 'over';
    onEpoch?.(report);
  }
}
