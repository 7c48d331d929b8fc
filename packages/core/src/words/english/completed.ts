/** How a run came to its end by itself, in English. */
import type { CompletedFact, DivergedFact } from '../../facts/outcomeFacts.ts';
import type { Wording } from '../wording.ts';

export const COMPLETED_ENGLISH: Wording<CompletedFact | DivergedFact> = {
  nothingToTrain: () => 'Nothing is trained: the spec asks for 0 epochs.',
  epochsDone: ({ epochs }) => (epochs === 1 ? 'The one epoch is done.' : `All ${epochs} epochs are done.`),
  diverged: ({ epoch, step, learningRate }) =>
    `The loss or a gradient was no longer a finite number in step ${step} (epoch ${epoch}). ` +
    `Try a smaller learning rate than ${learningRate} (optimizer.lr), or clip the gradient (clip.norm).`,
};
