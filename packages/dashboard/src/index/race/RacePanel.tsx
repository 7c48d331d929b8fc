/** Five runs that differ by their optimizer alone: the button that starts them, and how they do, in one chart. */
import type { RunSpec } from '@shoal/core';
import { useEffect, useState } from 'preact/hooks';
import { named } from '../../shared/words.ts';
import { Chart } from '../charts/Chart.tsx';
import { goesOn } from '../run/goesOn.ts';
import { StateMark } from '../run/StateMark.tsx';
import { runTexts } from '../run/texts.ts';
import { details, failures, loadDetail } from '../runs/details.ts';
import { chooseTab } from '../shell/tabs.ts';
import { epochs, run, runs } from '../store.ts';
import { putAway, race, startRace, stopRace } from './race.ts';
import './race.css';
import { type RaceMetric, raceChart } from './raceChart.ts';
import { raceOf } from './rules.ts';
import type { Race } from './storedRace.ts';
import { raceTexts } from './texts.ts';

/** @param spec null while it is wrong */
export function RaceButton({ spec }: { readonly spec: RunSpec | null }) {
  const t = raceTexts();
  const specs = spec === null ? null : raceOf(spec);
  const start = (): void => {
    if (specs === null) return;
    void startRace(specs);
    chooseTab('runs');
  };
  const title = spec !== null && specs === null ? t.unfit : t.startNote;
  return (
    <button type="button" disabled={specs === null} title={title} onClick={start}>
      {t.start}
    </button>
  );
}

/** Nothing as long as no race was begun in this browser, or its runs are gone. */
export function RacePanel() {
  const begun = race.value;
  const isGone = begun?.isOver === true && !begun.runIds.some((runId) => isThere(runId));
  return begun === null || isGone ? null : <Begun race={begun} />;
}

const isThere = (runId: string): boolean => failures.value.get(runId)?.status !== 404;

function Begun({ race: { optimizers, runIds, isOver } }: { readonly race: Race }) {
  const t = raceTexts();
  const [wished, show] = useState<RaceMetric | null>(null);
  const known = details.value;
  // What is told of quick epochs while a run goes on are some of them: of one that has ended all are asked for.
  const current = run.value !== null && goesOn(run.value.state) ? run.value.runId : null;
  useEffect(() => {
    // The one that goes on is followed as it goes.
    for (const runId of runIds)
      if (runId !== current && isThere(runId) && !known.has(runId)) loadDetail(runId);
  }, [runIds, known, current]);
  const { change } = runs.value;
  useEffect(() => {
    // What had not ended when it was loaded is loaded anew.
    for (const runId of runIds) if (runId !== current && known.has(runId)) loadDetail(runId);
  }, [change]);
  const runners = optimizers.map((optimizer, place) => {
    const runId = runIds[place];
    const isCurrent = runId !== undefined && runId === current;
    const records = isCurrent ? epochs.value : (runId && known.get(runId)?.records) || [];
    const state = isCurrent ? run.value?.state : known.get(runId ?? '')?.state;
    return { label: named('optimizer', optimizer), runId, records, state };
  });
  const isValidated = runners.every(({ records }) =>
    records.every(({ validationAccuracy }) => validationAccuracy !== null),
  );
  const metric = wished ?? (isValidated ? 'accuracy' : 'loss');
  return (
    <section class="panel stack race" data-points={runners.map(({ records }) => records.length).join(' ')}>
      <div class="title">
        <h2>{t.title}</h2>
        <label class="field inline">
          <span>{t.metric}</span>
          <select
            value={metric}
            onChange={({ currentTarget }) => show(currentTarget.value === 'loss' ? 'loss' : 'accuracy')}
          >
            <option value="accuracy">{t.accuracy}</option>
            <option value="loss">{t.loss}</option>
          </select>
        </label>
        <button type="button" onClick={isOver ? putAway : stopRace}>
          {isOver ? t.putAway : t.stop}
        </button>
      </div>
      {isOver ? null : <p class="quiet">{t.keepOpen}</p>}
      <ol class="runners">
        {runners.map(({ label, runId, state }) => (
          <li key={label} title={runId ?? ''}>
            {label}{' '}
            {state !== undefined ? (
              <StateMark state={state} />
            ) : (
              <span class="mark">{isOver ? t.refused : t.waits}</span>
            )}
          </li>
        ))}
      </ol>
      <Chart data={raceChart(runners, metric, { title: t.byEpoch[metric], epoch: runTexts().epoch })} />
    </section>
  );
}
