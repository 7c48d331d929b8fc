/** The past run whose model is looked into, in place of the one that goes on. */
import { signal } from '@preact/signals';
import type { RunDetail } from '@shoal/core';

export const openedModel = signal<RunDetail | null>(null);

export function lookInto(run: RunDetail | null): void {
  openedModel.value = run;
}
