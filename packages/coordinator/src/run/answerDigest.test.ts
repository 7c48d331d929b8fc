import { expect, test } from 'vitest';
import { digestOf, type GivenAnswer, isSameAnswer } from './answerDigest.ts';

const answer = (fields: Partial<GivenAnswer> = {}): GivenAnswer => ({
  finite: true,
  loss: 2.5,
  correct: 7,
  count: 10,
  gradient: Float32Array.of(1, -2, 3),
  ...fields,
});

test('in an exact run every bit of an answer counts', () => {
  expect(isSameAnswer(answer(), answer(), 'exact')).toBe(true);
  const others: Partial<GivenAnswer>[] = [
    { loss: 2.5 + 2 ** -40 },
    { correct: 8 },
    { count: 11 },
    { gradient: Float32Array.of(1, -2, 3.0000002) },
    { gradient: null },
    { finite: false },
  ];
  for (const other of others) expect(isSameAnswer(answer(), answer(other), 'exact')).toBe(false);
  // The sign of a zero is a bit like any other.
  expect(digestOf(answer({ gradient: Float32Array.of(0) }))).not.toBe(
    digestOf(answer({ gradient: Float32Array.of(-0) })),
  );
});

test('in a fast run answers near each other are the same, lies are not', () => {
  const near = answer({ loss: 2.5005, gradient: Float32Array.of(1.01, -2, 2.99) });
  expect(isSameAnswer(near, answer(), 'fast')).toBe(true);
  const gradient = (factor: number): Float32Array => Float32Array.of(factor, -2 * factor, 3 * factor);
  for (const factor of [-1, 0, 0.5, 1.05, 50]) {
    expect(isSameAnswer(answer({ gradient: gradient(factor) }), answer(), 'fast')).toBe(false);
  }
  expect(isSameAnswer(answer({ loss: 5 }), answer(), 'fast')).toBe(false);
  expect(isSameAnswer(answer({ finite: false, gradient: null }), answer(), 'fast')).toBe(false);
});

test('in a fast run what is of the size of rounding tells nobody from a liar', () => {
  const learnt = (factor: number): GivenAnswer =>
    answer({ loss: 1e-7 * factor, gradient: Float32Array.of(1e-6 * factor, -2e-6 * factor, 3e-6 * factor) });
  expect(isSameAnswer(learnt(2), learnt(1), 'fast')).toBe(true);
  expect(isSameAnswer(learnt(100), learnt(1), 'fast')).toBe(false);
  expect(isSameAnswer(learnt(2), learnt(1), 'exact')).toBe(false);
});

test('evaluations of a fast run may differ in a few near-ties', () => {
  const evaluation = (correct: number): GivenAnswer => answer({ gradient: null, count: 1000, correct });
  expect(isSameAnswer(evaluation(900), evaluation(905), 'fast')).toBe(true);
  expect(isSameAnswer(evaluation(900), evaluation(950), 'fast')).toBe(false);
});

test('what is not finite is the same whoever says so', () => {
  const none = answer({ finite: false, gradient: null });
  expect(isSameAnswer(none, answer({ finite: false, gradient: null, count: 4 }), 'exact')).toBe(true);
});
