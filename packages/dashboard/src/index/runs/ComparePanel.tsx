/** Two or more runs on one chart, and what differs between their specs. */
import { hasAccuracy, RUN_FIGURES, type RunDetail, type RunFigure } from '@shoal/core';
import { useEffect, useState } from 'preact/hooks';
import { Chart } from '../charts/Chart.tsx';
import type { ChartData } from '../charts/chart.ts';
import { dotted } from '../charts/runCharts.ts';
import { bytes, clock, count, percent, significant } from '../format.ts';
import { AXES, type Axis, aligned, differences, labelsOf, METRICS, type Metric } from './compare.ts';
import { details, failures, loadDetail } from './details.ts';
import { writeFigure } from './figures.ts';
import { Loading } from './RunDetailPanel.tsx';
import { runsTexts } from './texts.ts';

export function ComparePanel({ chosen }: { readonly chosen: readonly string[] }) {
  const t = runsTexts();
  const [wished, setMetric] = useState<Metric | null>(null);
  const [axis, setAxis] = useState<Axis>('epochs');
  const known = details.value;
  useEffect(() => {
    for (const runId of chosen) if (!known.has(runId) && !failures.peek().has(runId)) loadDetail(runId);
  }, [chosen, known]);
  const loaded = chosen.flatMap((runId) => known.get(runId) ?? []);
  const missing = chosen.filter((runId) => !known.has(runId));
  if (loaded.length < 2) {
    return (
      <section class="panel">
        {missing.map((runId) => (
          <Loading key={runId} runId={runId} />
        ))}
      </section>
    );
  }
  const metric = wished ?? firstMetric(loaded);
  return (
    <section class="panel comparison">
      <div class="title">
        <h2>{t.compare}</h2>
        <label class="field inline">
          <span>{t.metric}</span>
          <select
            value={metric}
            onChange={({ currentTarget }) =>
              setMetric(METRICS.find((one) => one === currentTarget.value) ?? metric)
            }
          >
            {METRICS.map((one) => (
              <option key={one} value={one}>
                {t.metrics[one]}
              </option>
            ))}
          </select>
        </label>
        <label class="field inline">
          <span>{t.over}</span>
          <select
            value={axis}
            onChange={({ currentTarget }) => setAxis(AXES.find((one) => one === currentTarget.value) ?? axis)}
          >
            {AXES.map((one) => (
              <option key={one} value={one}>
                {t.figures[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {missing.map((runId) => (
        <Loading key={runId} runId={runId} />
      ))}
      <Chart data={chartOf(loaded, metric, axis)} wide />
      <Differences runs={loaded} />
    </section>
  );
}

/** Validation says most, where all of them have it. */
function firstMetric(runs: readonly RunDetail[]): Metric {
  const areValidated = runs.every(({ records }) =>
    records.some(({ validationLoss }) => validationLoss !== null),
  );
  if (!runs.every(({ spec }) => hasAccuracy(spec.model)))
    return areValidated ? 'validationLoss' : 'trainLoss';
  return areValidated ? 'validationAccuracy' : 'trainAccuracy';
}

const isShare = (metric: Metric): boolean => metric === 'trainAccuracy' || metric === 'validationAccuracy';

/** The dots of more curves hide each other. */
const DOTTED_RUNS_MAX = 6;

function chartOf(runs: readonly RunDetail[], metric: Metric, axis: Axis): ChartData {
  const t = runsTexts();
  const { at, columns } = aligned(runs, metric, axis);
  const labels = labelsOf(runs);
  const write = isShare(metric)
    ? (value: number | null) => percent(value)
    : metric === 'samplesPerSecond'
      ? count
      : significant;
  return {
    title: t.by(t.metrics[metric], t.overs[axis]),
    axis: t.axes[axis],
    at,
    joins: true,
    ...(axis === 'seconds' && { place: clock }),
    ...(axis === 'bytes' && { place: bytes }),
    marks: [],
    log: false,
    dots: dotted(at) && runs.length <= DOTTED_RUNS_MAX,
    group: 'comparison',
    format: isShare(metric) ? (value) => `${Number((value * 100).toFixed(2))} %` : (value) => write(value),
    lines: columns.map((values, look) => ({
      label: labels[look] ?? '',
      look,
      values,
      format: (value) => write(value),
    })),
  };
}

/** What runs are held against each other by, above their specs. */
const COMPARED = [
  ...['testAccuracy', 'testLoss', 'r2', 'bestValAccuracy', 'bestValLoss', 'trainLoss'],
  ...['epochs', 'seconds', 'samplesPerSecond', 'bytes', 'parameters'],
] as const satisfies readonly (RunFigure & keyof RunDetail)[];

function Differences({ runs }: { readonly runs: readonly RunDetail[] }) {
  const t = runsTexts();
  const found = differences(
    runs.map(({ spec, trust }) => (trust === null ? spec : { ...spec, trust })),
  ).filter(({ path }) => path !== 'about' && path !== 'name');
  const labels = labelsOf(runs);
  const figures = COMPARED.filter((figure) => runs.some((run) => run[figure] !== null));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={t.differences}>
      <table class="grid">
        <caption>{found.length === 0 ? t.equalSpecs : t.differences}</caption>
        <thead>
          <tr>
            <th scope="col">{t.field}</th>
            {labels.map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <tr key={figure}>
              <th scope="row">{t.figures[figure]}</th>
              {runs.map((run) => (
                <td key={run.runId} class={isBestOf(runs, figure, run[figure]) ? 'number best-of' : 'number'}>
                  {writeFigure(figure, run[figure])}
                </td>
              ))}
            </tr>
          ))}
          {found.map(({ path, values }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              {values.map((value, index) => (
                <td key={labels[index]}>
                  <code>{value}</code>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function isBestOf(
  runs: readonly RunDetail[],
  figure: (typeof COMPARED)[number],
  value: number | null,
): boolean {
  const { better } = RUN_FIGURES[figure];
  if (better === null || value === null) return false;
  const values = runs.flatMap((run) => run[figure] ?? []);
  return value === (better === 'higher' ? Math.max(...values) : Math.min(...values));
}
