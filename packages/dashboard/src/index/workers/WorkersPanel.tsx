/** Who computes: the lecture's buttons, what the cluster does, and the table of all workers. */
import type { WorkerView } from '@shoal/core';
import { useState } from 'preact/hooks';
import { Chart } from '../charts/Chart.tsx';
import { stepChart } from '../charts/runCharts.ts';
import { runTexts } from '../run/texts.ts';
import { Guarded } from '../shell/Guarded.tsx';
import { operates, run, steps, workers } from '../store.ts';
import { GatewayTree } from './GatewayTree.tsx';
import { LecturePanel } from './LecturePanel.tsx';
import { RemovedPanel } from './RemovedPanel.tsx';
import { pressed, type Sorting, sorted } from './sorting.ts';
import { TrustPanel } from './TrustPanel.tsx';
import { workerTexts } from './texts.ts';
import { WorkersTable } from './WorkersTable.tsx';
import './workers.css';

/** Fewer than this are seen at a glance and need no filter. */
const FILTER_FROM = 12;

export function WorkersPanel() {
  return (
    <>
      {operates.value ? (
        <Guarded name="lecture">
          <LecturePanel />
        </Guarded>
      ) : null}
      {operates.value ? (
        <Guarded name="trust">
          <TrustPanel />
        </Guarded>
      ) : null}
      <Guarded name="effects">
        <Effects />
      </Guarded>
      <Guarded name="gateways">
        <GatewayTree />
      </Guarded>
      <Guarded name="workers">
        <Everyone />
      </Guarded>
      {operates.value ? (
        <Guarded name="removed">
          <RemovedPanel />
        </Guarded>
      ) : null}
    </>
  );
}

/** Where one sees what a disturbance does: that nothing happens to the loss, and for how long to the speed. */
function Effects() {
  const t = runTexts();
  if (steps.value.globalStep.length === 0) return null;
  return (
    <div class="charts two">
      {[stepChart('loss', steps.value, t), stepChart('samplesPerSecond', steps.value, t)].map((data) => (
        <Chart key={`${run.value?.runId} ${data.title}`} data={data} />
      ))}
    </div>
  );
}

/** Whoever computes, behind gateways as well. */
const peopleIn = (all: readonly WorkerView[]): number =>
  all.reduce((sum, { gateway }) => sum + (gateway === null ? 1 : gateway.workers), 0);

function Everyone() {
  const t = workerTexts();
  const [sorting, setSorting] = useState<Sorting>({ key: 'name', direction: 'ascending' });
  const [filter, setFilter] = useState('');
  const all = workers.value;
  const wanted = filter.trim().toLowerCase();
  const shown = all.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <section class="panel">
      <div class="title">
        <h2>{t.title}</h2>
        <span class="quiet number">
          {t.counted(peopleIn(all), all.filter(({ state }) => state === 'computing').length)}
        </span>
        {all.length < FILTER_FROM && wanted === '' ? null : (
          <label class="field inline">
            <span>{t.filter}</span>
            <input
              type="search"
              value={filter}
              onInput={({ currentTarget }) => setFilter(currentTarget.value)}
            />
          </label>
        )}
      </div>
      {all.length === 0 ? (
        <p class="quiet">{t.none}</p>
      ) : (
        <WorkersTable
          workers={sorted(shown, sorting)}
          sorting={sorting}
          onSort={(key) => setSorting(pressed(sorting, key))}
        />
      )}
    </section>
  );
}
