/** The whole run spec as it is written, with its defaults. What concerns several fields at once is `resolve.ts`'s to check. */
import * as v from 'valibot';
import { DEFAULTS, EARLY_STOPPING_DEFAULTS } from './defaults.ts';
import { fields, flag, fraction, notNegative, number, oneOf, rate, text, whole } from './fields.ts';
import { modelSchema } from './layerSchema.ts';
import type { RunSpec } from './runSpec.ts';
import { clipSchema, optimizerSchema, regularizationSchema, scheduleSchema } from './updateSchema.ts';

const SAMPLES_MAX = 16_777_216;
const QUORUM_MAX = 16;
/** Of at most 16 parts of a step, one at least must remain. */
const TRIM_MAX = 7;

const augmentSchema = fields({
  shift: v.optional(number({ least: 0, most: 64, unit: 'pixels' }), 0),
  rotate: v.optional(number({ least: 0, most: 180, unit: 'degrees' }), 0),
  scale: v.optional(rate, 0),
  elastic: v.optional(
    fields({
      alpha: v.optional(notNegative, 0),
      sigma: v.optional(number({ above: 0, most: 64, unit: 'pixels' }), DEFAULTS.elasticSigma),
    }),
    {},
  ),
});

const dataSchema = v.variant('source', [
  fields({
    source: oneOf(['mnist', 'idx', 'digits']),
    limit: v.optional(v.nullable(whole(1, SAMPLES_MAX)), null),
    validation: v.optional(whole(0, SAMPLES_MAX), DEFAULTS.validation),
    augment: v.optional(augmentSchema, {}),
  }),
  fields({ source: v.literal('table'), table: oneOf(['and', 'or', 'not', 'xor']) }),
]);

const earlyStoppingSchema = fields({
  metric: v.optional(
    oneOf(['validationLoss', 'validationAccuracy', 'trainLoss', 'trainErrors']),
    EARLY_STOPPING_DEFAULTS.metric,
  ),
  patience: v.optional(whole(1, 1_000_000), EARLY_STOPPING_DEFAULTS.patience),
  minimumImprovement: v.optional(notNegative, EARLY_STOPPING_DEFAULTS.minimumImprovement),
  restoreBest: v.optional(flag, EARLY_STOPPING_DEFAULTS.restoreBest),
  target: v.optional(v.nullable(notNegative), null),
});

/** A run spec whose microbatch may still follow from the batch. */
type WrittenRunSpec = Omit<RunSpec, 'microbatch'> & { readonly microbatch?: number };

export const runSchema: v.GenericSchema<unknown, WrittenRunSpec> = fields({
  name: v.optional(text(64), 'unnamed'),
  about: v.optional(text(400), ''),
  seed: v.optional(whole(0, 4_294_967_295), DEFAULTS.seed),
  numerics: v.optional(oneOf(['exact', 'fast']), DEFAULTS.numerics),
  data: v.optional(dataSchema, { source: 'mnist' }),
  model: modelSchema,
  batch: v.optional(whole(1, 1_048_576), DEFAULTS.batch),
  microbatch: v.exactOptional(whole(1, 4096)),
  epochs: v.optional(whole(0, 1_000_000), DEFAULTS.epochs),
  optimizer: v.optional(optimizerSchema, { type: 'adam' }),
  schedule: v.optional(scheduleSchema, { type: 'constant' }),
  clip: v.optional(clipSchema, {}),
  regularization: v.optional(regularizationSchema, {}),
  earlyStopping: v.optional(v.nullable(earlyStoppingSchema), null),
  checkpoint: v.optional(
    fields({ everySteps: v.optional(whole(1, 1_000_000_000), DEFAULTS.checkpointEverySteps) }),
    {},
  ),
  trust: v.optional(
    fields({
      spotCheck: v.optional(fraction, DEFAULTS.spotCheck),
      quorum: v.optional(whole(1, QUORUM_MAX), DEFAULTS.quorum),
      trim: v.optional(whole(0, TRIM_MAX), DEFAULTS.trim),
    }),
    {},
  ),
});
