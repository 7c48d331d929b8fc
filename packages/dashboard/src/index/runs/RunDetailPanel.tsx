/** A past run in the same charts as the one that is going on. */
import { RUN_ENDS, type RunDetail } from '@shoal/core';
import { lazy, Suspense } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { aboutOf, wordsOfReason } from '../../shared/words.ts';
import { refusalText } from '../actions.ts';
import { Chart } from '../charts/Chart.tsx';
import { bytesChart, epochCharts, normChart, type Stopping, stepCharts } from '../charts/runCharts.ts';
import { goesOn } from '../run/goesOn.ts';
import { Result } from '../run/Result.tsx';
import { Specification } from '../run/Specification.tsx';
import { StateMark } from '../run/StateMark.tsx';
import { runTexts } from '../run/texts.ts';
import { bringIntoView } from '../shell/bringIntoView.ts';
import { Guarded } from '../shell/Guarded.tsx';
import { operates } from '../store.ts';
import { frameTexts } from '../texts.ts';
import { details, failures, loadDetail } from './details.ts';
import { ModelActions } from './ModelActions.tsx';
import { PutAway } from './PutAway.tsx';
import { runsTexts } from './texts.ts';

/** It brings the kernels along. */
const Replay = lazy(async () => ({ default: (await import('../../model/replay/Replay.tsx')).Replay }));

type DetailProps = {
  readonly runId: string;
  readonly onClose: () => void;
  readonly onGone: (runIds: readonly string[]) => void;
};

export function RunDetailPanel({ runId, onClose, onGone }: DetailProps) {
  const t = runsTexts();
  const detail = details.value.get(runId);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (detail === undefined) loadDetail(runId);
  }, [runId, detail]);
  const isHere = detail !== undefined;
  // Once at once, and once when there is something below that the page can scroll by.
  useEffect(() => {
    if (heading.current !== null) bringIntoView(heading.current);
  }, [isHere]);
  const name = detail?.name ?? runId;
  return (
    <>
      <section class="panel">
        <div class="title">
          <h2 ref={heading} tabIndex={-1} class="opened-run">
            {name}
          </h2>
          {detail === undefined ? null : <StateMark state={detail.state} />}
          <span class="quiet">{runId}</span>
          <button type="button" onClick={onClose}>
            {t.close}
          </button>
        </div>
        {detail === undefined ? <Loading runId={runId} /> : null}
        {detail === undefined || detail.about === '' ? null : (
          <p>{aboutOf({ name: detail.preset, about: detail.about })}</p>
        )}
        {detail === undefined || detail.result === null ? null : (
          <p class="quiet">{wordsOfReason(detail.result)}</p>
        )}
        {detail === undefined ? null : <Said detail={detail} />}
        {detail === undefined ? null : (
          <div class="buttons">
            {detail.result === null ? null : <ModelActions run={detail} />}
            {operates.value && ENDED.has(detail.state) ? (
              <PutAway runIds={[runId]} archived={detail.archived} onGone={onGone} />
            ) : null}
          </div>
        )}
      </section>
      {detail === undefined ? null : (
        <Guarded name="opened-run">
          <Figures detail={detail} />
        </Guarded>
      )}
    </>
  );
}

const ENDED: ReadonlySet<string> = new Set(RUN_ENDS);

/** Tags and notes. */
function Said({ detail: { tags, notes } }: { readonly detail: RunDetail }) {
  return (
    <>
      {tags.length === 0 ? null : (
        <p class="tags">
          {tags.map((tag) => (
            <span key={tag} class="tag">
              {tag}
            </span>
          ))}
        </p>
      )}
      {notes === '' ? null : <p class="notes">{notes}</p>}
    </>
  );
}

/** Under way, or why it did not come. */
export function Loading({ runId }: { readonly runId: string }) {
  const failure = failures.value.get(runId);
  if (failure === undefined) return <p class="quiet waiting">{runsTexts().loading}</p>;
  return (
    <p class="problem" role="alert">
      {refusalText(failure)}{' '}
      <button type="button" onClick={() => loadDetail(runId)}>
        {frameTexts().tryAgain}
      </button>
    </p>
  );
}

function Figures({ detail }: { readonly detail: RunDetail }) {
  return (
    <>
      {detail.result === null ? null : <Result run={detail} result={detail.result} />}
      <div class="charts">
        {[
          ...epochCharts(detail.records, stoppingOf(detail), runTexts()),
          normChart(detail.records, runTexts()),
          ...(detail.steps.globalStep.length === 0 ? [] : stepCharts(detail.steps, runTexts())),
          ...[bytesChart(detail.records, runTexts())].filter((data) => data !== null),
        ].map((data) => (
          <Chart key={data.title} data={data} />
        ))}
      </div>
      {goesOn(detail.state) ? null : (
        <Guarded name="replay">
          <Suspense fallback={null}>
            <Replay detail={detail} />
          </Suspense>
        </Guarded>
      )}
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
