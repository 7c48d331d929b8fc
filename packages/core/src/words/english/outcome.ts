/** How a run ended by itself and what its records show, in English. */
import type { CompletedFact, DivergedFact, OutcomeFact } from '../../facts/outcomeFacts.ts';
import { percent, short } from '../figures.ts';
import type { Wording } from '../wording.ts';
import { COMPLETED_ENGLISH } from './completed.ts';

type Guessed = { readonly epochs: number; readonly trainLoss: number; readonly guessing: number };

const nothing = ({ epochs, trainLoss, guessing }: Guessed): string =>
  `After ${epochs === 1 ? 'one epoch' : `${epochs} epochs`} the training loss is ${short(trainLoss)}, no better than guessing (${short(guessing)})`;

export const OUTCOME_ENGLISH: Wording<CompletedFact | DivergedFact | OutcomeFact> = {
  ...COMPLETED_ENGLISH,
  notSeparable: ({ table }) =>
    `The table ${table} is not linearly separable: no straight line parts its two classes, and one straight line is all that a single neuron draws, so some row stays wrong however long it trains. A hidden layer solves it.`,
  learnedNothing: (fact) => `${nothing(fact)}.`,
  overshot: (fact) =>
    `${nothing(fact)}, and it was as high as ${short(fact.worst)}: steps with optimizer.lr ${fact.learningRate} overshoot and have thrown the weights where nothing is learned. Use a smaller one.`,
  gradientVanished: ({ last, first, ...fact }) =>
    `${nothing(fact)}: the gradient vanishes on its way back, from a norm of ${short(last.norm)} at ${last.layer} to ${short(first.norm)} at ${first.layer}, so the first layers do not learn. Rectifiers (relu) keep it alive.`,
  stillFalling: ({ first, last, learningRate }) =>
    `The training loss was still falling steadily when the run ended, from ${short(first.trainLoss)} in epoch ${first.epoch} only to ${short(last.trainLoss)} in epoch ${last.epoch}: optimizer.lr ${learningRate} is too small for so few steps. Use a larger one, or more epochs.`,
  overfitted: ({ bestEpoch, validationLoss, trainLoss, trainAccuracy, validationAccuracy }) =>
    `It overfits: since epoch ${bestEpoch} the validation loss rose from ${short(validationLoss.best)} to ${short(validationLoss.last)} while the training loss fell from ${short(trainLoss.best)} to ${short(trainLoss.last)}; ${percent(trainAccuracy)} of the training samples are right, but ${percent(validationAccuracy)} of the held-out ones.`,
};
