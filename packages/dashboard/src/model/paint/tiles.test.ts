import { describe, expect, it } from 'vitest';
import { layOutTiles, paintTiles, sizeOf, strongest } from './tiles.ts';

describe('small pictures side by side', () => {
  it('have room for all of them and leave no row with a gap where that can be helped', () => {
    for (const count of [1, 2, 8, 10, 16, 32, 64, 128, 512]) {
      const layout = layOutTiles(count, 1, 1, 10);
      expect(layout.columns * Math.ceil(count / layout.columns)).toBe(count);
    }
    for (const count of [7, 13, 61]) {
      const { columns } = layOutTiles(count, 26, 26, 40);
      expect(columns).toBeGreaterThan(0);
      expect(columns * Math.ceil(count / columns)).toBeGreaterThanOrEqual(count);
    }
  });

  it('are painted each value at its place, with nothing in between', () => {
    // Three pictures of 2 × 1 in two columns.
    const layout = { count: 3, width: 2, height: 1, zoom: 2, columns: 2, gap: 1 };
    expect(sizeOf(layout)).toEqual({ width: 9, height: 5 });
    const pixels = paintTiles(layout, (i) => [10 * i, 0, 0]);
    const at = (x: number, y: number): number[] => [...pixels.subarray(4 * (9 * y + x), 4 * (9 * y + x) + 4)];
    expect(at(0, 0)).toEqual([0, 0, 0, 255]);
    expect(at(3, 1)).toEqual([10, 0, 0, 255]);
    expect(at(4, 0)).toEqual([0, 0, 0, 0]);
    expect(at(5, 0)).toEqual([20, 0, 0, 255]);
    expect(at(2, 4)).toEqual([50, 0, 0, 255]);
    expect(at(8, 4)).toEqual([0, 0, 0, 0]);
  });

  it('are scaled by the strongest of their values, whichever its sign', () => {
    expect(strongest([0.5, -2, 1])).toBe(2);
    expect(strongest([0, 0])).toBe(1);
  });
});
