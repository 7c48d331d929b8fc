/** The curves of a race on one axis: a colour and a dash of its own for each rule. */
import { type EpochRecord, emptyColumns } from '@shoal/core';
import type { ChartData } from '../charts/chart.ts';
import { dotted } from '../charts/runCharts.ts';
import { percent, significant } from '../format.ts';
import { aligned } from '../runs/compare.ts';

export type RaceMetric = 'loss' | 'accuracy';

const FIELDS = { loss: 'trainLoss', accuracy: 'validationAccuracy' } as const;

type Runner = { readonly label: string; readonly records: readonly EpochRecord[] };

export function raceChart(
  runners: readonly Runner[],
  metric: RaceMetric,
  words: { readonly title: string; readonly epoch: string },
): ChartData {
  const { at, columns } = aligned(
    runners.map(({ records }) => ({ records, steps: emptyColumns(), result: null })),
    FIELDS[metric],
  );
  const write = metric === 'accuracy' ? percent : significant;
  return {
    ...{ title: words.title, axis: words.epoch, at, marks: [], log: false, dots: dotted(at), group: 'race' },
    format: metric === 'accuracy' ? (value) => `${Number((100 * value).toFixed(2))} %` : significant,
    lines: columns.map((values, look) => ({
      ...{ label: runners[look]?.label ?? '', look, values },
      format: (value) => write(value),
    })),
  };
}
