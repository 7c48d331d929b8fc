/** A run's state as a word with a colour and a shape. */
import type { RunStateName } from '@shoal/core';
import { frameTexts } from '../texts.ts';

const TONES: Readonly<Record<RunStateName, 'busy' | 'good' | 'warn' | 'bad'>> = {
  waiting: 'warn',
  training: 'busy',
  validating: 'busy',
  testing: 'busy',
  paused: 'warn',
  finished: 'good',
  stopped: 'warn',
  diverged: 'bad',
  failed: 'bad',
};

export function StateMark({ state }: { readonly state: RunStateName }) {
  return <span class={`mark ${TONES[state]}`}>{frameTexts().states[state]}</span>;
}
