/** Who was sent away and may be let in again; nothing where nobody was. */
import { useEffect } from 'preact/hooks';
import { clock } from '../format.ts';
import { letIn, readRemoved, removed } from './removed.ts';
import { workerTexts } from './texts.ts';

export function RemovedPanel() {
  const t = workerTexts();
  useEffect(() => void readRemoved(), []);
  if (removed.value.length === 0) return null;
  return (
    <section class="panel">
      <h2>{t.removed}</h2>
      <p class="quiet">{t.removedWhy}</p>
      <ul class="removed">
        {removed.value.map(({ id, name, removedSecondsAgo }) => (
          <li key={id}>
            <span class="name">{name}</span>
            <small class="quiet">{t.ago(clock(removedSecondsAgo))}</small>
            <button type="button" aria-label={t.actionOn(t.letIn, name)} onClick={() => void letIn(id)}>
              {t.letIn}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
