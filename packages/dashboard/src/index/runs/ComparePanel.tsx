/** Two or more runs on one chart, and what differs between their specs. */
import type { RunDetail } from '@shoal/core';
import { useEffect, useState } from 'preact/hooks';
import { Chart } from '../charts/Chart.tsx';
import type { ChartData } from '../charts/chart.ts';
import { dotted } from '../charts/runCharts.ts';
import { count, percent, significant } from '../format.ts';
import { runTexts } from '../run/texts.ts';
import { aligned, differences, labelsOf, METRICS, type Metric } from './compare.ts';
import { details, failures, loadDetail } from './details.ts';
import { Loading } from './RunDetailPanel.tsx';
import { runsTexts } from './texts.ts';

export function ComparePanel({ chosen }: { readonly chosen: readonly string[] }) {
  const t = runsTexts();
  const [wished, setMetric] = useState<Metric | null>(null);
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
      </div>
      <Chart data={chartOf(loaded, metric)} />
      <Differences runs={loaded} />
    </section>
  );
}

/** Validation says most, where all of them have it. */
const firstMetric = (runs: readonly RunDetail[]): Metric =>
  runs.every(({ records }) => records.some(({ validationAccuracy }) => validationAccuracy !== null))
    ? 'validationAccuracy'
    : 'trainAccuracy';

const isShare = (metric: Metric): boolean => metric === 'trainAccuracy' || metric === 'validationAccuracy';

function chartOf(runs: readonly RunDetail[], metric: Metric): ChartData {
  const t = runsTexts();
  const { at, columns } = aligned(
    runs.map(({ records }) => records),
    metric,
  );
  const labels = labelsOf(runs);
  const write = isShare(metric)
    ? (value: number | null) => percent(value)
    : metric === 'samplesPerSecond'
      ? count
      : significant;
  return {
    title: t.byEpoch(t.metrics[metric]),
    axis: runTexts().epoch,
    at,
    marks: [],
    log: false,
    dots: dotted(at),
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

function Differences({ runs }: { readonly runs: readonly RunDetail[] }) {
  const t = runsTexts();
  const found = differences(
    runs.map(({ spec, trust }) => (trust === null ? spec : { ...spec, trust })),
  ).filter(({ path }) => path !== 'about' && path !== 'name');
  if (found.length === 0) return <p class="quiet">{t.equalSpecs}</p>;
  const labels = labelsOf(runs);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={t.differences}>
      <table class="grid">
        <caption>{t.differences}</caption>
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
