/** What somebody threw, as text: an error's message, or whatever it was that is no error. */
export function reasonOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
