/** The life of a run, in English. */
import type { RunEndFact, RunFact } from '../../facts/runFacts.ts';
import { counted } from '../../text/counted.ts';
import { type Wording, worded } from '../wording.ts';
import { BROKEN_OFF_ENGLISH, ENDED_ENGLISH } from './ended.ts';
import { OUTCOME_ENGLISH } from './outcome.ts';

export const RUN_END_ENGLISH: Wording<RunEndFact> = {
  ...OUTCOME_ENGLISH,
  ...ENDED_ENGLISH,
};

export const RUN_ENGLISH: Wording<RunFact> = {
  ...BROKEN_OFF_ENGLISH,
  runBegins: ({ runId }) => `The run ${runId} begins.`,
  runGoesOn: ({ runId, step }) => `The run ${runId} goes on from step ${step}.`,
  runEnded: ({ runId, state, why }) =>
    `The run ${runId} has ended (${state}): ${why.map((fact) => worded(RUN_END_ENGLISH, fact)).join(' ')}`,
  epochUnwritten: ({ epoch, problem }) => `The record of epoch ${epoch} could not be written (${problem}).`,
  epochsUnwritten: ({ problem }) => `The record of the epochs that remain could not be written (${problem}).`,
  resultUnwritten: ({ folder, problem }) =>
    `The result could not be written to ${folder} (${problem}). The last checkpoint stays; free some space and resume the run.`,
  checkpointUnwritten: ({ file, problem }) =>
    `The checkpoint ${file} could not be written (${problem}). The last good one stays; free some space and the next one is written as usual.`,
  statesUnwritten: ({ folder, problem }) =>
    `What a replay shows cannot be written to ${folder} (${problem}); no more of it is kept.`,
  curveUnwritten: ({ file, problem }) =>
    `The curve of the steps cannot be written to ${file} (${problem}); it will have gaps.`,
  standingUnwritten: ({ file, problem }) =>
    `Which workers have proved themselves could not be written to ${file} (${problem}).`,
  convictionUnwritten: ({ file, problem }) => `A conviction could not be written to ${file} (${problem}).`,
  keyNotRemoved: ({ folder, problem }) =>
    `The key in ${folder} could not be removed (${problem}): leave access.json out of copies.`,
  runsUnreadable: ({ problem }) => `The folder of runs cannot be read (${problem}).`,
  runIndexMade: ({ folder, runs }) =>
    `The index of runs in ${folder} was made anew from ${counted(runs, 'run')}.`,
  runIndexUnusable: ({ file, problem }) =>
    `The index of runs ${file} cannot be used (${problem}): runs are read from their folders, which takes longer.`,
  webhookFailed: ({ host, event, why }) =>
    `The webhook at ${host} was not told of ${event} (${why}): see whether it is up and --webhook names it rightly.`,
};
