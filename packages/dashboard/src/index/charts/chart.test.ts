import { describe, expect, it } from 'vitest';
import {
  colourOf,
  dashesOf,
  dashOf,
  distinctColourOf,
  type Line,
  latest,
  positive,
  smoothed,
  tableRows,
} from './chart.ts';

describe('lines of a chart', () => {
  it.each([true, false])(
    'have a colour each, however many there are, and neighbours another dash (dark: %s)',
    (isDark) => {
      const looks = Array.from({ length: 200 }, (_, look) => distinctColourOf(look, isDark));
      expect(looks.slice(0, 6)).toEqual(looks.slice(0, 6).map((_, look) => colourOf(look)));
      expect(new Set(looks).size).toBe(200);
      for (let look = 1; look < 24; look += 1) expect(dashOf(look)).not.toEqual(dashOf(look - 1));
      // What is made is dark on a light ground, and light on a dark one.
      for (const made of looks.slice(6)) {
        const lightness = Number(/ (\d+)%\)$/.exec(made)?.[1]);
        expect(isDark ? lightness > 60 : lightness < 50).toBe(true);
      }
    },
  );

  it('are dashed in turn, faint ones aside', () => {
    const line = (faint: boolean): Line => ({ label: '', values: [], look: 3, format: String, faint });
    expect(dashesOf([line(true), line(false), line(true), line(false)])).toEqual([[], [], [], dashOf(1)]);
  });

  it('are smoothed towards what they are, from the first point on', () => {
    expect(smoothed([3, 3, 3])).toEqual([3, 3, 3].map((value) => expect.closeTo(value, 12)));
    const [first, second] = smoothed([0, 1]);
    expect(first).toBe(0);
    // Of two points the older one counts two thirds as much.
    expect(second).toBeCloseTo(1 / (1 + 2 / 3), 12);
    expect(smoothed([Number.NaN, 2])).toEqual([null, expect.closeTo(2, 12)]);
  });

  it('have a latest value that passes over gaps', () => {
    expect(latest([1, 2, null, Number.NaN])).toBe(2);
    expect(latest([null])).toBeNull();
  });

  it('have no place on a log scale at zero or below', () => {
    expect([1, 0, -1, null, Number.NaN].map(positive)).toEqual([1, null, null, null, null]);
  });
});

describe('tableRows', () => {
  it('shows all points when they are few', () => {
    expect(tableRows(3, 5)).toEqual([0, 1, 2]);
  });

  it('spreads over many and ends with the last', () => {
    expect(tableRows(100, 4)).toEqual([24, 49, 74, 99]);
  });
});
