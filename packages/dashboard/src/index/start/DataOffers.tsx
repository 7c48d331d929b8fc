/** The data sets in the folder that the operator allows, to choose from. */
import { signal } from '@preact/signals';
import type { DataOffer } from '@shoal/core';
import { useEffect } from 'preact/hooks';
import { named } from '../../shared/words.ts';
import { api } from '../store.ts';
import { withValue, withVariant } from './draft.ts';
import { draft, writeDraft } from './draftStore.ts';
import { startTexts } from './texts.ts';

const offers = signal<readonly DataOffer[]>([]);

export function DataOffers() {
  const t = startTexts();
  useEffect(() => {
    // Without an answer there is nothing to choose from, and the source can be written as ever.
    api.get<readonly DataOffer[]>('/api/data').then(
      (found) => (offers.value = found),
      () => {},
    );
  }, []);
  if (offers.value.length === 0) return null;
  return (
    <div class="offers">
      <span class="quiet">{t.offers}</span>
      {offers.value.map(({ name, source }) => (
        <button
          key={name}
          type="button"
          onClick={() =>
            writeDraft(withValue(withVariant(draft.value, 'data', source), ['data', 'from'], name))
          }
        >
          {name} <span class="quiet">{named('source', source)}</span>
        </button>
      ))}
    </div>
  );
}
