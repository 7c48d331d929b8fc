/** The lines that people read for the reports of a run. What is in them is made printable where lines are written. */
import { counted, type EpochRecord, type InitialSpec, type RunResult, shortHash } from '@shoal/core';
import type { RunReport } from '../../news/reports.ts';
import { columns, duration, figure, grouped, percent } from './format.ts';

/** Data sets that stand in for real ones are marked wherever they are named. */
function dataSetText(name: string): string {
  return name === 'digits' ? 'digits (built in, drawn by a program)' : name;
}

export function runText(report: Extract<RunReport, { type: 'run' }>): string[] {
  const { spec, dataSet } = report;
  const resumed = report.resumedFromStep > 0 ? `, resumed from step ${grouped(report.resumedFromStep)}` : '';
  const { epochs } = spec;
  const steps =
    spec.steps.type === 'localSteps'
      ? `${many(epochs, 'epoch')}, ${many(report.stepsInAll, 'step')} of ${many(spec.steps.replicas, 'replica')} with ${many(spec.steps.localSteps, 'local step')} each`
      : `${many(epochs, 'epoch')} of ${many(report.stepsPerEpoch, 'step')}`;
  return [
    `Run ${report.runId}${resumed}`,
    ...(spec.about === '' ? [] : [`  ${spec.about}`]),
    `  ${many(report.parameters, 'parameter')} on ${dataSetText(dataSet.name)}, ${steps}, batch ${spec.batch}, ${spec.optimizer.type} lr ${spec.optimizer.lr}`,
    ...(spec.initial === undefined ? [] : [`  begins with ${initialText(spec.initial)}`]),
  ];
}

/** `mnist-cnn-20260105-101500-3f2a, its first 6 layers, frozen` */
function initialText({ from, sha256, layers, frozen }: InitialSpec): string {
  const name = from === '' ? `the model of SHA-256 ${shortHash(sha256)}…` : from;
  const taken = layers === null ? [] : [layers === 1 ? 'its first layer' : `its first ${layers} layers`];
  return [name, ...taken, ...(frozen ? ['frozen'] : [])].join(', ');
}

/** The operator's link is printed here and nowhere else. */
export function linksText(report: Extract<RunReport, { type: 'listening' }>): string[] {
  return [
    `  dashboard  ${report.dashboardUrl}  (yours: who has this link controls the run)`,
    `  watch      ${report.watchUrl}`,
    `  join       ${report.joinUrl}`,
    '             or npx --no shoal worker -  (it asks for this link, which then stands in no list of processes)',
  ];
}

/** `isOfNumbers`: the run predicts numbers, of which none is right or wrong. */
export function epochText(record: EpochRecord, epochs: number, isOfNumbers = false): string {
  const number = `epoch ${String(record.epoch).padStart(String(epochs).length)}/${epochs}`;
  const validation =
    record.validationAccuracy === null || record.validationLoss === null
      ? `errors ${record.trainErrors}`
      : `validation ${percent(record.validationAccuracy)} (loss ${figure(record.validationLoss)})`;
  const best = record.improved ? '  best so far' : '';
  if (isOfNumbers) {
    const held = record.validationLoss === null ? '' : `  validation loss ${figure(record.validationLoss)}`;
    return `${number}  loss ${figure(record.trainLoss)}${held}  ${grouped(record.samplesPerSecond)} samples/s  ${duration(record.seconds)}${best}`;
  }
  return `${number}  loss ${figure(record.trainLoss)}  accuracy ${percent(record.trainAccuracy)}  ${validation}  ${grouped(record.samplesPerSecond)} samples/s  ${duration(record.seconds)}${best}`;
}

/** Shown for deep models, where a vanishing gradient is to be seen; null for others. */
export function layerNormsText(record: EpochRecord): string | null {
  if (record.layerNorms.length < 5) return null;
  const norms = record.layerNorms.map(({ norm }) => figure(Number(norm.toPrecision(2))));
  return `      gradient norm from the first layer to the last: ${norms.join('  ')}`;
}

/** Of a run that predicts numbers. */
export function regressionRows({
  regression,
  testLoss,
}: Pick<RunResult, 'regression' | 'testLoss'>): string[][] {
  if (regression === undefined) return [];
  const { label, meanSquaredError, r2 } = regression;
  return [
    ['predicts', label],
    ...(r2 === null ? [] : [['test R²', figure(r2)]]),
    ...(meanSquaredError === null ? [] : [['test mean squared error', figure(meanSquaredError)]]),
    ...(testLoss === null ? [] : [['test loss', `${figure(testLoss)} (of the standardised ${label})`]]),
  ];
}

const ENDINGS: Readonly<Record<RunResult['state'], string>> = {
  finished: 'Finished',
  stopped: 'Stopped',
  diverged: 'Diverged',
  failed: 'Failed',
};

export function resultText(result: RunResult): string[] {
  const accuracy = (name: string, value: number | null, loss: number | null): string[][] =>
    value === null ? [] : [[name, `${percent(value)}${loss === null ? '' : ` (loss ${figure(loss)})`}`]];
  const best = result.bestEpoch > 0 ? `, delivered: epoch ${result.bestEpoch}` : '';
  const rate = result.steps === 0 ? '' : `, ${grouped(result.samplesPerSecond)} samples/s`;
  const rows: string[][] = [
    ...regressionRows(result),
    ...accuracy('test accuracy', result.testAccuracy, result.testLoss),
    ...accuracy('validation accuracy', result.valAccuracy, null),
    ...accuracy('training accuracy', result.trainAccuracy, result.trainLoss),
    ['data set', dataSetText(result.dataSet)],
    ['epochs', `${result.epochs} (${many(result.steps, 'step')}${best})`],
    ['time', `${duration(result.seconds)}${rate}`],
    ...(result.state === 'stopped' ? [] : [['model', result.modelFile]]),
    ['checkpoints', result.checkpointFolder],
    ['parameters', `SHA-256 ${result.parametersSha256}`],
  ];
  return [`${ENDINGS[result.state]}: ${result.reason}`, ...columns(rows).map((row) => `  ${row}`)];
}

const many = (count: number, noun: string): string => counted(count, noun, { shown: grouped(count) });
