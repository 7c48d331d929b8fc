/** Who computes what and whose answers are believed, in English. */
import type { WorkFact } from '../../facts/workFacts.ts';
import type { Wording } from '../wording.ts';

/** `microbatch 3`, `microbatches 3 to 5`: those before `to`. */
export const rangeInEnglish = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  to - from === 1 ? `microbatch ${from}` : `microbatches ${from} to ${to - 1}`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const WORK_ENGLISH: Wording<WorkFact> = {
  leaseLate: ({ name, ...range }) =>
    `${capital(rangeInEnglish(range))} ${range.to - range.from === 1 ? 'is' : 'are'} late; ${name} computes ${range.to - range.from === 1 ? 'it' : 'them'} as well.`,
  fallenBehind: ({ ms, leases }) =>
    `The coordinator is ${ms} ms behind: it grants at most ${leases} leases at a time until it has caught up.`,
  notFinite: ({ name }) =>
    `${name} got numbers that are not finite; its microbatches are computed a second time.`,
  convicted: ({ name, step, ...range }) =>
    `${name} gave a wrong answer to ${rangeInEnglish(range)} of step ${step} and takes no further part. The evidence is in the run's folder.`,
  taskBegunAgain: () => 'Nobody else has vouched for some answers to the work at hand: it is begun again.',
  wentBack: ({ step, steps }) =>
    `The run goes back to ${step === 0 ? 'its beginning' : `the state after step ${step}`} and computes ${steps} ${steps === 1 ? 'step' : 'steps'} again: only workers that were convicted had vouched for some of their answers.`,
  tooFewForQuorum: ({ present, quorum }) =>
    `Only ${present} unrelated ${present === 1 ? 'worker is' : 'workers are'} here, too few for a quorum of ${quorum}: the trusted worker computes all leases as well.`,
  enoughForQuorum: ({ quorum }) =>
    `Workers enough are there: a quorum of ${quorum} settles what they compute.`,
  unverifiedBefore: () =>
    'If somebody is convicted who has answered before, the run goes back as far as to its beginning.',
  answersDiffer: (range) => `Answers to ${rangeInEnglish(range)} differ: the trusted worker computes them.`,
  notFiniteChecked: ({ name, ...range }) =>
    `${name} got numbers that are not finite; the trusted worker computes ${rangeInEnglish(range)} as well.`,
  gradientUnusual: ({ name, factor, ...range }) =>
    `The gradient that ${name} gave for ${rangeInEnglish(range)} is of an unusual length (by a factor of ${factor.toPrecision(2)}); the trusted worker computes it as well.`,
  noSecondOpinion: (range) =>
    `No second opinion on ${rangeInEnglish(range)} came in time: the trusted worker computes them.`,
};
