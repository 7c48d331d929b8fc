/** What early stopping decided, in English. */
import type { StoppedFact, StoppingFact } from '../../facts/stoppingFacts.ts';
import { metricValue } from '../figures.ts';
import type { Wording } from '../wording.ts';

const METRICS: Readonly<Record<StoppingFact['metric'], string>> = {
  validationLoss: 'validation loss',
  validationAccuracy: 'validation accuracy',
  trainLoss: 'training loss',
  trainErrors: 'the number of training errors',
};

type Waited = Extract<StoppingFact, { type: 'patienceOver' | 'notImproved' }>;

const notImproved = ({ metric, waited, minimumImprovement }: Waited): string => {
  const by = minimumImprovement > 0 ? ` by ${metricValue(minimumImprovement)}` : '';
  return `${METRICS[metric]} has not improved${by} for ${waited} ${waited === 1 ? 'epoch' : 'epochs'}`;
};

const bestSoFar = ({ best }: Waited): string =>
  best === null
    ? 'it was never a finite number'
    : `best was epoch ${best.epoch} with ${metricValue(best.value)}`;

export const STOPPED_ENGLISH: Wording<StoppedFact> = {
  targetReached: ({ epoch, metric, value, target }) =>
    `Stops after epoch ${epoch}: ${METRICS[metric]} is ${metricValue(value)} and has reached the target ${metricValue(target)}.`,
  patienceOver: (fact) => `Stops after epoch ${fact.epoch}: ${notImproved(fact)}; ${bestSoFar(fact)}.`,
};

export const STOPPING_ENGLISH: Wording<StoppingFact> = {
  ...STOPPED_ENGLISH,
  improved: ({ epoch, metric, value }) =>
    `Goes on after epoch ${epoch}: ${METRICS[metric]} is at its best, ${metricValue(value)}.`,
  notImproved: (fact) =>
    `Goes on after epoch ${fact.epoch}: ${notImproved(fact)} of ${fact.patience}; ${bestSoFar(fact)}.`,
};
