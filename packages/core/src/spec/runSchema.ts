/** The whole run spec as it is written, with its defaults. What concerns several fields at once is `resolve.ts`'s to check. */
import * as v from 'valibot';
import { dataSchema } from '../data/sources.ts';
import { NUMERICS } from '../engine/engine.ts';
import { DEFAULTS, EARLY_STOPPING_DEFAULTS } from './defaults.ts';
import { fields, flag, fraction, notNegative, oneOf, sha256, text, whole } from './fields.ts';
import { LAYERS_MAX, modelSchema } from './layerSchema.ts';
import { CODING_NAMES, type InitialSpec, type RunSpec, STOPPING_METRICS } from './runSpec.ts';
import {
  clipSchema,
  optimizerSchema,
  regularizationSchema,
  scheduleSchema,
  stepsSchema,
} from './updateSchema.ts';

const QUORUM_MAX = 16;
/** Of at most 16 parts of a step, one at least must remain. */
const TRIM_MAX = 7;

const earlyStoppingSchema = fields({
  metric: v.optional(oneOf(STOPPING_METRICS), EARLY_STOPPING_DEFAULTS.metric),
  patience: v.optional(whole(1, 1_000_000), EARLY_STOPPING_DEFAULTS.patience),
  minimumImprovement: v.optional(notNegative, EARLY_STOPPING_DEFAULTS.minimumImprovement),
  restoreBest: v.optional(flag, EARLY_STOPPING_DEFAULTS.restoreBest),
  target: v.optional(v.nullable(notNegative), null),
});

const FROM_MAX = 200;

const initialSchema = fields({
  sha256,
  from: v.optional(text(FROM_MAX), ''),
  layers: v.optional(v.nullable(whole(1, LAYERS_MAX)), null),
  frozen: v.optional(flag, false),
});

/** A run spec whose microbatch may still follow from the batch, and in which null begins with nobody's model. */
type WrittenRunSpec = Omit<RunSpec, 'microbatch' | 'initial'> & {
  readonly microbatch?: number;
  readonly initial?: InitialSpec | null;
};

export const runSchema: v.GenericSchema<unknown, WrittenRunSpec> = fields({
  name: v.optional(text(64), 'unnamed'),
  about: v.optional(text(400), ''),
  seed: v.optional(whole(0, 4_294_967_295), DEFAULTS.seed),
  numerics: v.optional(oneOf(NUMERICS), DEFAULTS.numerics),
  data: v.optional(dataSchema, { source: 'mnist' }),
  model: modelSchema,
  batch: v.optional(whole(1, 1_048_576), DEFAULTS.batch),
  microbatch: v.exactOptional(whole(1, 4096)),
  epochs: v.optional(whole(0, 1_000_000), DEFAULTS.epochs),
  steps: v.optional(stepsSchema, { type: 'synchronous' }),
  coding: v.optional(
    fields({
      up: v.optional(oneOf(CODING_NAMES), DEFAULTS.coding),
      down: v.optional(oneOf(CODING_NAMES), DEFAULTS.coding),
    }),
    {},
  ),
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
  initial: v.exactOptional(v.nullable(initialSchema)),
});
