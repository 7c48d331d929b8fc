/** Why something about the model cannot be shown, as data: the worker that finds it does not know the page's language. */
import { BlockError, type Fact, ModelError } from '@shoal/core';

export type LabProblem =
  | { readonly type: 'noRun' | 'noParameters' | 'noSamples' }
  /** A past run is shown, and the samples that can be had are not those of its data set. */
  | { readonly type: 'otherSamples' }
  /** Parameters of another model came, so many in place of `needed`. */
  | { readonly type: 'otherParameters'; readonly came: number; readonly needed: number }
  /** What core found wrong. */
  | { readonly type: 'found'; readonly fact: Fact }
  /** The worker that computes did not start, and why in the words of the browser. */
  | { readonly type: 'noWorker'; readonly text: string }
  /** In the words of whoever found it: the coordinator, or the browser. */
  | { readonly type: 'said'; readonly text: string };

export class LabError extends Error {
  override readonly name = 'LabError';
  readonly problem: LabProblem;

  constructor(problem: LabProblem) {
    super(problem.type);
    this.problem = problem;
  }
}

/** What any error has to say to the page. */
export function problemOf(error: unknown): LabProblem {
  if (error instanceof LabError) return error.problem;
  if (error instanceof ModelError || error instanceof BlockError) return { type: 'found', fact: error.fact };
  return { type: 'said', text: error instanceof Error ? error.message : String(error) };
}
