/** The run at a glance: what it is, how far it is, its numbers and its curves. */
import type { RunView } from '@shoal/core';
import { aboutOf, wordsOfReason } from '../../shared/words.ts';
import { clock, count } from '../format.ts';
import { JoinCard } from '../join/JoinPanel.tsx';
import { Guarded } from '../shell/Guarded.tsx';
import { chooseTab } from '../shell/tabs.ts';
import { join, operates, run, workers } from '../store.ts';
import { QueueCard } from '../sweep/QueueCard.tsx';
import { frameTexts } from '../texts.ts';
import { Controls } from './Controls.tsx';
import { Curves } from './Curves.tsx';
import { epochNumber } from './epochNumber.ts';
import { goesOn } from './goesOn.ts';
import { Numbers } from './Numbers.tsx';
import { PaceControls } from './PaceControls.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { Result } from './Result.tsx';
import './run.css';
import { Specification } from './Specification.tsx';
import { StateMark } from './StateMark.tsx';
import { runTexts } from './texts.ts';

export function RunPanel() {
  const view = run.value;
  if (view === null) return <NoRun />;
  const alone = operates.value && join.value !== null && workers.value.length === 0 && view.result === null;
  return (
    <>
      <Guarded name="run">
        <Head run={view} />
      </Guarded>
      <Guarded name="queue">
        <QueueCard />
      </Guarded>
      {alone ? (
        <Guarded name="join">
          <JoinCard />
        </Guarded>
      ) : null}
      <Guarded name="numbers">
        <Numbers run={view} />
      </Guarded>
      {view.result === null ? null : (
        <Guarded name="result">
          <Result run={view} result={view.result} />
        </Guarded>
      )}
      <Curves />
      <Guarded name="specification">
        <Specification run={view} />
      </Guarded>
    </>
  );
}

function NoRun() {
  const t = frameTexts();
  return (
    <>
      <section class="panel stack empty">
        <h1>{t.noRun}</h1>
        <p class="quiet">{operates.value ? t.noRunHint : t.noRunViewer}</p>
        {operates.value ? (
          <div>
            <button type="button" class="primary" onClick={() => chooseTab('start')}>
              {t.tabs.start}
            </button>
          </div>
        ) : null}
      </section>
      {operates.value && join.value !== null ? (
        <Guarded name="join">
          <JoinCard />
        </Guarded>
      ) : null}
    </>
  );
}

function Head({ run: view }: { readonly run: RunView }) {
  const t = runTexts();
  const { spec, dataSet } = view;
  return (
    <section class="panel head">
      <div class="title">
        <h1>{spec.name}</h1>
        <StateMark state={view.state} />
        {dataSet.source === 'digits' ? <span class="mark warn">{t.digitsMark}</span> : null}
        {spec.numerics === 'fast' ? <span class="mark warn">{t.fastMark}</span> : null}
        {view.pace === null || view.result !== null ? null : (
          <span class="mark warn">{t.slowMark(view.pace)}</span>
        )}
        {operates.value ? <Controls run={view} /> : null}
      </div>
      {operates.value && goesOn(view.state) ? <PaceControls run={view} /> : null}
      {spec.about === '' ? null : <p class="about">{aboutOf(spec)}</p>}
      <p class="quiet">{wordsOfReason(view)}</p>
      <ProgressBar run={view} />
      <p class="facts number">
        <span>{t.epochOf(epochNumber(view), spec.epochs)}</span>
        <span>
          {view.result === null
            ? t.stepOf(count(view.step), count(view.stepsPerEpoch))
            : t.stepsDone(view.globalStep, count(view.globalStep))}
        </span>
        <span>{t.elapsed(clock(view.elapsedSeconds))}</span>
        {view.remainingSeconds === null || view.result !== null ? null : (
          <span>{t.left(clock(view.remainingSeconds))}</span>
        )}
      </p>
    </section>
  );
}
