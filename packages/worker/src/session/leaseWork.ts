/** From a lease as it came to the samples that its parts are computed from. */
import {
  floatsOf,
  isScale,
  type LeaseMessage,
  leafCount,
  leafRange,
  leavesOfStep,
  piecesOf,
  probePieces,
  type SampleRange,
  type Samples,
  samplesOfLeaves,
  totalSteps,
  unreachable,
  upKind,
} from '@shoal/core';
import type { RunContext } from './runContext.ts';
import type { LeafRange } from './split.ts';

/** A lease whose every field has been checked against the run, with its samples. */
export type LeaseWork = {
  readonly message: LeaseMessage;
  readonly numbers: Uint32Array;
  /** Where the samples lie: side by side (rows 0, 1, …) or in the data set (rows are the sample numbers). */
  readonly source: Samples;
  readonly rows: Uint32Array;
};

export type LeaseReading =
  /** The run has such leaves; they have so many samples. */
  | { readonly type: 'fits'; readonly samples: number }
  /** The coordinator counts on parameters that this worker does not have. */
  | { readonly type: 'unknownVersion'; readonly message: string }
  /** No coordinator of this protocol sends that; `problem` is the end of a sentence. */
  | { readonly type: 'malformed'; readonly problem: string };

/** Looks at what a lease states, before anything is allocated for it. */
export function readLease(message: LeaseMessage, run: RunContext): LeaseReading {
  const { task, set, from, to, leaves } = message;
  if (!(from < to && to <= leaves)) return malformed(message, `covers leaves ${from} to ${to} of ${leaves}`);
  if (!hasRightScales(message, run)) {
    return malformed(message, 'has scales that the coding of the run does not have');
  }
  if (task !== 'evaluate' && set !== 'train') return malformed(message, `trains on the ${set} set`);
  const expected = leavesIn(message, run);
  if (leaves !== expected) return malformed(message, `is of ${leaves} leaves, where there are ${expected}`);
  if (run.parameters(message.version) === null) {
    return { type: 'unknownVersion', message: `Parameter version ${message.version} is not here.` };
  }
  const [first, last] = placesOf(message, from, to, run);
  return { type: 'fits', samples: last - first };
}

/** The numbers of a lease's samples in their set, in the order in which its leaves take them; the lease fits. */
export function numbersOf(message: LeaseMessage, run: RunContext): Uint32Array {
  const [first, last] = placesOf(message, message.from, message.to, run);
  return message.task === 'evaluate'
    ? Uint32Array.from({ length: last - first }, (_, i) => first + i)
    : run.order.numbers(piecesOf(run.shape, [first, last]));
}

/** The rows of samples that lie in the order in which they are taken: 0, 1, … */
export const sideBySide = (numbers: Uint32Array): Uint32Array => numbers.map((_, row) => row);

/** Only a gradient of a run whose leaves share scales has any. */
function hasRightScales({ scales, task }: LeaseMessage, { codings, spec }: RunContext): boolean {
  if (scales === null) return true;
  if (task !== 'gradient' || upKind(spec).type !== 'common') return false;
  return scales.length === 4 * codings.scales && floatsOf(scales).every(isScale);
}

/** Leaves of the lease's tree, as the spec has them. */
function leavesIn({ task, set, step }: LeaseMessage, run: RunContext): number {
  switch (task) {
    case 'probe':
      return 1;
    case 'gradient':
      return step < totalSteps(run.shape) ? leavesOfStep(run.shape, step) : 0;
    case 'evaluate':
      return leafCount(run.manifests[set].count, run.spec.microbatch);
    default:
      return unreachable(task);
  }
}

/** Places of the leaves [from, to): in the run's stream, or in the set of an evaluation. */
function placesOf({ task, set, step }: LeaseMessage, from: number, to: number, run: RunContext): SampleRange {
  const { shape, spec, manifests } = run;
  switch (task) {
    case 'probe':
      return [0, probePieces(spec, shape.trainCount).reduce((sum, piece) => sum + piece.to - piece.from, 0)];
    case 'gradient':
      return samplesOfLeaves(shape, step, from, to);
    case 'evaluate': {
      const { count } = manifests[set];
      return [leafRange(count, spec.microbatch, from)[0], leafRange(count, spec.microbatch, to - 1)[1]];
    }
    default:
      return unreachable(task);
  }
}

function malformed(message: LeaseMessage, problem: string): LeaseReading {
  return { type: 'malformed', problem: `lease ${message.lease} ${problem}` };
}

/**
 * What is wrong with the samples, as the end of a sentence, or null. A label beyond the model's outputs would read and
 * write outside of an engine's buffers.
 */
export function problemOf(work: LeaseWork, run: RunContext): string | null {
  if (run.model.loss === 'squared_error') return numberProblem(work);
  const { message, rows, source } = work;
  const classes = run.model.outputs === 1 ? 2 : run.model.outputs;
  for (const row of rows) {
    const label = source.targets.values[row] as number;
    if (label >= classes)
      return `lease ${message.lease} has a sample of class ${label}, the model has ${classes}`;
  }
  return null;
}

/** A target that is no number would make the whole step not finite. */
function numberProblem({ message, rows, source }: LeaseWork): string | null {
  for (const row of rows) {
    if (!Number.isFinite(source.targets.values[row]))
      return `lease ${message.lease} has a target that is no finite number`;
  }
  return null;
}

/** The samples of one part of the lease, where they lie. */
export function samplesOfPart(
  work: LeaseWork,
  part: LeafRange,
  run: RunContext,
): { readonly numbers: Uint32Array; readonly samples: Samples; readonly rows: Uint32Array } {
  const { message } = work;
  const [base] = placesOf(message, message.from, message.to, run);
  const [from, to] = placesOf(message, part.from, part.to, run);
  const [first, last] = [from - base, to - base];
  return {
    numbers: work.numbers.subarray(first, last),
    samples: work.source,
    rows: work.rows.subarray(first, last),
  };
}
