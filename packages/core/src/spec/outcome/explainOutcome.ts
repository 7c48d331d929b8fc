/**
 * What a run's records show, where they show something: a table that no line separates, a vanished gradient, a learning
 * rate too large or too small, overfitting. Every fact follows from the figures in it.
 */
import { tableDataSet } from '../../data/tables.ts';
import type { OutcomeFact } from '../../facts/outcomeFacts.ts';
import { log } from '../../math/elementary.ts';
import type { LayerSpec } from '../../nn/layers.ts';
import type { RunSpec } from '../runSpec.ts';
import { isLinearlySeparable } from './separable.ts';

/** What is read of an epoch's record. */
export type OutcomeEpoch = {
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly trainErrors: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  /** Mean gradient norm of each layer with parameters, first layer first. */
  readonly layerNorms: readonly { readonly layer: string; readonly norm: number }[];
};

/** What was measured on a set at the end of training. */
export type Measured = { readonly loss: number; readonly accuracy: number; readonly samples: number };

export type OutcomeInput = {
  readonly spec: RunSpec;
  readonly epochs: readonly OutcomeEpoch[];
  /** Numbers that the model gives for a sample. */
  readonly outputs: number;
  readonly stepsPerEpoch: number;
  /** Sizes of the sets that the figures of an epoch are means over; `validation` is 0 without one. */
  readonly samples: { readonly train: number; readonly validation: number };
  /** Part of the training samples that belong to the most frequent class: what naming always the same one gets right. */
  readonly commonest: number;
  /** With the delivered parameters; null where there is no test set. */
  readonly test: Measured | null;
};

/** A gradient a thousand times smaller at the first layer than at the last has vanished for all that training can tell. */
const VANISHED = 0.001;
/** A loss this close to that of guessing has learned nothing. */
const GUESSING = 0.97;
/** Steps before which nobody can tell what a network is able to learn. */
const STEPS_MIN = 10;
/** Samples below which a share of them says nothing about others. */
const SAMPLES_MIN = 30;
/** Standard errors by which a share must differ from another before the difference is one. */
const STANDARD_ERRORS = 3;

/** For a run that was not cut short; null when its records show nothing out of the ordinary. */
export function explainOutcome(input: OutcomeInput): OutcomeFact | null {
  return inseparable(input) ?? learnedNothing(input) ?? stillFalling(input) ?? overfitted(input);
}

/** One dense layer and nothing before it that could bend the line. */
function isSingleNeuron(layers: readonly LayerSpec[]): boolean {
  const [first, ...rest] = layers.filter((layer) => layer.type !== 'flatten');
  return (
    first?.type === 'dense' && rest.every((layer) => layer.type !== 'dense' && layer.type !== 'residual')
  );
}

function inseparable({ spec, epochs, outputs }: OutcomeInput): OutcomeFact | null {
  const last = epochs.at(-1);
  if (spec.data.source !== 'table' || last === undefined || last.trainErrors === 0) return null;
  if (outputs !== 1 || !isSingleNeuron(spec.model.layers)) return null;
  const { table } = spec.data;
  if (isLinearlySeparable(tableDataSet(table).train)) return null;
  return { type: 'notSeparable', table };
}

/** Cross-entropy of giving every class the same probability; null for other losses. */
function guessingLoss({ spec, outputs }: OutcomeInput): number | null {
  return spec.model.loss === 'cross_entropy' ? log(Math.max(2, outputs)) : null;
}

function learnedNothing(input: OutcomeInput): OutcomeFact | null {
  const last = input.epochs.at(-1);
  const guessing = guessingLoss(input);
  if (last === undefined || guessing === null || last.trainLoss < GUESSING * guessing) return null;
  if (last.epoch * input.stepsPerEpoch < STEPS_MIN || hasLearned(input, guessing)) return null;
  const guessed = { epochs: last.epoch, trainLoss: last.trainLoss, guessing };
  // A loss that was thrown up silences neurons for good: their gradient has not vanished on its way back.
  const worst = Math.max(...input.epochs.map((epoch) => epoch.trainLoss));
  if (worst > 1.2 * guessing) {
    return { type: 'overshot', ...guessed, worst, learningRate: input.spec.optimizer.lr };
  }
  const first = last.layerNorms[0];
  const final = last.layerNorms.at(-1);
  if (first !== undefined && final !== undefined && first.norm < VANISHED * final.norm) {
    return { type: 'gradientVanished', ...guessed, last: final, first };
  }
  return falls(input.epochs) ? stillFalling(input) : { type: 'learnedNothing', ...guessed };
}

/**
 * Whether any figure speaks for having learned. The training loss is a mean over an epoch in which the parameters were
 * changing; what was measured at its end may be far better.
 */
function hasLearned({ epochs, samples, commonest, test }: OutcomeInput, guessing: number): boolean {
  const last = epochs.at(-1);
  if (last === undefined) return false;
  const measured: Measured[] = [];
  if (last.validationLoss !== null && last.validationAccuracy !== null) {
    const { validationLoss: loss, validationAccuracy: accuracy } = last;
    measured.push({ loss, accuracy, samples: samples.validation });
  }
  if (test !== null) measured.push(test);
  return (
    measured.some((one) => one.samples >= SAMPLES_MIN && one.loss < GUESSING * guessing) ||
    [...measured, { accuracy: last.trainAccuracy, samples: samples.train }].some(
      (one) => one.accuracy - commonest > margin(one.accuracy, one.samples),
    )
  );
}

/** How far a share among so many samples may lie off by chance (Agresti and Coull 1998, who add two of either kind). */
function margin(share: number, samples: number): number {
  const likely = (share * samples + 2) / (samples + 4);
  return STANDARD_ERRORS * Math.sqrt((likely * (1 - likely)) / (samples + 4));
}

function falls(epochs: readonly OutcomeEpoch[]): boolean {
  return epochs.every(({ trainLoss }, i) => i === 0 || trainLoss < (epochs[i - 1]?.trainLoss ?? 0));
}

/** The loss falls at the end almost as fast as at the start, and most of it is left. */
function stillFalling({ spec, epochs }: OutcomeInput): OutcomeFact | null {
  const [first, second] = epochs;
  const [before, last] = epochs.slice(-2);
  if (first === undefined || second === undefined || before === undefined || last === undefined) return null;
  if (epochs.length < 3 || !falls(epochs) || last.trainLoss < 0.4 * first.trainLoss) return null;
  const start = first.trainLoss - second.trainLoss;
  const end = before.trainLoss - last.trainLoss;
  if (end < 0.3 * start) return null;
  return {
    type: 'stillFalling',
    first: { epoch: first.epoch, trainLoss: first.trainLoss },
    last: { epoch: last.epoch, trainLoss: last.trainLoss },
    learningRate: spec.optimizer.lr,
  };
}

function overfitted({ epochs, samples }: OutcomeInput): OutcomeFact | null {
  const last = epochs.at(-1);
  if (last === undefined || last.validationLoss === null || last.validationAccuracy === null) return null;
  let best = last;
  for (const epoch of epochs) {
    if ((epoch.validationLoss ?? Number.POSITIVE_INFINITY) < (best.validationLoss ?? 0)) best = epoch;
  }
  const rose = last.validationLoss > 1.05 * (best.validationLoss ?? 0);
  if (!rose || last.trainLoss >= best.trainLoss) return null;
  const gap = last.trainAccuracy - last.validationAccuracy;
  // On a few held-out samples a gap comes and goes by chance.
  if (samples.validation < SAMPLES_MIN) return null;
  if (gap < 0.05 || gap < margin(last.validationAccuracy, samples.validation)) return null;
  return {
    type: 'overfitted',
    bestEpoch: best.epoch,
    validationLoss: { best: best.validationLoss ?? 0, last: last.validationLoss },
    trainLoss: { best: best.trainLoss, last: last.trainLoss },
    trainAccuracy: last.trainAccuracy,
    validationAccuracy: last.validationAccuracy,
  };
}
