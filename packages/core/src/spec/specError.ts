/** What a run spec that cannot be run is answered with: every fault found, each as a fact with what a way out needs. */
import type { DataFact, SpecFact } from '../facts/specFacts.ts';
import type { SweepFact } from '../facts/sweepFacts.ts';
import { specMessage } from '../words/messages.ts';

export type SpecProblem = SpecFact | DataFact | SweepFact;

export class SpecError extends Error {
  override readonly name = 'SpecError';
  /** One for each fault. The message is a line for each, in English. */
  readonly problems: readonly SpecProblem[];

  constructor(problems: readonly (SpecFact | DataFact)[]);
  /** @param message what they say: of sweeps and files workers know no words */
  constructor(problems: readonly SpecProblem[], message: string);
  constructor(problems: readonly SpecProblem[], message?: string) {
    super(message ?? specMessage(problems as readonly (SpecFact | DataFact)[]));
    this.problems = problems;
  }
}
