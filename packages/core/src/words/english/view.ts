/** Why a run and its workers are in the state that a page shows, in English. */
import type { ViewFact } from '../../facts/viewFacts.ts';
import { type Wording, worded } from '../wording.ts';
import { RUN_END_ENGLISH } from './run.ts';
import { rangeInEnglish } from './work.ts';

export const VIEW_ENGLISH: Wording<ViewFact> = {
  noWorkerThere: () => 'No worker is connected; the run goes on with the first that joins.',
  trainsEpoch: ({ epoch, epochs }) => `It trains epoch ${epoch} of ${epochs}.`,
  validatesEpoch: ({ epoch, epochs }) => `The validation set is evaluated after epoch ${epoch} of ${epochs}.`,
  testsModel: ({ because }) => `${worded(RUN_END_ENGLISH, because)} The test set is evaluated.`,
  showsBits: () => 'It shows with a first microbatch that it computes the same bits.',
  answerOverdue: ({ seconds, stalled }) => {
    const others = stalled
      ? 'it is granted nothing more until it answers, and others compute what it holds.'
      : 'what it holds is granted to others as well once they are free.';
    return `It was expected to answer ${seconds.toFixed(1)} s ago; ${others}`;
  },
  restsForOperator: () => 'The operator paused it.',
  finishesAndGoes: () => 'It finishes what it holds and then goes, as the operator asked.',
  nothingLeftInStep: () => 'Nothing is left for it in this step.',
  runIsPaused: () => 'The run is paused.',
  computesRange: (range) => `It computes ${rangeInEnglish(range)} of the step.`,
  evaluatesRange: (range) => `It evaluates ${rangeInEnglish(range)}.`,
  toldToStopRange: (range) => `Others have answered ${rangeInEnglish(range)}; it is told to stop.`,
  computes: () => 'It computes.',
};
