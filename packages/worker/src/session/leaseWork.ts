/** From a lease as it came to the samples that its parts are computed from. */
import {
  decodeSamples,
  type LeaseMessage,
  leafCount,
  leafRange,
  leavesOfStep,
  probePieces,
  type SampleRange,
  type Samples,
  samplesOfLeaves,
  selectSamples,
  totalSteps,
  uint32sOf,
  unreachable,
} from '@shoal/core';
import type { RunContext } from './runContext.ts';
import type { LeafRange } from './split.ts';

/** A lease whose every field has been checked against the run. */
export type LeaseWork = {
  readonly id: number;
  readonly message: LeaseMessage;
  readonly numbers: Uint32Array;
  /** Where the samples lie: in the lease (rows 0, 1, …) or in the data set (rows are the sample numbers). */
  readonly source: Samples;
  readonly rows: Uint32Array;
};

export type LeaseReading =
  | { readonly type: 'work'; readonly work: LeaseWork }
  /** The coordinator counts on what this worker does not have. */
  | { readonly type: 'missing'; readonly code: 'missingSamples' | 'unknownVersion'; readonly message: string }
  /** No coordinator of this protocol sends that; `problem` is the end of a sentence. */
  | { readonly type: 'malformed'; readonly problem: string };

export function readLease(message: LeaseMessage, run: RunContext): LeaseReading {
  const { from, to, leaves, set } = message;
  if (!(from < to && to <= leaves)) return malformed(message, `covers leaves ${from} to ${to} of ${leaves}`);
  if (message.samples.length % 4 !== 0) return malformed(message, 'has sample numbers of broken length');
  const numbers = uint32sOf(message.samples);
  const expected = leavesIn(message, run);
  if (leaves !== expected) return malformed(message, `is of ${leaves} leaves, where there are ${expected}`);
  const [first, last] = placesOf(message, from, to, run);
  if (numbers.length !== last - first) {
    return malformed(message, `names ${numbers.length} samples for leaves that have ${last - first}`);
  }
  const { count } = run.manifests[set];
  if (numbers.some((number) => number >= count)) {
    return malformed(message, `names a sample beyond the ${count} of the ${set} set`);
  }
  if (run.parameters(message.version) === null) {
    const text = `Parameter version ${message.version} is not here.`;
    return { type: 'missing', code: 'unknownVersion', message: text };
  }
  if (message.values !== null) {
    const source = decodeSamples(message.values, numbers.length, run.manifests[set]);
    if (source === null) return malformed(message, 'carries values of the wrong length');
    return checked({ id: message.lease, message, numbers, source, rows: numbers.map((_, i) => i) }, run);
  }
  if (run.splits === null) {
    const text = 'The data set has not been fetched yet and the lease carries no values.';
    return { type: 'missing', code: 'missingSamples', message: text };
  }
  return checked({ id: message.lease, message, numbers, source: run.splits[set], rows: numbers }, run);
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

/** A label beyond the model's outputs would read and write outside of an engine's buffers. */
function checked(work: LeaseWork, run: RunContext): LeaseReading {
  const classes = run.model.outputs === 1 ? 2 : run.model.outputs;
  for (const row of work.rows) {
    const label = work.source.targets.values[row] as number;
    if (label >= classes)
      return malformed(work.message, `has a sample of class ${label}, the model has ${classes}`);
  }
  return { type: 'work', work };
}

/** The samples of one part of the lease, in arrays of their own that can be given away. */
export function samplesOfPart(
  work: LeaseWork,
  part: LeafRange,
  run: RunContext,
): { readonly numbers: Uint32Array; readonly samples: Samples } {
  const { message } = work;
  const [base] = placesOf(message, message.from, message.to, run);
  const [from, to] = placesOf(message, part.from, part.to, run);
  const [first, last] = [from - base, to - base];
  return {
    numbers: work.numbers.slice(first, last),
    samples: selectSamples(work.source, work.rows.subarray(first, last)),
  };
}
