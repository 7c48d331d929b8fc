/** The trials of a sweep as a table, the best first. */
import type { SweepView, TrialView } from '@shoal/core';
import { clock, count, percent, significant } from '../format.ts';
import { shownValue } from './coordinates.ts';
import { sweepTexts } from './texts.ts';

type Props = {
  readonly view: SweepView;
  readonly shown: number | null;
  readonly onShow: (trial: number | null) => void;
};

export const figureText = ({ metric }: Pick<SweepView, 'metric'>, figure: number | null): string =>
  metric.endsWith('Accuracy') ? percent(figure) : significant(figure);

const rankOf = ({ rank }: TrialView): number => rank ?? Number.POSITIVE_INFINITY;

export function TrialTable({ view, shown, onShow }: Props) {
  const t = sweepTexts();
  const trials = [...view.table].sort((a, b) =>
    rankOf(a) === rankOf(b) ? a.number - b.number : rankOf(a) - rankOf(b),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll trials" tabIndex={0} aria-label={t.table}>
      <table class="grid">
        <caption>{t.table}</caption>
        <thead>
          <tr>
            <th scope="col">{t.trial}</th>
            {view.fields.map(({ path }) => (
              <th key={path} scope="col">
                <code>{path}</code>
              </th>
            ))}
            {[t.metrics[view.metric], t.epochs, t.time, t.state].map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {trials.map((trial) => (
            <tr
              key={trial.number}
              class={trial.number === shown ? 'opened' : ''}
              onMouseEnter={() => onShow(trial.number)}
              onMouseLeave={() => onShow(null)}
            >
              <th scope="row" title={trial.runId}>
                {trial.number}
                {trial.number === view.best ? <span class="mark good">{t.best}</span> : null}
              </th>
              {view.fields.map(({ path }) => (
                <td key={path} class="number">
                  {shownValue(trial.values[path])}
                </td>
              ))}
              <td class="number">{figureText(view, trial.figure)}</td>
              <td class="number">{count(trial.epochs)}</td>
              <td class="number">{trial.epochs === 0 ? '' : clock(trial.seconds)}</td>
              <td>{t.trialStates[trial.state]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
