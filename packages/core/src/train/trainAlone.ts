/**
 * A whole training run in one process without a network: the definition of what a run computes. A cluster of any
 * size, with any workers lost on the way, must reach the same bits.
 */
import type { DataSplits } from '../data/dataSet.ts';
import { SampleWriter } from '../data/fill.ts';
import { epochOrder } from '../data/order.ts';
import type { Engine } from '../engine/engine.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import { VectorArena, type VectorId } from '../optim/arena.ts';
import { StepUpdater } from '../optim/stepUpdater.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { initialEarlyStopping, observeEpoch } from './earlyStopping.ts';
import { EpochMeans } from './epochMeans.ts';
import { evaluateSplit } from './evaluate.ts';
import {
  completionReason,
  divergenceReason,
  type EpochReport,
  type RunOutcome,
  vectorSha256,
} from './outcome.ts';
import { type RunShape, stepsPerEpoch, totalSteps } from './position.ts';
import { computeStep } from './stepGradient.ts';

export type TrainAloneOptions = {
  readonly spec: RunSpec;
  readonly data: DataSplits;
  readonly engine: Engine;
  readonly onEpoch?: (report: EpochReport) => void;
};

/** Trains until the spec's epochs are done, early stopping says so, or a step is not finite. */
export async function trainAlone({ spec, data, engine, onEpoch }: TrainAloneOptions): Promise<RunOutcome> {
  const { seed, batch, microbatch, epochs, earlyStopping } = spec;
  const shape: RunShape = { trainCount: data.train.count, batch, microbatch, epochs };
  const model = compileModel(spec.model);
  const executor = await engine.compile(model, { microbatch, inputGradient: false });
  const augment = spec.data.source === 'table' ? null : spec.data.augment;
  const writer = new SampleWriter({ shape: model.inputShape, augment, seed });
  const arena = new VectorArena({ length: model.vectorLength });
  const parameters = initialParameters(model, seed);
  const updater = new StepUpdater({ ...spec, model, arena, parameters, totalSteps: totalSteps(shape) });
  const best = arena.allocateFrom(parameters);
  const context = { executor, writer, arena, train: data.train, shape, seed };

  const use = (vector: VectorId): void => {
    executor.parameters.set(arena.view(vector));
    executor.parametersChanged();
  };
  const deliver = (vector: VectorId) => {
    const delivered = arena.view(vector).slice();
    return { steps: step, history, parameters: delivered, parametersSha256: vectorSha256(delivered) };
  };

  const history: EpochReport[] = [];
  let stopping = earlyStopping === null ? null : initialEarlyStopping(earlyStopping);
  let reason = completionReason(spec);
  let step = 0;
  let stop = false;
  use(updater.parameters);

  for (let epoch = 0; epoch < epochs && !stop; epoch += 1) {
    const order = epochOrder(seed, epoch, data.train.count);
    const means = new EpochMeans();
    for (let stepInEpoch = 0; stepInEpoch < stepsPerEpoch(shape); stepInEpoch += 1) {
      const sums = computeStep(context, order, epoch, stepInEpoch);
      const report = sums === null ? null : updater.apply(sums.gradient, sums.count, step, epoch);
      if (sums === null || report === null || !report.finite) {
        const why = divergenceReason(spec, epoch, step);
        return { state: 'diverged', reason: why, epochs: epoch, ...deliver(updater.parameters) };
      }
      arena.free(sums.gradient);
      means.add(sums, report);
      use(updater.parameters);
      step += 1;
    }
    const metrics = means.report(epoch + 1, evaluateSplit(executor, writer, data.validation));
    let improved = false;
    if (earlyStopping !== null && stopping !== null) {
      const seen = observeEpoch(stopping, earlyStopping, metrics);
      ({ state: stopping, improved, stop } = seen);
      if (improved) arena.copy(best, updater.parameters);
      if (stop) reason = seen.reason;
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
