/** What is wrong with a sweep, or at a place of a file, in English. */
import type { DataFact, SpecFact } from '../../facts/specFacts.ts';
import type { SweepFact } from '../../facts/sweepFacts.ts';
import { type Wording, worded } from '../wording.ts';
import { SPEC_ENGLISH } from './spec.ts';

export const SWEEP_ENGLISH: Wording<SweepFact> = {
  problemAt: ({ place, problem }) => `${place}: ${problemInEnglish(problem)}`,
  sweepName: ({ value, most }) =>
    `sweep.name must be small letters, digits and dashes, at most ${most} of them, such as "learning-rates", not ${value}.`,
  sweepVariesNothing: () =>
    'sweep.vary is empty: name a field of the spec with its values, such as {"optimizer.lr": [0.1, 0.01]}.',
  sweepFieldsMost: ({ fields, most }) =>
    `sweep.vary names ${fields} fields, more than the ${most} that may vary: leave some out.`,
  sweepValuesEmpty: ({ at }) => `sweep.vary has no value for ${at}: list at least one, such as [0.1, 0.01].`,
  sweepValuesExpected: ({ at, value }) =>
    `sweep.vary must have a list of values for ${at}, such as [0.1, 0.01], or a range, such as {"from": 0.001, "to": 0.1, "scale": "log"}, not ${value}.`,
  sweepValueTwice: ({ at, value }) => `sweep.vary lists ${value} for ${at} twice: leave one out.`,
  sweepRangeOrder: ({ at, from, to }) =>
    `The range of ${at} must begin below its end, but it goes from ${from} to ${to}.`,
  sweepLogRange: ({ at, from }) =>
    `The range of ${at} begins at ${from}, but on a logarithmic scale it must begin above 0: raise "from", or set "scale" to "linear".`,
  sweepWholeRange: ({ at, from, to }) =>
    `The range of ${at} is of whole numbers, so that "from" and "to" must be some, not ${from} and ${to}.`,
  sweepRangeInGrid: ({ at }) =>
    `sweep.vary has a range for ${at}, of which there are no "all combinations": list its values, or draw some with "search": {"type": "random", "trials": 20}.`,
  sweepTooManyTrials: ({ trials, most }) =>
    `The sweep has ${trials} trials, more than the ${most} that one may have: list fewer values, or draw some with "search": {"type": "random", "trials": 20}.`,
  sweepTooFewValues: ({ trials, distinct }) =>
    `sweep.search.trials is ${trials}, but the values make only ${distinct} different ${distinct === 1 ? 'trial' : 'trials'}: ask for fewer, or list more values.`,
  sweepEpochs: ({ least, most }) =>
    `sweep.search.minEpochs is ${least}, more than maxEpochs (${most}): a trial is trained for at least the one and at most the other.`,
  sweepVariesEpochs: () =>
    'sweep.vary names epochs, but successive halving decides itself how long a trial is trained: set minEpochs and maxEpochs of sweep.search instead.',
  sweepMetricMissing: ({ metric, why }) =>
    why === 'noClasses'
      ? `sweep.objective.metric is ${metric}, but a predicted number is neither right nor wrong: use validationLoss or trainLoss.`
      : `sweep.objective.metric is ${metric}, but there is no validation set: set data.validation of the base above 0, or use trainLoss or trainAccuracy.`,
};

export const problemInEnglish = (fact: SpecFact | DataFact | SweepFact): string =>
  worded({ ...SPEC_ENGLISH, ...SWEEP_ENGLISH }, fact);
