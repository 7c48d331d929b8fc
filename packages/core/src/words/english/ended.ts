/** Why a run trains no further, in English. */
import type { BrokenOffFact, EndedFact } from '../../facts/runFacts.ts';
import type { Wording } from '../wording.ts';
import { COMPLETED_ENGLISH } from './completed.ts';
import { STOPPED_ENGLISH } from './stopping.ts';

const SIGNALS = {
  SIGINT: 'It was interrupted (Ctrl-C or SIGINT).',
  SIGTERM: 'Its process was told to end (SIGTERM).',
  SIGHUP: 'Its terminal was closed (SIGHUP).',
} as const;

export const BROKEN_OFF_ENGLISH = {
  operatorFinished: ({ epoch, step }) => `The operator ended the run in epoch ${epoch}, after step ${step}.`,
  operatorStopped: () => 'The operator stopped the run; it can be resumed.',
  interrupted: ({ signal }) => SIGNALS[signal],
  takenOver: ({ what, by }) =>
    `${what} was taken over by ${by}, which saw no sign of life of this coordinator.`,
  trustedWorkerFailed: ({ problem }) =>
    `The trusted worker could not go on (${problem}), so that no answer can be verified.`,
  localWorkersGone: () => 'No local worker could go on, and no other has joined.',
  rungReached: ({ sweep, epochs }) =>
    `The sweep ${sweep} has its figures after ${epochs === 1 ? 'one epoch' : `${epochs} epochs`}; it goes on with this run if it is among the best.`,
} satisfies Wording<BrokenOffFact>;

export const ENDED_ENGLISH: Wording<EndedFact> = {
  text: ({ text }) => text,
  ...STOPPED_ENGLISH,
  ...COMPLETED_ENGLISH,
  ...BROKEN_OFF_ENGLISH,
};
