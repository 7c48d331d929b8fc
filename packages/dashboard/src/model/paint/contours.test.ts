import { describe, expect, it } from 'vitest';
import { contourOf } from './contours.ts';

const gridOf = (columns: number, rows: number, height: (x: number, y: number) => number): Float64Array =>
  Float64Array.from({ length: columns * rows }, (_, i) => height(i % columns, Math.floor(i / columns)));

describe('a line of equal height', () => {
  it('lies where a slope has that height, between the grid points', () => {
    const segments = contourOf(
      gridOf(4, 3, (x) => x),
      4,
      3,
      1.25,
    );
    expect(segments).toHaveLength(2);
    for (const [x1, , x2] of segments) expect([x1, x2]).toEqual([1.25, 1.25]);
  });

  it('is a circle around a hill', () => {
    const segments = contourOf(
      gridOf(41, 41, (x, y) => Math.hypot(x - 20, y - 20)),
      41,
      41,
      12,
    );
    for (const [x1, y1, x2, y2] of segments) {
      expect(Math.hypot(x1 - 20, y1 - 20)).toBeCloseTo(12, 1);
      expect(Math.hypot(x2 - 20, y2 - 20)).toBeCloseTo(12, 1);
    }
    const length = segments.reduce((sum, [x1, y1, x2, y2]) => sum + Math.hypot(x2 - x1, y2 - y1), 0);
    expect(length).toBeCloseTo(2 * Math.PI * 12, 0);
  });

  it('has two parts in a saddle, and none where nothing is known or nothing crosses', () => {
    expect(contourOf([1, 0, 0, 1], 2, 2, 0.5)).toHaveLength(2);
    expect(contourOf([1, Number.NaN, 0, 1], 2, 2, 0.5)).toEqual([]);
    expect(contourOf([0, 0.1, 0.2, 0.3], 2, 2, 0.5)).toEqual([]);
  });
});
