/**
 * A name for what somebody answered to a node: equal for equal answers. In an exact run it is a hash of all that was
 * answered. In a fast run answers that are near enough to each other share a name, the first one's.
 */
import { createHash } from 'node:crypto';
import { bytesOf, type Numerics, type Sums } from '@shoal/core';
import type { Candidate } from '../../transition/model/scrutiny.ts';
import { isNearGradient, isNearLoss } from '../preparation/nearness.ts';

const NOT_FINITE = 'not finite';
/** The part of an evaluation's samples that rounding may decide the other way in a fast run, and a few besides. */
const NEAR_CORRECT = { part: 0.01, samples: 2 };

/** SHA-256: a liar must not find a wrong answer with the right name. */
export function digestOf({ finite, loss, correct, count, vector }: Sums<Float32Array>): string {
  if (!finite) return NOT_FINITE;
  const hash = createHash('sha256').update(Float64Array.of(loss, correct, count));
  if (vector !== null) hash.update(bytesOf(vector));
  return hash.digest('hex');
}

/** Whether two answers of a fast run are the same as far as rounding lets anybody tell. */
export function isNearAnswer(a: Sums<Float32Array>, b: Sums<Float32Array>): boolean {
  if (!a.finite || !b.finite) return a.finite === b.finite;
  if (a.count !== b.count || !isNearLoss(a.loss, b.loss, b.count)) return false;
  if (Math.abs(a.correct - b.correct) > NEAR_CORRECT.part * a.count + NEAR_CORRECT.samples) return false;
  if (a.vector === null || b.vector === null) return a.vector === b.vector;
  return isNearGradient(a.vector, b.vector, b.count);
}

/**
 * The name of an answer beside those that are there already; `answerOf` gives what a candidate answered.
 * The trusted worker's own comes first among the candidates, so that what is near to it counts as right.
 */
export function nameAnswer(
  answer: Sums<Float32Array>,
  candidates: readonly Candidate[],
  answerOf: (candidate: Candidate) => Sums<Float32Array>,
  numerics: Numerics,
): string {
  if (numerics === 'fast') {
    const near = candidates.find((one) => isNearAnswer(answer, answerOf(one)));
    if (near !== undefined) return near.digest;
  }
  return digestOf(answer);
}
