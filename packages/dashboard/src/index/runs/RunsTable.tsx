/** The table of runs, sorted by its columns. */
import { type RunSummary, shortHash } from '@shoal/core';
import { useState } from 'preact/hooks';
import { aboutOf, named } from '../../shared/words.ts';
import { count, dateAndTime, NOTHING } from '../format.ts';
import { fieldsOf } from '../run/describe.ts';
import { StateMark } from '../run/StateMark.tsx';
import { runTexts } from '../run/texts.ts';
import { operates } from '../store.ts';
import { writeFigure } from './figures.ts';
import { LabelForm } from './LabelForm.tsx';
import { query, sortBy } from './listStore.ts';
import { RunActions } from './RunActions.tsx';
import { runsTexts } from './texts.ts';

type TableProps = {
  readonly runs: readonly RunSummary[];
  /** The best of those found, by the figure that was asked for. */
  readonly best: string | null;
  readonly chosen: readonly string[];
  readonly opened: string | null;
  readonly onChoose: (runIds: readonly string[], isChosen: boolean) => void;
  readonly onOpen: (runId: string) => void;
};

/** What each column is sorted by; null: by nothing. */
const COLUMNS = [
  ['name', 'name'],
  ['state', 'state'],
  ['testAccuracy', 'testAccuracy'],
  ['bestValAccuracy', 'bestValAccuracy'],
  ['testLoss', 'testLoss'],
  ['epochs', 'epochs'],
  ['seconds', 'seconds'],
  ['bytes', 'bytes'],
  ['data', 'data'],
  ['optimizer', 'optimizer.type'],
  ['bits', null],
  ['created', 'createdAt'],
] as const;

export function RunsTable({ runs: shown, best, chosen, opened, onChoose, onOpen }: TableProps) {
  const t = runsTexts();
  const [edited, setEdited] = useState<string | null>(null);
  const ids = shown.map(({ runId }) => runId);
  const { sort, order } = query.value;
  const titles = { ...t.figures, ...t.columns };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll runs" tabIndex={0} aria-label={t.title}>
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label={t.compareShown}
                checked={ids.every((runId) => chosen.includes(runId))}
                onChange={({ currentTarget }) => onChoose(ids, currentTarget.checked)}
              />
            </th>
            {COLUMNS.map(([column, key]) => (
              <th
                key={column}
                scope="col"
                aria-sort={key === sort ? (order === 'up' ? 'ascending' : 'descending') : 'none'}
              >
                {key === null ? (
                  titles[column]
                ) : (
                  <button type="button" class="plain sort" onClick={() => sortBy(key)}>
                    {titles[column]}
                    <span aria-hidden="true">{key === sort ? (order === 'up' ? ' ▲' : ' ▼') : ''}</span>
                  </button>
                )}
              </th>
            ))}
            <th scope="col">{t.actions}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((run) => (
            <Row
              key={run.runId}
              run={run}
              isBest={best === run.runId}
              chosen={chosen.includes(run.runId)}
              opened={opened === run.runId}
              edited={edited === run.runId}
              onChoose={(isChosen) => onChoose([run.runId], isChosen)}
              onOpen={() => onOpen(run.runId)}
              onEdit={(isEdited) => setEdited(isEdited ? run.runId : null)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

type RowProps = {
  readonly run: RunSummary;
  readonly isBest: boolean;
  readonly chosen: boolean;
  readonly opened: boolean;
  readonly edited: boolean;
  readonly onChoose: (isChosen: boolean) => void;
  readonly onOpen: () => void;
  readonly onEdit: (isEdited: boolean) => void;
};

function Row({ run, isBest, chosen, opened, edited, onChoose, onOpen, onEdit }: RowProps) {
  const t = runsTexts();
  const called = `${run.name} ${run.runId}`;
  return (
    <>
      <tr class={opened ? 'opened' : ''}>
        <td>
          <input
            type="checkbox"
            aria-label={t.compareOne(called)}
            checked={chosen}
            onChange={({ currentTarget }) => onChoose(currentTarget.checked)}
          />
        </td>
        <th scope="row" class="who">
          <Name run={run} isBest={isBest} />
        </th>
        <td>
          <StateMark state={run.state} />
        </td>
        <td class="number">
          {run.r2 === null
            ? writeFigure('testAccuracy', run.testAccuracy)
            : t.r2Of(writeFigure('r2', run.r2))}
        </td>
        <td class="number">{writeFigure('bestValAccuracy', run.bestValAccuracy)}</td>
        <td class="number">{writeFigure('testLoss', run.testLoss)}</td>
        <td class="number">{count(run.epochs)}</td>
        <td class="number">{writeFigure('seconds', run.seconds)}</td>
        <td class="number">{writeFigure('bytes', run.bytes)}</td>
        <td>
          {run.dataSet}
          {run.dataSet === 'digits' ? <small class="warn">{runTexts().digitsMark}</small> : null}
        </td>
        <td>{fieldsOf('optimizer', run.optimizer, named)}</td>
        <td>
          <BitsMark run={run} />
        </td>
        <td class="number">{dateAndTime(run.createdAt)}</td>
        <td>
          <div class="buttons tight">
            <button
              type="button"
              aria-expanded={opened}
              aria-label={t.on(opened ? t.close : t.open, called)}
              onClick={onOpen}
            >
              {opened ? t.close : t.open}
            </button>
            {operates.value ? (
              <>
                <button
                  type="button"
                  aria-expanded={edited}
                  aria-label={t.on(t.edit, called)}
                  onClick={() => onEdit(!edited)}
                >
                  {t.edit}
                </button>
                <RunActions run={run} />
              </>
            ) : null}
          </div>
        </td>
      </tr>
      {edited ? (
        <tr>
          <td colSpan={COLUMNS.length + 2}>
            <LabelForm run={run} onDone={() => onEdit(false)} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** As it was named, with its tags and what was written to it. */
function Name({ run, isBest }: { readonly run: RunSummary; readonly isBest: boolean }) {
  const t = runsTexts();
  const [firstNote = ''] = run.notes.split('\n');
  return (
    <>
      <span class="name" title={aboutOf({ name: run.preset, about: run.about })}>
        {run.name}
      </span>
      {isBest ? <span class="mark good">{t.isBest}</span> : null}
      {run.archived ? <span class="mark">{t.isArchived}</span> : null}
      <small>{run.runId}</small>
      {run.tags.length === 0 ? null : (
        <span class="tags">
          {run.tags.map((tag) => (
            <span key={tag} class="tag">
              {tag}
            </span>
          ))}
        </span>
      )}
      {firstNote === '' ? null : (
        <small class="note" title={run.notes}>
          {firstNote}
        </small>
      )}
    </>
  );
}

function BitsMark({ run }: { readonly run: RunSummary }) {
  const t = runsTexts();
  const { parametersSha256, alike } = run;
  if (parametersSha256 === null) return <>{NOTHING}</>;
  const hasOthers = alike !== null && alike.runs > 1;
  return (
    <>
      <code title={parametersSha256}>{shortHash(parametersSha256)}</code>
      {hasOthers && alike.same ? <small class="good">{t.same(alike.runs)}</small> : null}
      {hasOthers && !alike.same ? <small class="bad">{t.differ}</small> : null}
    </>
  );
}
