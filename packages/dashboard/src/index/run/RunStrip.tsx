/** The run in one line, above every part that is not the run itself. */
import { hasAccuracy } from '@shoal/core';
import { count, percent, significant } from '../format.ts';
import { epochs, run } from '../store.ts';
import { epochNumber } from './epochNumber.ts';
import { ProgressBar } from './ProgressBar.tsx';
import { StateMark } from './StateMark.tsx';
import { runTexts } from './texts.ts';
import { validates } from './validates.ts';

export function RunStrip() {
  const t = runTexts();
  const view = run.value;
  if (view === null) return null;
  const last = epochs.value.at(-1);
  const isValidated = validates(view.spec, last);
  const accuracy = isValidated ? last?.validationAccuracy : last?.trainAccuracy;
  const loss = isValidated ? last?.validationLoss : last?.trainLoss;
  return (
    <aside class="strip">
      <strong>{view.spec.name}</strong>
      <StateMark state={view.state} />
      <span class="number">{t.epochOf(epochNumber(view), view.spec.epochs)}</span>
      <span class="number">
        {hasAccuracy(view.spec.model) ? (
          <>
            {isValidated ? t.valAccuracy : t.trainAccuracy} <b>{percent(accuracy)}</b>
          </>
        ) : (
          <>
            {isValidated ? t.valLoss : t.trainLoss} <b>{significant(loss)}</b>
          </>
        )}
      </span>
      <span class="number">
        <b>{count(view.samplesPerSecond)}</b> {t.samplesPerSecond}
      </span>
      <ProgressBar run={view} />
    </aside>
  );
}
