/** All runs of this coordinator: to find, to open, to compare, to label, to start again, to put away. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { refusalText } from '../actions.ts';
import { count } from '../format.ts';
import { RacePanel } from '../race/RacePanel.tsx';
import { Guarded } from '../shell/Guarded.tsx';
import { operates } from '../store.ts';
import { frameTexts } from '../texts.ts';
import { ComparePanel } from './ComparePanel.tsx';
import { ListFilters } from './ListFilters.tsx';
import {
  ask,
  failure,
  isFiltered,
  isShown,
  lastOffset,
  list,
  load,
  query,
  ROWS_AT_ONCE,
} from './listStore.ts';
import { PutAway } from './PutAway.tsx';
import { RunDetailPanel } from './RunDetailPanel.tsx';
import './runs.css';
import { RunsTable } from './RunsTable.tsx';
import { runsTexts } from './texts.ts';

export function RunsPanel() {
  const t = runsTexts();
  const [opened, setOpened] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const table = useRef<HTMLDivElement>(null);
  useEffect(() => {
    isShown.value = true;
    return () => {
      isShown.value = false;
    };
  }, []);
  const answer = list.value;
  const choose = (runIds: readonly string[], isChosen: boolean): void => {
    const others = chosen.filter((one) => !runIds.includes(one));
    setChosen(isChosen ? [...others, ...runIds] : others);
  };
  /** The focus goes back to where it came from. */
  const close = (): void => {
    const back = table.current?.querySelector<HTMLElement>('[aria-expanded="true"]');
    setOpened(null);
    back?.focus();
  };
  const gone = (runIds: readonly string[]): void => {
    choose(runIds, false);
    if (opened !== null && runIds.includes(opened)) setOpened(null);
  };
  return (
    <>
      <Guarded name="race">
        <RacePanel />
      </Guarded>
      <Guarded name="runs">
        <section class="panel">
          <div class="title">
            <h1>{t.title}</h1>
            <span class="quiet">{answer === null ? '' : answer.all === 0 ? t.none : t.hint}</span>
          </div>
          <Failure />
          {answer === null || answer.all === 0 ? null : (
            <>
              <ListFilters onOpen={setOpened} />
              <Pager />
              {answer.runs.length === 0 ? null : (
                <div ref={table}>
                  <RunsTable
                    runs={answer.runs}
                    best={answer.best?.runId ?? null}
                    chosen={chosen}
                    opened={opened}
                    onChoose={choose}
                    onOpen={(runId) => (opened === runId ? close() : setOpened(runId))}
                  />
                </div>
              )}
              {answer.runs.length < 20 ? null : <Pager isSecond />}
            </>
          )}
          {chosen.length === 0 ? null : (
            <div class="buttons">
              <span>{t.chosen(chosen.length)}</span>
              <button type="button" onClick={() => setChosen([])}>
                {t.chooseNone}
              </button>
              {operates.value ? <PutAway runIds={chosen} onGone={gone} /> : null}
            </div>
          )}
        </section>
      </Guarded>
      <p role="status" class="unseen">
        {opened === null ? '' : t.opened(opened)} {chosen.length < 2 ? '' : t.compared(chosen.length)}
      </p>
      {chosen.length < 2 ? null : (
        <Guarded name="comparison">
          <ComparePanel chosen={chosen} />
        </Guarded>
      )}
      {opened === null ? null : <RunDetailPanel key={opened} runId={opened} onClose={close} onGone={gone} />}
    </>
  );
}

function Failure() {
  if (failure.value === null) {
    return list.value === null ? <p class="quiet waiting">{runsTexts().loadingList}</p> : null;
  }
  return (
    <p class="problem" role="alert">
      {refusalText(failure.value)}{' '}
      <button type="button" onClick={() => void load()}>
        {frameTexts().tryAgain}
      </button>
    </p>
  );
}

function Pager({ isSecond = false }: { readonly isSecond?: boolean }) {
  const t = runsTexts();
  if (list.value === null) return null;
  const { offset, found, all, runs } = list.value;
  const go = (to: number) => () => ask({ offset: to });
  return (
    <nav class="pager" aria-label={isSecond ? t.pagesBelow : t.pages}>
      <span role={isSecond ? undefined : 'status'}>
        {found === 0 ? t.noneFound : t.shown(count(offset + 1), count(offset + runs.length), count(found))}
        {isFiltered(query.value) && found < all ? ` ${t.ofAll(count(all))}` : ''}
      </span>
      {found <= ROWS_AT_ONCE ? null : (
        <span class="buttons tight">
          <button type="button" disabled={offset === 0} onClick={go(0)}>
            {t.first}
          </button>
          <button type="button" disabled={offset === 0} onClick={go(Math.max(0, offset - ROWS_AT_ONCE))}>
            {t.previous}
          </button>
          <button type="button" disabled={offset + ROWS_AT_ONCE >= found} onClick={go(offset + ROWS_AT_ONCE)}>
            {t.next}
          </button>
          <button type="button" disabled={offset + ROWS_AT_ONCE >= found} onClick={go(lastOffset(found))}>
            {t.last}
          </button>
        </span>
      )}
    </nav>
  );
}
