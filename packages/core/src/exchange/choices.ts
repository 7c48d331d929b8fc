/** The exchanges that a spec's model and data could be trained with, what each costs, and which of them suits. */

import { choiceOf } from '../data/dataSpec.ts';
import { DATA_SOURCES } from '../data/sources.ts';
import type { Model } from '../nn/model.ts';
import { Codings } from '../protocol/coding.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { SpecError } from '../spec/specError.ts';
import { totalSteps } from '../train/position.ts';
import { shapeOfRun } from '../train/stepShape.ts';
import { type Exchange, type ExchangeEstimate, estimateExchange, type Participant } from './estimate.ts';

/** `gradients` and `shortGradients`: synchronous steps, in float32 or 8 bits. `rounds`: local steps in few bits. */
export const EXCHANGE_NAMES = ['gradients', 'shortGradients', 'rounds'] as const;
export type ExchangeName = (typeof EXCHANGE_NAMES)[number];

export type Choice = {
  /** Null for the spec as it is written, where it is none of the others. */
  readonly name: ExchangeName | null;
  readonly spec: RunSpec;
  readonly estimate: ExchangeEstimate;
  /** Over all lines, and the seconds that an epoch takes. */
  readonly bytesPerEpoch: number;
  readonly epochSeconds: number;
};

export type Choices = {
  /** That of the spec as it is written. */
  readonly written: Choice;
  /** Each name once, as far as the spec allows it; where the written spec is one of them, it is that one. */
  readonly all: readonly Choice[];
  readonly recommended: Choice;
};

/** A message's own part: its fields, its frame, and the lease that asks for it. */
const MESSAGE_BYTES = 300;
/** What is simpler, and needs fewer epochs, is only given up for what is faster by so much. */
const WORTH = 1.25;
/** Fewer do not reach what gradients reach. */
const ROUNDS_MIN = 14;
const REPLICAS = 8;
const LOCAL_STEPS = [200, 100, 50, 25, 10];

const MNIST_SAMPLES = 60_000;

/** What the training split of the source will have; of one that nobody knows, as many as MNIST's. */
export function expectedTrainCount({ data }: RunSpec): number {
  const { samples } = DATA_SOURCES[data.source];
  const choice = choiceOf(data);
  if (choice === null) return samples ?? 1;
  const held = Math.max(1, (samples ?? MNIST_SAMPLES) - choice.validation);
  return choice.limit === null ? held : Math.min(choice.limit, held);
}

/** How a run with this spec cuts its steps, and what travels in them. */
export function exchangeOf(spec: RunSpec, model: Model, trainCount: number): Exchange {
  const codings = new Codings(spec, model);
  const isRounds = spec.steps.type === 'localSteps';
  const { stepSamples, leafSamples } = shapeOfRun(spec, trainCount);
  const common = new Float32Array(codings.scales);
  return {
    leafSamples,
    leaves: Math.ceil(stepSamples / leafSamples),
    upBytes: codings.up(common).byteLength + MESSAGE_BYTES,
    downBytes: (codings.down ?? codings.plain).byteLength + MESSAGE_BYTES,
    leavesTravelAlone: isRounds && spec.coding.up !== 'f32',
  };
}

/** @param participants at least one */
export function choicesOf(
  spec: RunSpec,
  model: Model,
  trainCount: number,
  participants: readonly Participant[],
  linkBitsPerSecond: number,
): Choices {
  const choice = (name: ExchangeName | null, one: RunSpec): Choice => {
    const exchange = exchangeOf(one, model, trainCount);
    const estimate = estimateExchange(exchange, participants, linkBitsPerSecond);
    const steps = totalSteps(shapeOfRun(one, trainCount)) / one.epochs;
    const [bytesPerEpoch, epochSeconds] = [steps * estimate.bytesPerStep, steps * estimate.stepSeconds];
    return { name, spec: one, estimate, bytesPerEpoch, epochSeconds };
  };
  const writtenName = nameOf(spec);
  const written = choice(writtenName, spec);
  const all = EXCHANGE_NAMES.flatMap((name) => {
    if (name === writtenName) return [written];
    const other = withExchange(spec, name, trainCount);
    return other === null ? [] : [choice(name, other)];
  });
  const recommended = all.reduce<Choice>(
    (best, one) => (one.epochSeconds * WORTH < best.epochSeconds ? one : best),
    all[0] ?? written,
  );
  return { written, all: writtenName === null ? [written, ...all] : all, recommended };
}

function nameOf({ steps, coding: { up, down } }: RunSpec): ExchangeName | null {
  if (steps.type === 'localSteps') return up === 'f32' ? null : 'rounds';
  if (up === 'f32' && down === 'f32') return 'gradients';
  return up === 'int8' && down === 'int8' ? 'shortGradients' : null;
}

/**
 * The spec with another exchange; null where it cannot be trained with it. Between gradients and rounds batch, optimizer and
 * rate change as well: each trains with what suits it (`docs/benchmarks.md`).
 */
export function withExchange(spec: RunSpec, name: ExchangeName, trainCount: number): RunSpec | null {
  const isRounds = spec.steps.type === 'localSteps';
  try {
    if (name === 'rounds') return inRounds(spec, trainCount);
    const short = name === 'shortGradients' ? 'int8' : 'f32';
    const gradients = { steps: { type: 'synchronous' }, coding: { up: short, down: short } };
    if (!isRounds) return resolveRunSpec({ ...spec, ...gradients });
    const { optimizer: _optimizer, schedule: _schedule, ...rest } = spec;
    const batch = Math.min(256, trainCount);
    return resolveRunSpec({ ...rest, ...gradients, batch, microbatch: Math.min(spec.microbatch, batch) });
  } catch (error) {
    if (error instanceof SpecError) return null;
    throw error;
  }
}

function inRounds(spec: RunSpec, trainCount: number): RunSpec | null {
  const batch = 32;
  const fits = (localSteps: number): boolean => {
    const samples = REPLICAS * localSteps * batch;
    return samples <= trainCount && samples * ROUNDS_MIN <= trainCount * spec.epochs;
  };
  const localSteps = LOCAL_STEPS.find(fits);
  if (localSteps === undefined) return null;
  return resolveRunSpec({
    ...spec,
    ...{ batch, microbatch: Math.min(spec.microbatch, batch) },
    steps: {
      ...{ type: 'localSteps', replicas: REPLICAS, localSteps },
      outer: { type: 'nesterov', lr: 0.9, momentum: 0.5 },
    },
    coding: { up: 'int4', down: 'int8' },
    optimizer: { type: 'momentum', lr: 0.05, momentum: 0.9 },
    schedule: { type: 'cosine' },
  });
}
