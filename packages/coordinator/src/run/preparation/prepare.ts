/** From a spec and a data set to everything a run computes with; whatever does not fit together is said here. */
import {
  beginningParameters,
  bytesOf,
  Codings,
  checkModelFitsData,
  checkStepsFit,
  choiceOf,
  compileModel,
  type DataSet,
  type DataSplits,
  DEFAULT_LIMITS,
  initialParameters,
  type Model,
  probePieces,
  type RunSpec,
  StreamOrder,
  splitForRun,
  splitSizes,
  ThreadComputer,
  type Updater,
  updaterOf,
  VectorArena,
  wasmStrictEngine,
} from '@shoal/core';
import { UserError } from '../../errors.ts';
import { DEFAULT_SCHEDULING, type RunFacts, type SchedulingLimits } from '../../transition/model/facts.ts';
import { DataBlocks } from './dataBlocks.ts';
import { inSharedMemory } from './inSharedMemory.ts';
import { LeaseMessages } from './leaseMessages.ts';
import { ProbeAnswer } from './probeAnswer.ts';
import type { VectorThreads } from './vectorThreads.ts';

/** Memory for gradients that wait for their siblings; beyond it leases are taken back rather than memory given. */
const ARENA_BYTES_MAX = 2 * 1024 * 1024 * 1024;
const ARENA_VECTORS_MAX = 4096;

/** Of a coordinator that leads alone, and of the first that leads a cluster. */
export const FIRST_TERM = 1;

export type PreparedRun = {
  readonly facts: RunFacts;
  readonly model: Model;
  readonly data: DataSplits;
  readonly arena: VectorArena;
  readonly updater: Updater;
  readonly blocks: DataBlocks;
  readonly leases: LeaseMessages;
  /** Help with what the coordinator computes, while the run goes on. */
  readonly threads: VectorThreads;
  /** The safetensors file that its spec names to begin with; null where it names none. */
  readonly initial: Uint8Array | null;
};

/** The model, where it and the steps fit the data. @throws UserError, SpecError, ModelError or RangeError with a sentence */
export function checkRun(spec: RunSpec, dataSet: DataSet): Pick<PreparedRun, 'model'> {
  const model = compileModel(spec.model);
  checkModelFitsData(model, dataSet.info);
  const choice = choiceOf(spec.data);
  const { train, validation } = dataSet;
  checkStepsFit(spec, choice === null ? train.count : splitSizes(dataSet, choice).kept);
  const held = validation?.count ?? choice?.validation ?? 0;
  if (spec.earlyStopping?.metric.startsWith('validation') && held === 0) {
    throw new UserError(
      `earlyStopping.metric is ${spec.earlyStopping.metric}, but there is no validation set. ` +
        'Set data.validation above 0, or watch trainLoss or trainErrors.',
    );
  }
  return { model };
}

/** Where a run's vectors lie. */
export type ArenaOpener = (options: { readonly length: number; readonly vectorsMax: number }) => {
  readonly arena: VectorArena;
  readonly threads: VectorThreads;
};

const NO_THREADS: VectorThreads = { start: () => {}, close: async () => {} };
const ownMemory: ArenaOpener = (options) => ({ arena: new VectorArena(options), threads: NO_THREADS });

export type PreparationOptions = {
  readonly limits?: SchedulingLimits;
  /** Of the coordinator that leads the run. */
  readonly term?: number;
  readonly openArena?: ArenaOpener;
  /** The file that the spec names to begin with, found to be that one. */
  readonly initial?: Uint8Array | null;
};

/** @throws as `checkRun`, and CheckpointError where the model to begin with does not fit */
export function prepareRun(spec: RunSpec, dataSet: DataSet, options: PreparationOptions = {}): PreparedRun {
  const { limits = DEFAULT_SCHEDULING, term = FIRST_TERM, openArena = ownMemory, initial = null } = options;
  const { model } = checkRun(spec, dataSet);
  // Local workers read it where it is.
  const data = inSharedMemory(splitForRun(dataSet, spec.data, spec.seed));
  const counts = { train: data.train.count, validation: data.validation.count, test: data.test.count };
  const facts: RunFacts = { spec, counts, limits };
  const vectorBytes = Math.max(1, model.vectorLength * 4);
  const vectorsMax = Math.max(16, Math.min(ARENA_VECTORS_MAX, Math.floor(ARENA_BYTES_MAX / vectorBytes)));
  const { arena, threads } = openArena({ length: model.vectorLength, vectorsMax });
  const updater = freshUpdater({ facts, model, initial }, arena);
  const blocks = new DataBlocks(data);
  const leases = new LeaseMessages(facts, data, blocks, term);
  return { facts, model, data, arena, updater, blocks, leases, threads, initial };
}

/** With the parameters and moments that the run begins with, in vectors of `arena`. */
export function freshUpdater(
  { facts, model, initial }: Pick<PreparedRun, 'facts' | 'model' | 'initial'>,
  arena: VectorArena,
): Updater {
  const parameters = beginningParameters(model, facts.spec, initial);
  return updaterOf(facts.spec, { model, arena, parameters, trainCount: facts.counts.train });
}

/** The largest frame that a worker of a run sends: a partial with its vector. */
export function frameBytesMax(spec: RunSpec, model = compileModel(spec.model)): number {
  // Where scales are not known yet, or there are none, a vector has its longest form.
  return new Codings(spec, model).up(null).byteLength + DEFAULT_LIMITS.envelopeBytesMax;
}

/** Computes the probe lease here, once, with the exact engine and what the seed draws, whatever the run begins with. */
export async function probeAnswer(run: PreparedRun): Promise<ProbeAnswer> {
  const { facts, model, data } = run;
  const { spec } = facts;
  const computer = await ThreadComputer.open(wasmStrictEngine, {
    ...{ model, spec, trainCount: facts.counts.train },
  });
  computer.setParameters(bytesOf(initialParameters(model, spec.seed)));
  const numbers = new StreamOrder(spec, facts.counts.train).numbers(probePieces(spec, facts.counts.train));
  const work = { task: 'probe', step: 0, scales: null, numbers, samples: data.train, rows: numbers } as const;
  const { vector, ...sums } = computer.computeTree(work);
  const gradient = new Float32Array(model.vectorLength);
  if (vector !== null) computer.read(vector, gradient);
  return new ProbeAnswer({
    ...{ gradient, sums, count: sums.count },
    numerics: spec.numerics,
    isRound: spec.steps.type === 'localSteps',
    tensors: model.tensors,
  });
}
