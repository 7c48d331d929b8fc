/** What a step is, optimizer, schedule, clipping and regularisation as they are written, with their defaults. */
import * as v from 'valibot';
import { LOCAL_STEPS_DEFAULTS, OPTIMIZER_DEFAULTS, OUTER_DEFAULTS, SCHEDULE_DEFAULTS } from './defaults.ts';
import { factor, fields, fraction, notNegative, oneOf, positive, rate, whole } from './fields.ts';

const STEPS_MAX = 1_000_000_000;
const REPLICAS_MAX = 4096;
const LOCAL_STEPS_MAX = 1_000_000;
const weightDecay = v.optional(notNegative, 0);

const momentumLike = <const T extends 'momentum' | 'nesterov'>(type: T) =>
  fields({
    type: v.literal(type),
    lr: v.optional(positive, OPTIMIZER_DEFAULTS[type].lr),
    momentum: v.optional(rate, OPTIMIZER_DEFAULTS[type].momentum),
    weightDecay,
  });

const adamLike = <const T extends 'adam' | 'adamw'>(type: T) =>
  fields({
    type: v.literal(type),
    lr: v.optional(positive, OPTIMIZER_DEFAULTS[type].lr),
    beta1: v.optional(rate, OPTIMIZER_DEFAULTS[type].beta1),
    beta2: v.optional(rate, OPTIMIZER_DEFAULTS[type].beta2),
    epsilon: v.optional(positive, OPTIMIZER_DEFAULTS[type].epsilon),
    weightDecay: v.optional(notNegative, OPTIMIZER_DEFAULTS[type].weightDecay),
  });

export const optimizerSchema = v.variant('type', [
  fields({
    type: v.literal('sgd'),
    lr: v.optional(positive, OPTIMIZER_DEFAULTS.sgd.lr),
    weightDecay,
  }),
  momentumLike('momentum'),
  momentumLike('nesterov'),
  fields({
    type: v.literal('adagrad'),
    lr: v.optional(positive, OPTIMIZER_DEFAULTS.adagrad.lr),
    epsilon: v.optional(positive, OPTIMIZER_DEFAULTS.adagrad.epsilon),
    weightDecay,
  }),
  fields({
    type: v.literal('rmsprop'),
    lr: v.optional(positive, OPTIMIZER_DEFAULTS.rmsprop.lr),
    decay: v.optional(rate, OPTIMIZER_DEFAULTS.rmsprop.decay),
    epsilon: v.optional(positive, OPTIMIZER_DEFAULTS.rmsprop.epsilon),
    weightDecay,
  }),
  adamLike('adam'),
  adamLike('adamw'),
]);

const unit = oneOf(['step', 'epoch']);
const warmup = v.optional(whole(0, STEPS_MAX), 0);

export const scheduleSchema = v.variant('type', [
  fields({ type: v.literal('constant'), warmup }),
  fields({
    type: v.literal('step'),
    every: v.optional(whole(1, STEPS_MAX), SCHEDULE_DEFAULTS.step.every),
    gamma: v.optional(factor, SCHEDULE_DEFAULTS.step.gamma),
    unit: v.optional(unit, SCHEDULE_DEFAULTS.step.unit),
    warmup,
  }),
  fields({
    type: v.literal('exponential'),
    gamma: v.optional(factor, SCHEDULE_DEFAULTS.exponential.gamma),
    unit: v.optional(unit, SCHEDULE_DEFAULTS.exponential.unit),
    warmup,
  }),
  fields({
    type: v.literal('inverse_sqrt'),
    unit: v.optional(unit, SCHEDULE_DEFAULTS.inverse_sqrt.unit),
    warmup,
  }),
  fields({
    type: v.literal('cosine'),
    steps: v.optional(v.nullable(whole(1, STEPS_MAX)), null),
    floor: v.optional(fraction, SCHEDULE_DEFAULTS.cosine.floor),
    warmup,
  }),
]);

const outerMomentum = <const T extends 'momentum' | 'nesterov'>(type: T) =>
  fields({
    type: v.literal(type),
    lr: v.optional(positive, OUTER_DEFAULTS.lr),
    momentum: v.optional(rate, OUTER_DEFAULTS.momentum),
    schedule: v.optional(scheduleSchema, { type: 'constant' }),
  });

const outerSchema = v.variant('type', [
  fields({ type: v.literal('average') }),
  outerMomentum('momentum'),
  outerMomentum('nesterov'),
]);

export const stepsSchema = v.variant('type', [
  fields({ type: v.literal('synchronous') }),
  fields({
    type: v.literal('localSteps'),
    replicas: v.optional(whole(1, REPLICAS_MAX), LOCAL_STEPS_DEFAULTS.replicas),
    localSteps: v.optional(whole(1, LOCAL_STEPS_MAX), LOCAL_STEPS_DEFAULTS.localSteps),
    outer: v.optional(outerSchema, { type: 'nesterov' }),
  }),
]);

export const clipSchema = fields({
  value: v.optional(v.nullable(positive), null),
  norm: v.optional(v.nullable(positive), null),
});

export const regularizationSchema = fields({
  l1: v.optional(notNegative, 0),
  l2: v.optional(notNegative, 0),
});
