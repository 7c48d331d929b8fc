/** What a run spec that cannot be run is answered with: every fault found, each as a sentence with a way out. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  /** One sentence for each fault. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
