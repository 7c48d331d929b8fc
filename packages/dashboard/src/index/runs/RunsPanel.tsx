/** All runs of this coordinator: to open, to compare, to start again. */
import { useState } from 'preact/hooks';
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
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [search, setSearch] = useState('');
  const all = runs.value;
  const wanted = search.trim().toLowerCase();
  const shown = all.filter(({ name, runId }) => `${name} ${runId}`.toLowerCase().includes(wanted));
  const choose = (runId: string): void =>
    setChosen(chosen.includes(runId) ? chosen.filter((one) => one !== runId) : [...chosen, runId]);
  return (
    <>
      <section class="panel">
        <div class="title">
          <h1>{t.title}</h1>
          <span class="quiet">{all.length === 0 ? t.none : t.hint}</span>
          {all.length < FILTER_FROM ? null : (
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
          <RunsTable
            runs={shown}
            chosen={chosen}
            opened={opened}
            onChoose={choose}
            onOpen={(runId) => setOpened(opened === runId ? null : runId)}
          />
        )}
      </section>
      {chosen.length < 2 ? null : <ComparePanel chosen={chosen} />}
      {opened === null ? null : (
        <RunDetailPanel key={opened} runId={opened} onClose={() => setOpened(null)} />
      )}
    </>
  );
}
