/** How far the run is, of all its steps. */
import type { RunView } from '@shoal/core';
import { runTexts } from './texts.ts';

export function ProgressBar({ run }: { readonly run: RunView }) {
  const all = Math.max(1, run.stepsInAll);
  const done = run.result !== null && run.state === 'finished' ? all : Math.min(run.globalStep, all);
  return <progress class="progress" max={all} value={done} aria-label={runTexts().progress} />;
}
