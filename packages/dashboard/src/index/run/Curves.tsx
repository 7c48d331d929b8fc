/** The curves of the run that is going on. */
import { hasAccuracy } from '@shoal/core';
import { useMemo } from 'preact/hooks';
import { language } from '../../shared/language.ts';
import { Chart } from '../charts/Chart.tsx';
import { bytesChart, epochCharts, normChart, stepCharts } from '../charts/runCharts.ts';
import { Guarded } from '../shell/Guarded.tsx';
import { epochs, run, steps } from '../store.ts';
import { SaveCurves } from './SaveCurves.tsx';
import { runTexts } from './texts.ts';

export function Curves() {
  return (
    <>
      <Guarded name="early-stopping">
        <Stopping />
      </Guarded>
      <h2 class="unseen">{runTexts().curves}</h2>
      <div class="charts">
        <Guarded name="curves-by-epoch">
          <EpochCurves />
        </Guarded>
        <Guarded name="norms-by-epoch">
          <NormCurve />
        </Guarded>
        <Guarded name="curves-by-step">
          <StepCurves />
        </Guarded>
        <Guarded name="accuracy-by-bytes">
          <BytesCurve />
        </Guarded>
      </div>
      <p class="quiet hint">
        {runTexts().zoomHint} <SaveCurves />
      </p>
    </>
  );
}

function Stopping() {
  const t = runTexts();
  const stopping = run.value?.earlyStopping ?? null;
  if (stopping === null || stopping.bestEpoch === 0) return null;
  if (stopping.stoppedAfter !== null) {
    return <p class="stopping">{t.stoppedAfter(stopping.stoppedAfter, stopping.bestEpoch)}</p>;
  }
  return run.value?.result === null ? <p class="stopping">{t.stopsAfter(stopping.patienceLeft)}</p> : null;
}

/** A part that was enlarged belongs to the run whose curve it was. */
function EpochCurves() {
  const runId = run.value?.runId;
  const records = epochs.value;
  const isOfNumbers = run.value !== null && !hasAccuracy(run.value.spec.model);
  const stopping = run.value?.earlyStopping ?? null;
  const [bestEpoch, stoppedAfter] = [stopping?.bestEpoch ?? 0, stopping?.stoppedAfter ?? null];
  const charts = useMemo(() => {
    const [loss, accuracy] = epochCharts(records, { bestEpoch, stoppedAfter }, runTexts());
    return [loss, isOfNumbers ? undefined : accuracy].filter((chart) => chart !== undefined);
  }, [records, bestEpoch, stoppedAfter, isOfNumbers, language.value]);
  return (
    <>
      {charts.map((data) => (
        <Chart key={`${runId} ${data.title}`} data={data} />
      ))}
    </>
  );
}

function NormCurve() {
  const records = epochs.value;
  const data = useMemo(() => normChart(records, runTexts()), [records, language.value]);
  return <Chart key={run.value?.runId} data={data} />;
}

function BytesCurve() {
  const records = epochs.value;
  const data = useMemo(() => bytesChart(records, runTexts()), [records, language.value]);
  const isOfNumbers = run.value !== null && !hasAccuracy(run.value.spec.model);
  return data === null || isOfNumbers ? null : <Chart key={run.value?.runId} data={data} />;
}

function StepCurves() {
  const runId = run.value?.runId;
  return (
    <>
      {stepCharts(steps.value, runTexts()).map((data) => (
        <Chart key={`${runId} ${data.title}`} data={data} />
      ))}
    </>
  );
}
