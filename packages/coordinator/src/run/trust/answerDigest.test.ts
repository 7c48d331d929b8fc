import type { Sums } from '@shoal/core';
import { expect, test } from 'vitest';
import { digestOf, isNearAnswer } from './answerDigest.ts';

const answer = (fields: Partial<Sums<Float32Array>> = {}): Sums<Float32Array> => ({
  finite: true,
  loss: 2.5,
  correct: 7,
  count: 10,
  vector: Float32Array.of(1, -2, 3),
  ...fields,
});

test('in an exact run every bit of an answer counts', () => {
  expect(digestOf(answer())).toBe(digestOf(answer()));
  const others: Partial<Sums<Float32Array>>[] = [
    { loss: 2.5 + 2 ** -40 },
    { correct: 8 },
    { count: 11 },
    { vector: Float32Array.of(1, -2, 3.0000002) },
    { vector: null },
    { finite: false },
  ];
  for (const other of others) expect(digestOf(answer(other))).not.toBe(digestOf(answer()));
  // The sign of a zero is a bit like any other.
  expect(digestOf(answer({ vector: Float32Array.of(0) }))).not.toBe(
    digestOf(answer({ vector: Float32Array.of(-0) })),
  );
});

test('in a fast run answers near each other are the same, lies are not', () => {
  const near = answer({ loss: 2.5005, vector: Float32Array.of(1.01, -2, 2.99) });
  expect(isNearAnswer(near, answer())).toBe(true);
  const gradient = (factor: number): Float32Array => Float32Array.of(factor, -2 * factor, 3 * factor);
  for (const factor of [-1, 0, 0.5, 1.05, 50]) {
    expect(isNearAnswer(answer({ vector: gradient(factor) }), answer())).toBe(false);
  }
  expect(isNearAnswer(answer({ loss: 5 }), answer())).toBe(false);
  expect(isNearAnswer(answer({ finite: false, vector: null }), answer())).toBe(false);
});

test('in a fast run what is of the size of rounding tells nobody from a liar', () => {
  const learnt = (factor: number): Sums<Float32Array> =>
    answer({ loss: 1e-7 * factor, vector: Float32Array.of(1e-6 * factor, -2e-6 * factor, 3e-6 * factor) });
  expect(isNearAnswer(learnt(2), learnt(1))).toBe(true);
  expect(isNearAnswer(learnt(100), learnt(1))).toBe(false);
  expect(digestOf(learnt(2))).not.toBe(digestOf(learnt(1)));
});

test('evaluations of a fast run may differ in a few near-ties', () => {
  const evaluation = (correct: number): Sums<Float32Array> => answer({ vector: null, count: 1000, correct });
  expect(isNearAnswer(evaluation(900), evaluation(905))).toBe(true);
  expect(isNearAnswer(evaluation(900), evaluation(950))).toBe(false);
});

test('what is not finite is the same whoever says so', () => {
  const none = answer({ finite: false, vector: null });
  const other = answer({ finite: false, vector: null, count: 4 });
  expect(digestOf(none)).toBe(digestOf(other));
  expect(isNearAnswer(none, other)).toBe(true);
});
