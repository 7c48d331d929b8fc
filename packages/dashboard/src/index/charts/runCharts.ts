/** The curves of a run, from its records and steps. */
import {
  CHARTED_STEP_METRICS,
  type ChartedStepMetric,
  type EpochRecord,
  STEP_METRICS,
  type StepColumns,
  type StepMetricForm,
} from '@shoal/core';
import { count, percent, significant } from '../format.ts';
import { type ChartData, type Line, type Mark, smoothed } from './chart.ts';

/** Titles, axes and labels, by their names in `run/texts.ts`. */
export type CurveWords = Readonly<
  Record<
    | 'lossByEpoch'
    | 'accuracyByEpoch'
    | 'normsByEpoch'
    | 'accuracyByBytes'
    | 'epoch'
    | 'step'
    | 'training'
    | 'validation'
    | 'smoothed'
    | 'bestMark'
    | 'stopMark',
    string
  >
> & {
  /** What the axis of bytes counts. */
  readonly exchanged: (unit: 'kB' | 'MB') => string;
  readonly stepMetrics: Readonly<
    Record<ChartedStepMetric, { readonly title: string; readonly line: string }>
  >;
};

/** What early stopping has to say; null where the run has none. */
export type Stopping = { readonly bestEpoch: number; readonly stoppedAfter: number | null } | null;

/** Up to as many epochs, each is drawn as a dot as well. */
const DOTS_MAX = 60;

export const dotted = ({ length }: { readonly length: number }): boolean => length <= DOTS_MAX;

const percentTick = (value: number): string => `${Number((value * 100).toFixed(2))} %`;

export function epochCharts(records: readonly EpochRecord[], stopping: Stopping, t: CurveWords): ChartData[] {
  const at = records.map(({ epoch }) => epoch);
  const marks = stoppingMarks(stopping, t);
  // Without a validation set there is no such curve; before the first epoch nobody knows.
  const isValidated = records.length === 0 || records.some(({ validationLoss }) => validationLoss !== null);
  const common = { axis: t.epoch, at, marks, log: false, dots: dotted(at), group: 'epochs' };
  return [
    {
      ...common,
      title: t.lossByEpoch,
      format: significant,
      lines: [
        line(
          t.training,
          0,
          records.map(({ trainLoss }) => trainLoss),
          significant,
        ),
        ...(isValidated
          ? [
              line(
                t.validation,
                1,
                records.map(({ validationLoss }) => validationLoss),
                significant,
              ),
            ]
          : []),
      ],
    },
    {
      ...common,
      title: t.accuracyByEpoch,
      format: percentTick,
      lines: [
        line(
          t.training,
          0,
          records.map(({ trainAccuracy }) => trainAccuracy),
          percent,
        ),
        ...(isValidated
          ? [
              line(
                t.validation,
                1,
                records.map(({ validationAccuracy }) => validationAccuracy),
                percent,
              ),
            ]
          : []),
      ],
    },
  ];
}

/** Above so many, bytes are counted in megabytes. */
const KILOBYTES_BYTES_MAX = 10e6;

/**
 * What accuracy has cost on the lines to other machines; null where nothing went over any, or nobody has counted.
 */
export function bytesChart(records: readonly EpochRecord[], t: CurveWords): ChartData | null {
  const counted = records.filter(({ bytes }) => bytes !== undefined);
  const most = counted.at(-1)?.bytes ?? 0;
  if (most === 0) return null;
  const [unit, size] = most > KILOBYTES_BYTES_MAX ? (['MB', 1e6] as const) : (['kB', 1e3] as const);
  const isValidated = counted.some(({ validationAccuracy }) => validationAccuracy !== null);
  return {
    title: t.accuracyByBytes,
    axis: t.exchanged(unit),
    at: counted.map(({ bytes = 0 }) => Math.round(bytes / size)),
    marks: [],
    log: false,
    dots: dotted(counted),
    group: 'bytes',
    format: percentTick,
    lines: [
      isValidated
        ? line(
            t.validation,
            1,
            counted.map(({ validationAccuracy }) => validationAccuracy),
            percent,
          )
        : line(
            t.training,
            0,
            counted.map(({ trainAccuracy }) => trainAccuracy),
            percent,
          ),
    ],
  };
}

/** Where a gradient vanishes on its way to the first layers, their lines lie decades below the last one's. */
export function normChart(records: readonly EpochRecord[], t: CurveWords): ChartData {
  const layers = records[0]?.layerNorms.map(({ layer }) => layer) ?? [];
  return {
    title: t.normsByEpoch,
    axis: t.epoch,
    at: records.map(({ epoch }) => epoch),
    marks: [],
    log: true,
    dots: dotted(records),
    group: 'epochs',
    format: significant,
    lines: layers.map((layer, index) =>
      line(
        layer,
        index,
        records.map(({ layerNorms }) => layerNorms[index]?.norm ?? null),
        significant,
      ),
    ),
  };
}

/** The curves of the figures that are kept of every step. */
export function stepCharts(steps: StepColumns, t: CurveWords): ChartData[] {
  return CHARTED_STEP_METRICS.map((metric) => stepChart(metric, steps, t));
}

export function stepChart(metric: ChartedStepMetric, steps: StepColumns, t: CurveWords): ChartData {
  const { kept, chart }: StepMetricForm = STEP_METRICS[metric];
  const format = kept === 'whole' ? count : significant;
  // Every second colour, so that neighbours are told apart.
  const look = 2 * CHARTED_STEP_METRICS.indexOf(metric);
  const { title, line: label } = t.stepMetrics[metric];
  const raw = line(label, look, steps[metric], format);
  return {
    title,
    axis: t.step,
    at: steps.globalStep,
    marks: [],
    log: false,
    dots: false,
    group: 'steps',
    format: (value) => format(value),
    lines:
      chart === 'smoothed'
        ? [{ ...raw, faint: true }, line(t.smoothed, look, smoothed(steps[metric]), format)]
        : [raw],
  };
}

function line(
  label: string,
  look: number,
  values: readonly (number | null)[],
  format: (value: number | null) => string,
): Line {
  return { label, look, values, format: (value) => format(value) };
}

function stoppingMarks(stopping: Stopping, t: CurveWords): Mark[] {
  if (stopping === null || stopping.bestEpoch === 0) return [];
  const best: Mark = { at: stopping.bestEpoch, label: t.bestMark, tone: 'good' };
  if (stopping.stoppedAfter === null) return [best];
  return [best, { at: stopping.stoppedAfter, label: t.stopMark, tone: 'warn' }];
}
