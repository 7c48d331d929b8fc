/** What went wrong on the network, as the end of a sentence without its full stop. */

/** Node.js hides the reason: behind a cause, or in a list with one error for each address that a name has. */
export function reasonOf(problem: unknown): string {
  if (problem instanceof AggregateError && problem.errors.length > 0) return reasonOf(problem.errors[0]);
  if (problem instanceof Error && problem.cause instanceof Error) return reasonOf(problem.cause);
  const text = problem instanceof Error ? problem.message : String(problem);
  return text === '' ? 'no reason was given' : text.replace(/\.$/, '');
}
