/** The spec that is being written, kept while other parts of the page are looked at. */
import { computed, signal } from '@preact/signals';
import { findPreset } from '@shoal/core';
import { checkDraft, type Draft } from './draft.ts';

/** For classrooms: its gradients are small enough for a wireless network. */
export const FIRST_PRESET = 'mnist-cnn';

export const draft = signal<Draft>(findPreset(FIRST_PRESET));
export const checked = computed(() => checkDraft(draft.value));

export function writeDraft(written: Draft): void {
  draft.value = written;
}

/** Fields mark themselves where one of these is about them. */
export const problems = computed(() => (checked.value.kind === 'wrong' ? checked.value.problems : []));
