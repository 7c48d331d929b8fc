/** What a checkpoint's text fields must look like: nothing in a file is believed before it has been checked. */
import * as v from 'valibot';
import type { OptimizerScalars } from '../optim/optimizerInterface.ts';
import { STOPPING_METRICS } from '../spec/runSpec.ts';
import type { RunProgress } from '../train/progress.ts';
import { endingSchema } from './endingSchema.ts';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * JSON has no NaN or infinity and writes null for them. Sums that decide how a run goes on are always finite;
 * only a validation loss may not be, and then it comes back as null: it is shown, never computed with.
 */
export const progressSchema: v.GenericSchema<unknown, RunProgress> = v.strictObject({
  epoch: count,
  step: count,
  globalStep: count,
  version: count,
  epochSums: v.strictObject({ loss: finite, correct: count, count, layerNorms: v.array(finite) }),
  earlyStopping: v.nullable(
    v.strictObject({
      metric: v.picklist(STOPPING_METRICS),
      best: v.nullable(finite),
      bestEpoch: count,
      epochsWithoutImprovement: count,
    }),
  ),
  lastEpoch: v.nullable(
    v.strictObject({
      trainLoss: finite,
      trainAccuracy: finite,
      validationLoss: v.nullable(finite),
      validationAccuracy: v.nullable(finite),
    }),
  ),
  ending: v.nullable(endingSchema),
});

export const scalarsSchema: v.GenericSchema<unknown, OptimizerScalars> = v.record(v.string(), finite);

/** Sets of identities that alone have vouched for answers, and the earliest state of the run that these went into. */
export type Vouchers = readonly (readonly [identities: readonly string[], mark: number])[];

export const vouchersSchema: v.GenericSchema<unknown, Vouchers> = v.array(
  v.pipe(v.strictTuple([v.array(v.string()), count]), v.readonly()),
);
