import { expect, test } from 'vitest';
import { NormBounds } from './norms.ts';

function learned(...norms: number[]): NormBounds {
  const bounds = new NormBounds();
  for (const norm of norms) bounds.note(4, Math.log(norm));
  return bounds;
}

test('nothing is unusual before enough is known', () => {
  expect(learned(1, 1, 1).unusual(4, Math.log(1000))).toBeNull();
});

test('a length far from the others is unusual, whichever way, and only for its number of microbatches', () => {
  const bounds = learned(1, 1.1, 0.9, 1.05, 0.95, 1, 1.2, 0.8, 1, 1);
  expect(bounds.unusual(4, Math.log(2.5))).toBeNull();
  expect(bounds.unusual(4, Math.log(50))).toBeCloseTo(50);
  expect(bounds.unusual(4, Math.log(1 / 50))).toBeCloseTo(50);
  expect(bounds.unusual(8, Math.log(50))).toBeNull();
});

test('a gradient of zeros is unusual', () => {
  expect(learned(1, 1, 1, 1, 1, 1, 1, 1, 1).unusual(4, Math.log(0))).toBe(Number.POSITIVE_INFINITY);
});

test('a minority of strange lengths moves nothing, and lengths that scatter widen the bounds', () => {
  const bounds = learned(1, 1, 1, 1, 1, 1, 1, 1e6, 1e6, 1e6);
  expect(bounds.unusual(4, Math.log(50))).not.toBeNull();
  expect(learned(0.1, 1, 10, 0.3, 3, 1, 0.2, 5, 1, 8).unusual(4, Math.log(50))).toBeNull();
});

test('it forgets what was long ago, and everything when told to', () => {
  const bounds = learned(...Array.from({ length: 20 }, () => 1));
  for (let i = 0; i < 64; i += 1) bounds.note(4, Math.log(100));
  expect(bounds.unusual(4, Math.log(100))).toBeNull();
  expect(bounds.unusual(4, 0)).not.toBeNull();
  bounds.forget();
  expect(bounds.unusual(4, 0)).toBeNull();
});
