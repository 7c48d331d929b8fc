/**
 * The curves of a run as one table of CSV (RFC 4180): a row for each step that was kept, and after them one for each epoch.
 * Columns are named as in `steps.jsonl` and `epochs.jsonl`; what a row has no value of is empty.
 */
import { type EpochRecord, hasAccuracy, type RunSpec, STEP_FIELDS, type StepColumns } from '@shoal/core';

const EPOCH_FIELDS = [
  'epoch',
  'trainLoss',
  'trainAccuracy',
  'trainErrors',
  'validationLoss',
  'validationAccuracy',
  'learningRate',
  'samplesPerSecond',
  'seconds',
  'bytes',
  'blockBytes',
] as const satisfies readonly (keyof EpochRecord)[];

type Row = Readonly<Record<string, number | null | undefined>>;

/** Of each layer with parameters, by its name. */
const normColumn = (layer: string): string => `gradientNorm of ${layer}`;

export function curvesCsv(
  { model }: Pick<RunSpec, 'model'>,
  steps: StepColumns,
  epochs: readonly EpochRecord[],
): string {
  const layers = epochs.flatMap(({ layerNorms }) => layerNorms.map(({ layer }) => normColumn(layer)));
  const columns = [...new Set<string>([...STEP_FIELDS, ...EPOCH_FIELDS, ...layers])];
  const rows: Row[] = steps.globalStep.map((_, i) =>
    Object.fromEntries(STEP_FIELDS.map((field) => [field, steps[field][i]])),
  );
  for (const record of epochs) {
    rows.push({
      ...Object.fromEntries(EPOCH_FIELDS.map((field) => [field, record[field]])),
      ...(!hasAccuracy(model) && { trainAccuracy: null, trainErrors: null, validationAccuracy: null }),
      ...Object.fromEntries(record.layerNorms.map(({ layer, norm }) => [normColumn(layer), norm])),
    });
  }
  const lines = rows.map((row) => columns.map((column) => cellOf(row[column])).join(','));
  return `${[columns.map(quoted).join(','), ...lines].join('\r\n')}\r\n`;
}

const cellOf = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '' : String(value);

const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
