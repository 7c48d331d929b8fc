import { describe, expect, test } from 'vitest';
import { HILLS, heightsOf, ruleOf, slopeAt, VALLEY, wayDown } from './landscape.ts';

const endOf = (start: readonly [number, number], lr = 0.2) =>
  wayDown(HILLS, ruleOf({ type: 'sgd', lr }), start, 200).at(-1)!;

describe('the hills', () => {
  test('have hollows of different depths, which one depends on where one begins', () => {
    const ends = [endOf([-2.5, 2]), endOf([2.4, 2]), endOf([1, -2.6])];
    const heights = ends.map(([x, y]) => HILLS.height(x, y));
    for (const [x, y] of ends) expect(Math.hypot(...slopeAt(HILLS, [x, y]))).toBeLessThan(1e-3);
    expect(new Set(heights.map((height) => height.toFixed(1))).size).toBe(3);
  });

  test('have a saddle: the slope is nothing, it falls to two sides and rises to two', () => {
    // Newton's way to where the slope is nothing, from between the two upper hollows.
    let [x, y] = [0.3, 1.3];
    const h = 1e-3;
    const second = () => {
      const [a, b] = [slopeAt(HILLS, [x + h, y]), slopeAt(HILLS, [x - h, y])];
      const [c, d] = [slopeAt(HILLS, [x, y + h]), slopeAt(HILLS, [x, y - h])];
      return { xx: (a[0] - b[0]) / (2 * h), xy: (c[0] - d[0]) / (2 * h), yy: (c[1] - d[1]) / (2 * h) };
    };
    for (let i = 0; i < 20; i += 1) {
      const [gx, gy] = slopeAt(HILLS, [x, y]);
      const { xx, xy, yy } = second();
      const det = xx * yy - xy * xy;
      [x, y] = [x - (yy * gx - xy * gy) / det, y - (xx * gy - xy * gx) / det];
    }
    const { xx, xy, yy } = second();
    expect(Math.hypot(...slopeAt(HILLS, [x, y]))).toBeLessThan(1e-5);
    expect(xx * yy - xy * xy).toBeLessThan(0);
  });
});

test('plain descent follows its rule to the digit', () => {
  const [first, second] = wayDown(VALLEY, ruleOf({ type: 'sgd', lr: 0.5 }), [2, 1], 1);
  expect(first).toEqual([2, 1]);
  expect(second![0]).toBeCloseTo(2 - 0.5 * 0.12 * 2, 5);
  expect(second![1]).toBeCloseTo(1 - 0.5 * 2.4 * 1, 5);
});

test('heights are row by row from below', () => {
  const heights = heightsOf({ height: (x, y) => x + 10 * y, x: [0, 1], y: [0, 1] }, 2);
  expect([...heights]).toEqual([0, 1, 10, 11]);
});
