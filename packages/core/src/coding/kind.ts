/** What of a run is rounded, and how: it follows from the spec's coding and step rule. */
import { treeHeight } from '../parallel/tree.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { WHOLE_MAX } from './scale.ts';

/**
 * How the vectors of leaves are rounded. `none`: not at all. `own`: each by scales of its own, and leaves travel one by one.
 * `common`: by scales that all leaves of a step share and that are known before it; the whole numbers of a leaf are so
 * small that the sum of all leaves still is one of the coding's, and nodes of any level travel.
 */
export type UpKind =
  | { readonly type: 'none' }
  | { readonly type: 'own'; readonly coding: keyof typeof WHOLE_MAX }
  | { readonly type: 'common'; readonly coding: 'int8' };

export function upKind({ coding, steps }: Pick<RunSpec, 'coding' | 'steps'>): UpKind {
  if (coding.up === 'f32') return { type: 'none' };
  if (steps.type === 'localSteps') return { type: 'own', coding: coding.up };
  if (coding.up === 'int8') return { type: 'common', coding: 'int8' };
  throw new RangeError(`A synchronous step has no coding ${coding.up}.`);
}

/** Leaves of a step whose sums 8 bits can hold. */
export const COMMON_LEAVES_MAX = WHOLE_MAX.int8;

/** The largest whole number of one leaf where all leaves of a step share a scale. */
export const commonBound = (leaves: number): number => Math.floor(WHOLE_MAX.int8 / leaves);

/** The highest level of a node that is answered with one vector. */
export function answerLevel(
  spec: Pick<RunSpec, 'coding' | 'steps'>,
  leaves: number,
  isEvaluation: boolean,
): number {
  return !isEvaluation && upKind(spec).type === 'own' ? 0 : treeHeight(leaves);
}
