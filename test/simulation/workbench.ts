/** One tiny run for all simulations: its spec, data, the right answer, and the engine that all its workers share. */
import { createHash } from 'node:crypto';

import type { PreparedRun } from '@shoal/coordinator/simulation';
import { prepareRun } from '@shoal/coordinator/simulation';
import {
  classSamples,
  compileModel,
  type DataSet,
  type DataSplits,
  exportModel,
  initialParameters,
  type Model,
  RandomStream,
  type RunOutcome,
  type RunSpec,
  resolveRunSpec,
  type Samples,
  shapeOfRun,
  splitForRun,
  ThreadComputer,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';

export type Workbench = {
  readonly spec: RunSpec;
  readonly dataSet: DataSet;
  readonly data: DataSplits;
  readonly model: Model;
  readonly computer: ThreadComputer;
  /** What the run is without a network. */
  readonly expected: RunOutcome;
  /** `read` is the data set as a process has read it; the one that all share when absent. */
  readonly prepare: (term?: number, read?: DataSet) => PreparedRun;
  /** The data set read once more, for whoever splits it alone, which may move its samples. */
  readonly read: () => DataSet;
  /** Its data set as workers fetch it. */
  readonly blocks: PreparedRun['blocks'];
};

/** Two noisy classes of four numbers each: small, and not learned in one step. */
function tinyDataSet(trainCount: number): DataSet {
  const samples = (count: number, part: number): Samples => {
    const values = new Float32Array(count * 4);
    const labels = new Uint8Array(count);
    const stream = new RandomStream([5, 1002, part, 0], 0);
    for (let i = 0; i < count; i += 1) {
      labels[i] = i % 3;
      for (let j = 0; j < 4; j += 1) {
        values[i * 4 + j] = stream.uniform(i * 4 + j) + (j === i % 3 ? 0.5 : 0);
      }
    }
    return classSamples({ shape: [4], values }, labels);
  };
  const info = { name: 'tiny', source: 'idx', shape: [4], classes: 3, sha256: '0'.repeat(64) } as const;
  return { info, train: samples(trainCount, 0), test: samples(13, 1) };
}

/** Two steps and a little more of microbatches, or one and a little more of rounds. */
function samplesNeeded(spec: RunSpec): number {
  const { stepSamples, acrossEpochs } = shapeOfRun(spec, 1);
  return Math.max(58, acrossEpochs ? stepSamples + 10 : 2 * stepSamples);
}

type Fields = Readonly<Record<string, unknown>>;

/** With a model to begin with, where `initial` says how it is taken: one that another seed would draw. */
function withInitial(fields: Fields): { readonly spec: RunSpec; readonly initial: Uint8Array | null } {
  const { initial, ...rest } = fields;
  const plain = resolveRunSpec(rest);
  if (initial === undefined) return { spec: plain, initial: null };
  const model = compileModel(plain.model);
  const file = exportModel(model, initialParameters(model, plain.seed + 1));
  const sha256 = createHash('sha256').update(file).digest('hex');
  return { spec: resolveRunSpec({ ...rest, initial: { ...(initial as Fields), sha256 } }), initial: file };
}

/** Dropout and batch norm are in it, so that random addresses and running values are held to the same bits. */
export async function openWorkbench(change: Fields = {}): Promise<Workbench> {
  const { spec, initial } = withInitial({
    name: 'tiny',
    seed: 3,
    data: { source: 'idx', validation: 9 },
    model: {
      input: [4],
      layers: [
        { type: 'dense', units: 5 },
        { type: 'batch_norm' },
        { type: 'relu' },
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 3 },
      ],
      loss: 'cross_entropy',
    },
    batch: 22,
    microbatch: 3,
    epochs: 5,
    optimizer: { type: 'adam', lr: 0.05 },
    earlyStopping: { metric: 'validationLoss', patience: 2, minimumImprovement: 0.001 },
    checkpoint: { everySteps: 2 },
    ...change,
  });
  const dataSet = tinyDataSet(samplesNeeded(spec));
  const data = splitForRun(dataSet, spec.data, spec.seed);
  const model = compileModel(spec.model);
  return {
    spec,
    dataSet,
    data,
    model,
    computer: await ThreadComputer.open(wasmStrictEngine, { model, spec, trainCount: data.train.count }),
    expected: await trainAlone({
      ...{ spec, data, engine: wasmStrictEngine },
      ...(initial !== null && { initial }),
    }),
    prepare: (term, read = dataSet) =>
      prepareRun(spec, read, { initial, ...(term !== undefined && { term }) }),
    read: () => ({ ...tinyDataSet(samplesNeeded(spec)), isSpent: true }),
    blocks: prepareRun(spec, dataSet, { initial }).blocks,
  };
}
