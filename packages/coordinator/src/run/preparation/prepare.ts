/** From a spec and a data set to everything a run computes with; whatever does not fit together is said here. */
import {
  checkModelFitsData,
  compileModel,
  type DataSet,
  type DataSplits,
  DEFAULT_LIMITS,
  initialParameters,
  type Model,
  type RunSpec,
  SampleWriter,
  StepUpdater,
  splitForRun,
  totalSteps,
  VectorArena,
  wasmStrictEngine,
} from '@shoal/core';
import { UserError } from '../../errors.ts';
import { DEFAULT_SCHEDULING, type RunFacts, type SchedulingLimits } from '../../transition/model/facts.ts';
import { shapeOf } from '../../transition/task/workload.ts';
import { LeaseMessages } from './leaseMessages.ts';
import { ProbeAnswer } from './probeAnswer.ts';

/** Memory for gradients that wait for their siblings; beyond it leases are taken back rather than memory given. */
const ARENA_BYTES_MAX = 2 * 1024 * 1024 * 1024;
const ARENA_VECTORS_MAX = 4096;

export type PreparedRun = {
  readonly facts: RunFacts;
  readonly model: Model;
  readonly data: DataSplits;
  readonly arena: VectorArena;
  readonly updater: StepUpdater;
  readonly leases: LeaseMessages;
};

/** The model and the split data. @throws UserError, SpecError, ModelError or RangeError with a sentence */
export function checkRun(spec: RunSpec, dataSet: DataSet): Pick<PreparedRun, 'model' | 'data'> {
  const model = compileModel(spec.model);
  checkModelFitsData(model, dataSet.info);
  const data = splitForRun(dataSet, spec.data, spec.seed);
  if (spec.earlyStopping?.metric.startsWith('validation') && data.validation.count === 0) {
    throw new UserError(
      `earlyStopping.metric is ${spec.earlyStopping.metric}, but there is no validation set. ` +
        'Set data.validation above 0, or watch trainLoss or trainErrors.',
    );
  }
  return { model, data };
}

/** @throws as `checkRun` */
export function prepareRun(
  spec: RunSpec,
  dataSet: DataSet,
  limits: SchedulingLimits = DEFAULT_SCHEDULING,
): PreparedRun {
  const { model, data } = checkRun(spec, dataSet);
  const counts = { train: data.train.count, validation: data.validation.count, test: data.test.count };
  const facts: RunFacts = { spec, counts, limits };
  const vectorBytes = Math.max(1, model.vectorLength * 4);
  const vectorsMax = Math.max(16, Math.min(ARENA_VECTORS_MAX, Math.floor(ARENA_BYTES_MAX / vectorBytes)));
  const arena = new VectorArena({ length: model.vectorLength, vectorsMax });
  const updater = updaterOf(facts, model, arena);
  return { facts, model, data, arena, updater, leases: new LeaseMessages(facts, data) };
}

/** With the parameters and moments that the run begins with, in vectors of `arena`. */
export function updaterOf(facts: RunFacts, model: Model, arena: VectorArena): StepUpdater {
  const { optimizer, schedule, clip, regularization, seed } = facts.spec;
  return new StepUpdater({
    ...{ model, arena, optimizer, schedule, clip, regularization },
    parameters: initialParameters(model, seed),
    totalSteps: totalSteps(shapeOf(facts)),
  });
}

/** The largest frame that a worker of a run sends: a partial with its gradient. */
export const frameBytesMax = (model: Model): number =>
  model.vectorLength * 4 + DEFAULT_LIMITS.envelopeBytesMax;

/** Computes the probe lease here, once, with the exact engine. */
export async function probeAnswer(run: PreparedRun): Promise<ProbeAnswer> {
  const { facts, model, data } = run;
  const { spec } = facts;
  const executor = await wasmStrictEngine.compile(model, {
    microbatch: spec.microbatch,
    inputGradient: false,
  });
  executor.parameters.set(initialParameters(model, spec.seed));
  executor.parametersChanged();
  const lease = run.leases.probe();
  const numbers = new Uint32Array(lease.samples.slice().buffer);
  const writer = new SampleWriter({
    shape: spec.model.input,
    augment: spec.data.source === 'table' ? null : spec.data.augment,
    seed: spec.seed,
  });
  writer.write(executor, data.train, numbers, numbers, 0);
  const sums = executor.computeGradient(numbers.length, { seed: spec.seed, epoch: 0 });
  return new ProbeAnswer({
    gradient: executor.gradient.slice(),
    sums,
    count: numbers.length,
    numerics: spec.numerics,
    tensors: model.tensors,
  });
}
