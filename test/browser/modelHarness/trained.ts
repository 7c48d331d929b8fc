/** Models that have really been trained, in this process, for a page to show. */
import {
  compileModel,
  digitsDataSet,
  type EpochRecord,
  type EpochReport,
  findPreset,
  initialParameters,
  type LayerSpec,
  type RunSpec,
  resolveRunSpec,
  splitForRun,
  tableDataSet,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';
import type { ShownRun, ShownState } from './modelServer.ts';

const LAYERS: LayerSpec[] = [
  { type: 'conv2d', filters: 8, kernel: 3 },
  { type: 'relu' },
  { type: 'max_pool2d', size: 2 },
  { type: 'conv2d', filters: 16, kernel: 3 },
  { type: 'relu' },
  { type: 'max_pool2d', size: 2 },
  { type: 'flatten' },
  { type: 'dense', units: 64 },
  { type: 'relu' },
  { type: 'dropout', rate: 0.5 },
  { type: 'dense', units: 10 },
];

export type Trained = { readonly run: ShownRun; readonly state: ShownState };

function recordOf(report: EpochReport, index: number): EpochRecord {
  return {
    epoch: index + 1,
    trainLoss: report.trainLoss,
    trainAccuracy: report.trainAccuracy,
    trainErrors: report.trainErrors,
    validationLoss: report.validationLoss,
    validationAccuracy: report.validationAccuracy,
    learningRate: report.learningRate,
    layerNorms: report.layerNorms,
    seconds: 1,
    samplesPerSecond: 1000,
    improved: report.improved,
  };
}

async function train(run: ShownRun): Promise<Trained> {
  const { spec, data } = run;
  if (spec.epochs === 0) {
    const parameters = initialParameters(compileModel(spec.model), spec.seed);
    return { run, state: { parameters, step: 0, epoch: 0, records: [] } };
  }
  const outcome = await trainAlone({ spec, data, engine: wasmStrictEngine });
  const { parameters, steps, epochs, history } = outcome;
  return { run, state: { parameters, step: steps, epoch: epochs, records: history.map(recordOf) } };
}

/** A small convolutional network with dropout, on the built-in digits. */
export async function trainDigits(size: { readonly train: number; readonly test: number }): Promise<Trained> {
  const dataSet = digitsDataSet(size);
  const spec = resolveRunSpec({
    name: 'digits',
    about: 'A small network for the built-in digits.',
    data: { source: 'digits', validation: 200, augment: { shift: 1, rotate: 8, scale: 0.1 } },
    model: { input: [1, 28, 28], layers: LAYERS, loss: 'cross_entropy' },
    batch: 64,
    microbatch: 32,
    epochs: 4,
    optimizer: { type: 'adam', lr: 0.003 },
  });
  return train({ spec, dataSet: dataSet.info, data: splitForRun(dataSet, spec.data, spec.seed) });
}

/** A preset of the truth tables after some of its epochs. */
export async function trainTable(preset: string, epochs: number): Promise<Trained> {
  const given = findPreset(preset);
  if (given.data.source !== 'table') throw new Error(`${preset} is not trained on a truth table.`);
  const dataSet = tableDataSet(given.data.table);
  const spec: RunSpec = { ...given, epochs };
  return train({ spec, dataSet: dataSet.info, data: splitForRun(dataSet, spec.data, spec.seed) });
}
