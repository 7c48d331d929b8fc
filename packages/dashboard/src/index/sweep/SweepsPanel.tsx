/** Sweeps: what there is, one of them in full, and a form for a new one. */
import type { SweepSummary } from '@shoal/core';
import { useEffect, useState } from 'preact/hooks';
import { attempt, refusalText } from '../actions.ts';
import { Guarded } from '../shell/Guarded.tsx';
import { api, epochs, operates, queue, runs } from '../store.ts';
import { ParallelCoordinates } from './ParallelCoordinates.tsx';
import { QueueCard } from './QueueCard.tsx';
import { SweepForm } from './SweepForm.tsx';
import './sweep.css';
import { axesOf } from './coordinates.ts';
import { isKept, type Ranges } from './ranges.ts';
import { failure, opened, openSweep, readSweeps, sweeps, view } from './sweepStore.ts';
import { figureText, TrialTable } from './TrialTable.tsx';
import { sweepTexts } from './texts.ts';

export function SweepsPanel() {
  const told = [queue.value, runs.value, epochs.value.length] as const;
  // What was told says that there is something to read.
  useEffect(() => void readSweeps(), told);
  return (
    <>
      <Guarded name="queue">
        <QueueCard />
      </Guarded>
      <Guarded name="sweeps">
        <SweepList />
      </Guarded>
      {opened.value === null ? null : (
        <Guarded name="sweep">
          {/* Another sweep has other axes. */}
          <Opened key={opened.value} name={opened.value} />
        </Guarded>
      )}
      {operates.value ? (
        <Guarded name="sweep-form">
          <SweepForm />
        </Guarded>
      ) : null}
    </>
  );
}

function SweepList() {
  const t = sweepTexts();
  const all = sweeps.value ?? [];
  return (
    <section class="panel stack">
      <div class="title">
        <h1>{t.title}</h1>
        <span class="quiet">{t.hint}</span>
      </div>
      {failure.value === null ? null : <p class="problem">{refusalText(failure.value)}</p>}
      {all.length === 0 ? (
        <p class="quiet">{sweeps.value === null ? t.loading : t.none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="scroll" tabIndex={0} aria-label={t.title}>
          <table class="grid">
            <thead>
              <tr>
                {[t.name, t.search, t.done, t.state, t.actions].map((label) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {all.map((sweep) => (
                <Row key={sweep.name} sweep={sweep} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

const TONES = { waiting: 'warn', going: 'busy', halted: 'warn', done: 'good' } as const;

function Row({ sweep: { name, search, trials, done, state } }: { readonly sweep: SweepSummary }) {
  const t = sweepTexts();
  const isOpen = opened.value === name;
  const ask = (action: 'stop' | 'resume'): void => {
    void attempt(() => api.post(`/api/sweeps/${encodeURIComponent(name)}/${action}`)).then(readSweeps);
  };
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{t.searches[search]}</td>
      <td class="number">{t.doneOf(done, trials)}</td>
      <td>
        <span class={`mark ${TONES[state]}`}>{t.states[state]}</span>
      </td>
      <td>
        <div class="buttons tight">
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label={t.on(isOpen ? t.close : t.open, name)}
            onClick={() => openSweep(isOpen ? null : name)}
          >
            {isOpen ? t.close : t.open}
          </button>
          {operates.value && state === 'going' ? (
            <button type="button" aria-label={t.on(t.stop, name)} onClick={() => ask('stop')}>
              {t.stop}
            </button>
          ) : null}
          {operates.value && state === 'halted' ? (
            <button type="button" aria-label={t.on(t.goOn, name)} onClick={() => ask('resume')}>
              {t.goOn}
            </button>
          ) : null}
        </div>
      </td>
    </tr>
  );
}

function Opened({ name }: { readonly name: string }) {
  const t = sweepTexts();
  const [shown, setShown] = useState<number | null>(null);
  const [ranges, setRanges] = useState<Ranges>(new Map());
  const sweep = view.value;
  if (sweep === null) {
    return (
      <section class="panel">
        <p class="quiet waiting">{t.loading}</p>
      </section>
    );
  }
  const best = sweep.table.find(({ number }) => number === sweep.best);
  const axes = axesOf(sweep);
  const table = sweep.table.filter((trial) => isKept(axes, ranges, trial));
  return (
    <section class="panel stack sweep" aria-label={name}>
      <div class="title">
        <h2>{name}</h2>
        <span class="quiet">
          {best === undefined
            ? t.noBest
            : t.bestIs(best.number, `${t.metrics[sweep.metric]} ${figureText(sweep, best.figure)}`)}
        </span>
      </div>
      <ParallelCoordinates
        view={sweep}
        shown={shown}
        onShow={setShown}
        ranges={ranges}
        onRanges={setRanges}
      />
      <TrialTable view={{ ...sweep, table }} shown={shown} onShow={setShown} />
    </section>
  );
}
