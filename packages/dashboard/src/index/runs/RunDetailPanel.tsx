/** A past run in the same charts as the one that is going on. */
import type { RunDetail } from '@shoal/core';
import { useEffect } from 'preact/hooks';
import { aboutOf, wordsOfReason } from '../../shared/words.ts';
import { Chart } from '../charts/Chart.tsx';
import { epochCharts, normChart, type Stopping, stepCharts } from '../charts/runCharts.ts';
import { Result } from '../run/Result.tsx';
import { Specification } from '../run/Specification.tsx';
import { StateMark } from '../run/StateMark.tsx';
import { runTexts } from '../run/texts.ts';
import { details, loadDetail } from './details.ts';
import { runsTexts } from './texts.ts';

type DetailProps = { readonly runId: string; readonly onClose: () => void };

export function RunDetailPanel({ runId, onClose }: DetailProps) {
  const t = runsTexts();
  const detail = details.value.get(runId);
  useEffect(() => {
    if (detail === undefined) loadDetail(runId);
  }, [runId, detail]);
  if (detail === undefined) return <p class="quiet waiting">{t.loading}</p>;
  return (
    <>
      <section class="panel">
        <div class="title">
          <h2>{detail.name}</h2>
          <StateMark state={detail.state} />
          <span class="quiet">{detail.runId}</span>
          <button type="button" onClick={onClose}>
            {t.close}
          </button>
        </div>
        {detail.about === '' ? null : <p>{aboutOf(detail)}</p>}
        {detail.result === null ? null : <p class="quiet">{wordsOfReason(detail.result)}</p>}
      </section>
      {detail.result === null ? null : <Result run={detail} result={detail.result} />}
      <div class="charts">
        {[
          ...epochCharts(detail.records, stoppingOf(detail), runTexts()),
          normChart(detail.records, runTexts()),
          ...(detail.steps.globalStep.length === 0 ? [] : stepCharts(detail.steps, runTexts())),
        ].map((data) => (
          <Chart key={data.title} data={data} />
        ))}
      </div>
      <Specification run={{ spec: detail.spec, dataSet: { name: detail.dataSet } }} />
    </>
  );
}

/** From the records alone: the last epoch that improved, and the end if patience ran out before all epochs were done. */
function stoppingOf({ spec, records, result }: RunDetail): Stopping {
  if (spec.earlyStopping === null) return null;
  const bestEpoch = records.findLast(({ improved }) => improved)?.epoch ?? 0;
  const epochs = result?.epochs ?? 0;
  const early = epochs < spec.epochs && epochs - bestEpoch >= spec.earlyStopping.patience;
  return { bestEpoch, stoppedAfter: early ? epochs : null };
}
