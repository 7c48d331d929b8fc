/** The list of runs as a table, newest first. */
import type { RunSummary } from '@shoal/core';
import { aboutOf, named } from '../../shared/words.ts';
import { count, dateAndTime, NOTHING, percent } from '../format.ts';
import { fieldsOf } from '../run/describe.ts';
import { StateMark } from '../run/StateMark.tsx';
import { runTexts } from '../run/texts.ts';
import { operates, runs } from '../store.ts';
import { bitsOf } from './compare.ts';
import { RunActions } from './RunActions.tsx';
import { runsTexts } from './texts.ts';

type TableProps = {
  readonly runs: readonly RunSummary[];
  readonly chosen: readonly string[];
  readonly opened: string | null;
  readonly onChoose: (runId: string) => void;
  readonly onOpen: (runId: string) => void;
};

export function RunsTable({ runs: shown, chosen, opened, onChoose, onOpen }: TableProps) {
  const t = runsTexts();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll runs" tabIndex={0} aria-label={t.title}>
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">{t.tick}</th>
            {[t.name, t.state, t.testAccuracy, t.epochs, t.data, t.optimizer, t.bits, t.created].map(
              (label) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ),
            )}
            <th scope="col">{t.actions}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((run) => (
            <Row
              key={run.runId}
              run={run}
              chosen={chosen.includes(run.runId)}
              opened={opened === run.runId}
              onChoose={onChoose}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

type RowProps = {
  readonly run: RunSummary;
  readonly chosen: boolean;
  readonly opened: boolean;
  readonly onChoose: (runId: string) => void;
  readonly onOpen: (runId: string) => void;
};

function Row({ run, chosen, opened, onChoose, onOpen }: RowProps) {
  const t = runsTexts();
  return (
    <tr class={opened ? 'opened' : ''}>
      <td>
        <input
          type="checkbox"
          aria-label={t.compareOne(`${run.name} ${run.runId}`)}
          checked={chosen}
          onChange={() => onChoose(run.runId)}
        />
      </td>
      <th scope="row" class="who">
        <span class="name" title={aboutOf(run)}>
          {run.name}
        </span>
        <small>{run.runId}</small>
      </th>
      <td>
        <StateMark state={run.state} />
      </td>
      <td class="number">{percent(run.testAccuracy)}</td>
      <td class="number">{count(run.epochs)}</td>
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
            aria-label={t.on(opened ? t.close : t.open, `${run.name} ${run.runId}`)}
            onClick={() => onOpen(run.runId)}
          >
            {opened ? t.close : t.open}
          </button>
          {operates.value ? <RunActions run={run} /> : null}
        </div>
      </td>
    </tr>
  );
}

function BitsMark({ run }: { readonly run: RunSummary }) {
  const t = runsTexts();
  const bits = bitsOf(run, runs.value);
  if (bits.kind === 'none') return <>{NOTHING}</>;
  return (
    <>
      <code title={run.parametersSha256 ?? ''}>{bits.hash}</code>
      {bits.kind === 'same' ? <small class="good">{t.same(bits.runs)}</small> : null}
      {bits.kind === 'different' ? <small class="bad">{t.differ}</small> : null}
    </>
  );
}
