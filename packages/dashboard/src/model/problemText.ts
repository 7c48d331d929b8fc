/** Why something about the model cannot be shown, in the language of the page; read while rendering. */
import { textsIn } from '../shared/language.ts';
import { unreachable } from '../shared/unreachable.ts';
import { wordsOf } from '../shared/words.ts';
import type { LabProblem } from './lab/labProblem.ts';
import { texts } from './texts.ts';

export function problemText(problem: LabProblem): string {
  const { problems } = textsIn(texts);
  switch (problem.type) {
    case 'noRun':
    case 'noParameters':
    case 'noSamples':
    case 'otherSamples':
      return problems[problem.type];
    case 'otherParameters':
      return problems.otherParameters(problem.came, problem.needed);
    case 'found':
      return wordsOf(problem.fact);
    case 'noWorker':
      return problems.noWorker(problem.text);
    case 'said':
      return problem.text;
    default:
      return unreachable(problem);
  }
}
