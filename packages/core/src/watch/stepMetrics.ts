/**
 * The figures that are kept of every step, declared once: points, columns, rows of the file on disk, what pages are sent
 * and the charts follow from this table. A new one is an entry here, its words in the dashboard's `run/texts.ts`, and
 * where it is measured.
 */

export type StepMetricForm = {
  /** `digits` significant digits are kept, or whole numbers: more than a curve can show would only make messages longer. */
  readonly kept: { readonly digits: number } | 'whole';
  /** Its chart on the page: a line, or one with a smoothed line over it where steps differ a lot; null without one. */
  readonly chart: 'line' | 'smoothed' | null;
};

const FLOAT = { digits: 6 };

/** In the order of the rows on disk, which begin with the step's number. New ones go to the end. */
export const STEP_METRICS = {
  /** Mean loss of the step's samples. */
  loss: { kept: FLOAT, chart: 'smoothed' },
  learningRate: { kept: FLOAT, chart: 'line' },
  /** Before clipping. */
  gradientNorm: { kept: FLOAT, chart: null },
  samplesPerSecond: { kept: 'whole', chart: 'smoothed' },
} as const satisfies Readonly<Record<string, StepMetricForm>>;

export type StepMetric = keyof typeof STEP_METRICS;

/** Those with a chart on the page. */
export type ChartedStepMetric = {
  [M in StepMetric]: (typeof STEP_METRICS)[M]['chart'] extends null ? never : M;
}[StepMetric];

export const STEP_METRIC_NAMES = Object.keys(STEP_METRICS) as readonly StepMetric[];

/** `globalStep` counts the run's steps from 1. */
export type StepField = 'globalStep' | StepMetric;

export const CHARTED_STEP_METRICS = STEP_METRIC_NAMES.filter(
  (name): name is ChartedStepMetric => STEP_METRICS[name].chart !== null,
);

export const STEP_FIELDS: readonly StepField[] = ['globalStep', ...STEP_METRIC_NAMES];

export type StepPoint = { readonly [F in StepField]: number };

/** The curve of the steps as columns of one length. */
export type StepColumns = { readonly [F in StepField]: readonly number[] };

export type MutableStepColumns = { [F in StepField]: number[] };

export function emptyColumns(): MutableStepColumns {
  return columnsWith(() => []);
}

/** The points with as many digits as are kept. */
export function columnsOf(points: readonly StepPoint[]): StepColumns {
  return columnsWith((field) => points.map((point) => keptOf(field, point[field])));
}

function columnsWith(values: (field: StepField) => number[]): MutableStepColumns {
  return Object.fromEntries(STEP_FIELDS.map((field) => [field, values(field)])) as MutableStepColumns;
}

/** `[step, loss, …]`: a point as a row of numbers, with as many digits as are kept. */
export function rowOf(point: StepPoint): number[] {
  return STEP_FIELDS.map((field) => keptOf(field, point[field]));
}

/** The point of such a row; null for what is none. A row of an earlier version may end early: what it lacks is NaN. */
export function pointOfRow(row: unknown): StepPoint | null {
  if (!Array.isArray(row) || row.length < ROW_LEAST) return null;
  // What an earlier version did not measure is written back as null.
  if (!row.every((value, i) => isFiniteNumber(value) || (i >= ROW_LEAST && value === null))) return null;
  return Object.fromEntries(STEP_FIELDS.map((field, i) => [field, row[i] ?? Number.NaN])) as StepPoint;
}

/** Numbers in the rows of the first version. */
const ROW_LEAST = 5;

const isFiniteNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

function keptOf(field: StepField, value: number): number {
  if (field === 'globalStep') return value;
  const { kept }: StepMetricForm = STEP_METRICS[field];
  return kept === 'whole' ? Math.round(value) : Number(value.toPrecision(kept.digits));
}
