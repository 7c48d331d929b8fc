/**
 * A whole training run in one process without a network: the definition of what a run computes. A cluster of any
 * size, with any workers lost on the way, must reach the same bits.
 */
import type { DataSplits } from '../data/dataSet.ts';
import { augmentOf } from '../data/dataSpec.ts';
import { SampleWriter } from '../data/fill.ts';
import { StreamOrder } from '../data/order.ts';
import type { Engine } from '../engine/engine.ts';
import type { EndingFact } from '../facts/fact.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { UpdateReport } from '../optim/stepUpdater.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { VectorArena, type VectorId } from '../vectors/arena.ts';
import { updaterOf } from './codedUpdater.ts';
import { initialEarlyStopping, observeEpoch } from './earlyStopping.ts';
import { addStep, epochMeans } from './epochMeans.ts';
import { evaluateSplit } from './evaluate.ts';
import { ThreadComputer } from './leafComputer.ts';
import { completion, divergence, type EpochReport, type RunOutcome, vectorSha256 } from './outcome.ts';
import { leavesOfStep, piecesOfLeaves, stepsOfEpoch } from './position.ts';
import { EMPTY_EPOCH } from './progress.ts';
import { checkStepsFit, shapeOfRun, vectorsOf } from './stepShape.ts';

export type TrainAloneOptions = {
  readonly spec: RunSpec;
  readonly data: DataSplits;
  readonly engine: Engine;
  readonly onEpoch?: (report: EpochReport) => void;
};

/**
 * Trains until the spec's epochs are done, early stopping says so, or a step is not finite.
 * @throws SpecError when a step would take more samples than there are
 */
export async function trainAlone({ spec, data, engine, onEpoch }: TrainAloneOptions): Promise<RunOutcome> {
  const { seed, microbatch, epochs, earlyStopping } = spec;
  const trainCount = data.train.count;
  checkStepsFit(spec, trainCount);
  const shape = shapeOfRun(spec, trainCount);
  const model = compileModel(spec.model);
  const executor = await engine.compile(model, {
    ...{ microbatch, inputGradient: false },
    vectors: vectorsOf(spec),
  });
  const writer = new SampleWriter({ shape: model.inputShape, augment: augmentOf(spec.data), seed });
  const arena = new VectorArena({ length: model.vectorLength });
  const parameters = initialParameters(model, seed);
  const updater = updaterOf(spec, { model, arena, parameters, trainCount });
  const best = arena.allocateFrom(parameters);
  const computer = new ThreadComputer({ executor, writer, spec, trainCount });
  const order = new StreamOrder(spec, trainCount);

  const use = (vector: VectorId): void => {
    executor.parameters.set(arena.view(vector));
    executor.parametersChanged();
  };
  const deliver = (vector: VectorId) => {
    const delivered = arena.view(vector).slice();
    return { steps: step, history, parameters: delivered, parametersSha256: vectorSha256(delivered) };
  };

  const diverged = (epoch: number): RunOutcome => {
    const reason = divergence(spec, epoch, step);
    return { state: 'diverged', reason, epochs: epoch, ...deliver(updater.parameters) };
  };

  const history: EpochReport[] = [];
  let stopping = earlyStopping === null ? null : initialEarlyStopping(earlyStopping);
  let reason: EndingFact = completion(spec);
  let step = 0;
  let stop = false;
  use(updater.parameters);

  for (let epoch = 0; epoch < epochs && !stop; epoch += 1) {
    let sums = EMPTY_EPOCH;
    let last: UpdateReport | null = null;
    const steps = stepsOfEpoch(shape, epoch);
    for (let stepInEpoch = 0; stepInEpoch < steps; stepInEpoch += 1) {
      const numbers = order.numbers(piecesOfLeaves(shape, step, 0, leavesOfStep(shape, step)));
      const scales = updater.scales(leavesOfStep(shape, step));
      const training = { task: 'gradient', step, samples: data.train, scales } as const;
      const root = computer.computeTree({ ...training, numbers, rows: numbers });
      if (root.vector === null) return diverged(epoch);
      const sum = arena.allocateFrom(executor.vectors.view(root.vector));
      computer.free(root.vector);
      const report = updater.apply(sum, root.count, step, epoch);
      arena.free(sum);
      if (!report.finite) return diverged(epoch);
      sums = addStep(sums, root, report);
      last = report;
      use(updater.parameters);
      step += 1;
    }
    const validation = evaluateSplit(executor, writer, data.validation);
    if (validation !== null && !Number.isFinite(validation.loss)) return diverged(epoch);
    const { layerNorms, ...means } = epochMeans(sums, steps, validation);
    const metrics = {
      epoch: epoch + 1,
      ...means,
      learningRate: last?.learningRate ?? 0,
      layerNorms: layerNorms.map((norm, i) => ({ layer: last?.layerNorms[i]?.layer ?? '', norm })),
    };
    let improved = false;
    if (earlyStopping !== null && stopping !== null) {
      const seen = observeEpoch(stopping, earlyStopping, metrics);
      ({ state: stopping, improved, stop } = seen);
      if (improved) arena.copy(best, updater.parameters);
      if (seen.stop) reason = seen.reason;
    }
    history.push({ ...metrics, improved });
    onEpoch?.({ ...metrics, improved });
  }

  const bestEpoch = earlyStopping?.restoreBest === true && stopping !== null ? stopping.bestEpoch : 0;
  const delivered = bestEpoch > 0 ? best : updater.parameters;
  use(delivered);
  return {
    state: 'finished',
    reason,
    epochs: history.length,
    deliveredEpoch: bestEpoch > 0 ? bestEpoch : history.length,
    validation: evaluateSplit(executor, writer, data.validation),
    test: evaluateSplit(executor, writer, data.test),
    ...deliver(delivered),
  };
}
