/** Why a run's training has ended, as checkpoints keep it: a schema for each fact that can say so. */
import * as v from 'valibot';
import type { EndingFact } from '../facts/fact.ts';
import { STOPPING_METRICS } from '../spec/runSpec.ts';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const metric = v.picklist(STOPPING_METRICS);

const ENDINGS: {
  readonly [T in EndingFact['type']]: v.GenericSchema<unknown, Extract<EndingFact, { type: T }>>;
} = {
  text: v.strictObject({ type: v.literal('text'), text: v.string() }),
  nothingToTrain: v.strictObject({ type: v.literal('nothingToTrain') }),
  epochsDone: v.strictObject({ type: v.literal('epochsDone'), epochs: count }),
  operatorFinished: v.strictObject({ type: v.literal('operatorFinished'), epoch: count, step: count }),
  targetReached: v.strictObject({
    type: v.literal('targetReached'),
    epoch: count,
    metric,
    value: finite,
    target: finite,
  }),
  patienceOver: v.strictObject({
    type: v.literal('patienceOver'),
    epoch: count,
    metric,
    waited: count,
    minimumImprovement: finite,
    best: v.nullable(v.strictObject({ epoch: count, value: finite })),
  }),
};

/** Earlier versions wrote the sentence itself. */
const sentence = v.pipe(
  v.string(),
  v.transform((text): EndingFact => ({ type: 'text', text })),
);

export const endingSchema: v.GenericSchema<unknown, EndingFact> = v.union([
  sentence,
  ...Object.values(ENDINGS),
]);
