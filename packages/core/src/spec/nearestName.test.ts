import { expect, test } from 'vitest';
import { editDistance, nearestName } from './nearestName.ts';

test('the edit distance counts insertions, deletions, substitutions and swaps', () => {
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('mnist-mpl', 'mnist-mlp')).toBe(1);
  expect(editDistance('same', 'same')).toBe(0);
});

test('the nearest name ignores letter case and prefers the first of equals', () => {
  expect(nearestName('ADAM', ['sgd', 'adamw', 'adam'])).toBe('adam');
  expect(nearestName('x', ['a', 'b'])).toBe('a');
  expect(nearestName('x', [])).toBeNull();
});
