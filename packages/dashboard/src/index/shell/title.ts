/** The title of the window: how far the run is, for a tab among others. */
import { effect } from '@preact/signals';
import { hasAccuracy } from '@shoal/core';
import { percent, significant } from '../format.ts';
import { epochNumber } from '../run/epochNumber.ts';
import { epochs, run } from '../store.ts';
import { frameTexts } from '../texts.ts';

export function followTitle(): void {
  effect(() => {
    const view = run.value;
    if (view === null) {
      document.title = 'Shoal';
      return;
    }
    const last = epochs.value.at(-1);
    const figure =
      last === undefined
        ? ''
        : hasAccuracy(view.spec.model)
          ? ` · ${percent(last.validationAccuracy ?? last.trainAccuracy, 1)}`
          : ` · ${significant(last.validationLoss ?? last.trainLoss)}`;
    const epoch = `${epochNumber(view)}/${view.spec.epochs}`;
    document.title = `${frameTexts().states[view.state]} ${epoch}${figure} · ${view.spec.name} · Shoal`;
  });
}
