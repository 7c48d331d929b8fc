/** From a lease as it came to the samples that its parts are computed from. */
import {
  decodeSamples,
  type LeaseMessage,
  leafSamplesOf,
  type Samples,
  selectSamples,
  uint32sOf,
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
  const leafSamples = leafSamplesOf(run.spec, message.task === 'evaluate');
  const most = (to - from) * leafSamples;
  const least = to === leaves ? most - leafSamples + 1 : most;
  if (numbers.length < least || numbers.length > most) {
    return malformed(message, `names ${numbers.length} samples for ${to - from} leaves of ${leafSamples}`);
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
  const leafSamples = leafSamplesOf(run.spec, work.message.task === 'evaluate');
  const first = (part.from - work.message.from) * leafSamples;
  const last = (part.to - work.message.from) * leafSamples;
  return {
    numbers: work.numbers.slice(first, last),
    samples: selectSamples(work.source, work.rows.subarray(first, last)),
  };
}
