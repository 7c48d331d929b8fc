/** What a sweep, or a spec at a place of a file, is answered with when it cannot be. */
import { SpecError, type SpecProblem } from '../spec/specError.ts';
import { refusalMessage } from '../words/messages.ts';

export const refusalOf = (problems: readonly SpecProblem[]): SpecError =>
  new SpecError(problems, refusalMessage(problems));

/** The same problems with the place before each. */
export const refusalAt = (place: string, { problems }: SpecError): SpecError =>
  refusalOf(problems.map((problem) => ({ type: 'problemAt', place, problem })));
