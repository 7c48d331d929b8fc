/** Five runs that differ by their optimizer alone: the button that starts them, and how they do, in one chart. */
import type { EpochRecord, RunDetail, RunSpec, RunStateName } from '@shoal/core';
import { useEffect, useState } from 'preact/hooks';
import { named } from '../../shared/words.ts';
import { attempt } from '../actions.ts';
import { Chart } from '../charts/Chart.tsx';
import { goesOn } from '../run/goesOn.ts';
import { StateMark } from '../run/StateMark.tsx';
import { runTexts } from '../run/texts.ts';
import { details, failures, isBeingWritten, loadDetail } from '../runs/details.ts';
import { chooseTab } from '../shell/tabs.ts';
import { epochs, operates, queue, run, runs } from '../store.ts';
import { isHandingOver, leaveOut, putAway, race, startRace } from './race.ts';
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
    void attempt(() => startRace(specs));
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
  if (begun === null) return null;
  const isGone = begun.runIds.length === begun.optimizers.length && begun.runIds.every(isNotThere);
  return isGone ? null : <Begun race={begun} />;
}

const ASK_AGAIN_MS = 500;

const isNotThere = (runId: string): boolean => failures.value.get(runId)?.status === 404;

function Begun({ race: { optimizers, runIds } }: { readonly race: Race }) {
  const t = raceTexts();
  const [wished, show] = useState<RaceMetric | null>(null);
  const known = details.value;
  const { going, waiting } = queue.value;
  const current = run.value !== null && goesOn(run.value.state) ? run.value.runId : null;
  const waits = runIds.filter((runId) => waiting.some(({ id }) => id === runId));
  const isUnderWay = (runId: string): boolean =>
    runId === current || runId === going?.id || waits.includes(runId);
  const isOver = !isHandingOver.value && !runIds.some(isUnderWay);
  const { change } = runs.value;
  useEffect(() => {
    if (isHandingOver.value) return;
    // One that was not there may have begun since; when nothing more begins it is asked for no more.
    for (const runId of runIds) if (!isUnderWay(runId) && !(isOver && isNotThere(runId))) loadDetail(runId);
  }, [change, current, going?.id, waits.length, isHandingOver.value]);
  useEffect(() => {
    const half = runIds.filter((runId) => {
      const detail = known.get(runId);
      return detail !== undefined && isBeingWritten(detail);
    });
    if (half.length === 0) return;
    const timer = setTimeout(() => half.forEach(loadDetail), ASK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [known]);
  const runners = optimizers.map((optimizer, place) => {
    const runId = runIds[place];
    return { label: named('optimizer', optimizer), runId, ...shownOf(runId, known) };
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
        {isOver ? (
          <button type="button" onClick={putAway}>
            {t.putAway}
          </button>
        ) : null}
        {waits.length > 0 && operates.value ? (
          <button type="button" onClick={() => void leaveOut()}>
            {t.stop}
          </button>
        ) : null}
      </div>
      {isOver ? null : <p class="quiet">{t.byThemselves}</p>}
      <ol class="runners">
        {runners.map(({ label, runId, state }) => (
          <li key={label} title={runId ?? ''}>
            {label}{' '}
            {state !== undefined ? (
              <StateMark state={state} />
            ) : (
              <span class="mark">{isOver ? t.notStarted : t.waits}</span>
            )}
          </li>
        ))}
      </ol>
      <Chart data={raceChart(runners, metric, { title: t.byEpoch[metric], epoch: runTexts().epoch })} />
    </section>
  );
}

/**
 * What is told of quick epochs while a run goes on are some of them, of one that has ended all are loaded; until they are
 * there, what was told stays.
 */
function shownOf(
  runId: string | undefined,
  known: ReadonlyMap<string, RunDetail>,
): { readonly records: readonly EpochRecord[]; readonly state: RunStateName | undefined } {
  const loaded = known.get(runId ?? '');
  const now = run.value;
  if (now !== null && now.runId === runId && (loaded === undefined || goesOn(loaded.state))) {
    return { records: epochs.value, state: now.state };
  }
  return { records: loaded?.records ?? [], state: loaded?.state };
}
