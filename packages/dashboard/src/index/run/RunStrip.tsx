/** The run in one line, above every part that is not the run itself. */
import { count, percent } from '../format.ts';
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
  return (
    <aside class="strip">
      <strong>{view.spec.name}</strong>
      <StateMark state={view.state} />
      <span class="number">{t.epochOf(epochNumber(view), view.spec.epochs)}</span>
      <span class="number">
        {isValidated ? t.valAccuracy : t.trainAccuracy}{' '}
        <b>{percent(isValidated ? last?.validationAccuracy : last?.trainAccuracy)}</b>
      </span>
      <span class="number">
        <b>{count(view.samplesPerSecond)}</b> {t.samplesPerSecond}
      </span>
      <ProgressBar run={view} />
    </aside>
  );
}
