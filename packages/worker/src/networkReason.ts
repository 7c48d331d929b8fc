/** What went wrong on the network, as the end of a sentence without its full stop. */
import { reasonOf } from '@shoal/core';

/** Node.js hides the reason: behind a cause, or in a list with one error for each address that a name has. */
export function networkReasonOf(problem: unknown): string {
  if (problem instanceof AggregateError && problem.errors.length > 0) {
    return networkReasonOf(problem.errors[0]);
  }
  if (problem instanceof Error && problem.cause instanceof Error) return networkReasonOf(problem.cause);
  const text = reasonOf(problem);
  return text === '' ? 'no reason was given' : text.replace(/\.$/, '');
}
