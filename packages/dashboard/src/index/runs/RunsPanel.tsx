/** All runs of this coordinator: to open, to compare, to start again. */
import { useRef, useState } from 'preact/hooks';
import { RacePanel } from '../race/RacePanel.tsx';
import { Guarded } from '../shell/Guarded.tsx';
import { runs } from '../store.ts';
import { ComparePanel } from './ComparePanel.tsx';
import { RunDetailPanel } from './RunDetailPanel.tsx';
import './runs.css';
import { RunsTable } from './RunsTable.tsx';
import { runsTexts } from './texts.ts';

const FILTER_FROM = 8;

export function RunsPanel() {
  const t = runsTexts();
  const [opened, setOpened] = useState<string | null>(null);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [search, setSearch] = useState('');
  const table = useRef<HTMLDivElement>(null);
  const all = runs.value;
  const wanted = search.trim().toLowerCase();
  const shown = all.filter(({ name, runId }) => `${name} ${runId}`.toLowerCase().includes(wanted));
  const isThere = (runId: string): boolean => all.some((run) => run.runId === runId);
  // A run whose folder has gone can no longer be ticked off.
  const chosen = ticked.filter(isThere);
  const choose = (runId: string): void =>
    setTicked(chosen.includes(runId) ? chosen.filter((one) => one !== runId) : [...chosen, runId]);
  /** The focus goes back to where it came from. */
  const close = (): void => {
    const back = table.current?.querySelector<HTMLElement>('[aria-expanded="true"]');
    setOpened(null);
    back?.focus();
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
            <span class="quiet">{all.length === 0 ? t.none : t.hint}</span>
            {all.length < FILTER_FROM && wanted === '' ? null : (
              <label class="field inline">
                <span>{t.search}</span>
                <input
                  type="search"
                  value={search}
                  onInput={({ currentTarget }) => setSearch(currentTarget.value)}
                />
              </label>
            )}
          </div>
          {all.length === 0 ? null : (
            <div ref={table}>
              <RunsTable
                runs={shown}
                chosen={chosen}
                opened={opened}
                onChoose={choose}
                onOpen={(runId) => (opened === runId ? close() : setOpened(runId))}
              />
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
      {opened === null ? null : <RunDetailPanel key={opened} runId={opened} onClose={close} />}
    </>
  );
}
