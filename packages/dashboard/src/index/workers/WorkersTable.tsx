/** All fields of all workers. A cell has two or three lines, and so has its heading: each can be sorted by. */
import type { WorkerView } from '@shoal/core';
import type { ComponentChildren } from 'preact';
import { wordsOfReason } from '../../shared/words.ts';
import { attempt } from '../actions.ts';
import { bitRate, bytes, clock, count, NOTHING, percent } from '../format.ts';
import { api, operates } from '../store.ts';
import { readRemoved } from './removed.ts';
import type { Sorting, SortKey } from './sorting.ts';
import { workerTexts } from './texts.ts';

/** Those that stand above each other. */
const COLUMNS: readonly (readonly SortKey[])[] = [
  ['name', 'agent'],
  ['state'],
  ['speed', 'share'],
  ['samples', 'samplesLate', 'leasesDone'],
  ['leasesHeld', 'leasesLost'],
  ['engine', 'threads'],
  ['bytesSent', 'bytesReceived'],
  ['downBitsPerSecond', 'upBitsPerSecond'],
  ['rttMs', 'joinedSecondsAgo'],
];

type TableProps = {
  readonly workers: readonly WorkerView[];
  readonly sorting: Sorting;
  readonly onSort: (key: SortKey) => void;
};

export function WorkersTable({ workers, sorting, onSort }: TableProps) {
  const t = workerTexts();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll workers" tabIndex={0} aria-label={t.title}>
      <table class="grid">
        <thead>
          <tr>
            {COLUMNS.map((keys) => (
              <th
                key={keys[0]}
                scope="col"
                aria-sort={keys.includes(sorting.key) ? sorting.direction : 'none'}
              >
                {keys.map((key) => (
                  <SortButton key={key} column={key} sorting={sorting} onSort={onSort} />
                ))}
              </th>
            ))}
            {operates.value ? (
              <>
                <th scope="col" title={t.checkedWhy}>
                  {t.checked}
                </th>
                <th scope="col">{t.actions}</th>
              </>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <Row key={worker.id} worker={worker} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

type SortProps = {
  readonly column: SortKey;
  readonly sorting: Sorting;
  readonly onSort: (key: SortKey) => void;
};

function SortButton({ column, sorting, onSort }: SortProps) {
  const t = workerTexts();
  const label = t.columns[column];
  const arrow = sorting.key !== column ? '' : sorting.direction === 'ascending' ? ' ↑' : ' ↓';
  return (
    <button type="button" class="plain" aria-label={t.sortBy(label)} onClick={() => onSort(column)}>
      {label}
      {arrow}
    </button>
  );
}

function Row({ worker }: { readonly worker: WorkerView }) {
  const t = workerTexts();
  const reason = wordsOfReason(worker);
  return (
    <tr>
      <th scope="row" class="who">
        <span class="name">
          {worker.name}
          {worker.local ? <span class="tag">{t.local}</span> : null}
          {worker.gateway === null ? null : <span class="tag">{t.gateway}</span>}
        </span>
        <small title={worker.agent}>{worker.agent}</small>
      </th>
      <td class="state">
        <span class={`mark ${worker.state}`}>{t.states[worker.state]}</span>
        <small title={reason}>{reason}</small>
        <Help help={worker.help} />
      </td>
      <Two above={count(worker.speed)} below={<Share share={worker.share} />} />
      <td class="number">
        {count(worker.samples)}
        <small>{count(worker.samplesLate)}</small>
        <small>{count(worker.leasesDone)}</small>
      </td>
      <Two above={count(worker.leasesHeld)} below={count(worker.leasesLost)} />
      <td>
        {worker.engine}
        <small>{worker.threads}</small>
      </td>
      <Two above={bytes(worker.bytesSent)} below={bytes(worker.bytesReceived)} />
      <Two above={bitRate(worker.downBitsPerSecond)} below={bitRate(worker.upBitsPerSecond)} />
      <Two
        above={worker.rttMs === null ? NOTHING : `${worker.rttMs.toFixed(worker.rttMs < 10 ? 1 : 0)} ms`}
        below={clock(worker.joinedSecondsAgo)}
      />
      {operates.value ? <Checked trust={worker.trust} /> : null}
      {operates.value ? <Actions id={worker.id} name={worker.name} state={worker.state} /> : null}
    </tr>
  );
}

/** Why nothing of it counts; nothing where something does, or nobody can say yet. */
function Help({ help }: Pick<WorkerView, 'help'>) {
  if (help === 'counts' || help === 'unknown' || help === 'paused') return null;
  const sentence = workerTexts().help[help];
  return (
    <small class="useless" title={sentence}>
      {sentence}
    </small>
  );
}

function Two({ above, below }: { readonly above: string; readonly below: ComponentChildren }) {
  return (
    <td class="number">
      {above}
      <small>{below}</small>
    </td>
  );
}

/** Answers found right, in this connection and altogether. */
function Checked({ trust }: Pick<WorkerView, 'trust'>) {
  const t = workerTexts();
  if (trust === null) return <td class="number">{NOTHING}</td>;
  if (trust.believed) return <td class="quiet">{t.believed}</td>;
  return <Two above={count(trust.checked)} below={count(trust.standing)} />;
}

function Share({ share }: { readonly share: number }) {
  return (
    <>
      <meter class="share" min={0} max={1} value={share} aria-hidden="true" /> {percent(share, 1)}
    </>
  );
}

async function act(id: number, action: string): Promise<void> {
  const isDone = await attempt(() => api.post(`/api/workers/${id}`, { action }));
  if (isDone && action === 'remove') await readRemoved();
}

type ActionsProps = {
  readonly id: number;
  readonly name: string;
  readonly state: WorkerView['state'];
};

function Actions({ id, name, state }: ActionsProps) {
  const t = workerTexts();
  const actions = [state === 'paused' ? 'continue' : 'pause', 'drain', 'remove'] as const;
  return (
    <td>
      <div class="buttons tight">
        {actions.map((action) => (
          <button
            key={action}
            type="button"
            aria-label={t.actionOn(t[action], name)}
            onClick={() => void act(id, action)}
          >
            {t[action]}
          </button>
        ))}
      </div>
    </td>
  );
}
