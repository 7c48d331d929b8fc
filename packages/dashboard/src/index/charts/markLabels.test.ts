import { describe, expect, it } from 'vitest';
import { MARK_ROW, type MarkWord, markLabels } from './markLabels.ts';

const plot = { left: 60, right: 360, top: 50 };

/** The boxes that the words take. */
const boxes = (words: readonly MarkWord[], pixel = 1) =>
  markLabels(words, plot, pixel).map(({ left, top }, i) => ({
    left,
    right: left + (words[i]?.width ?? 0),
    top,
    bottom: top + MARK_ROW * pixel,
  }));

describe('the words of marks', () => {
  it.each([
    ['at the right edge', 330, 360],
    ['one epoch apart', 200, 210],
    ['at the left edge', 60, 60],
    ['at the same place', 360, 360],
  ])('cover neither the plot nor each other: %s', (_, best, stop) => {
    const found = boxes([
      { x: best, width: 26 },
      { x: stop, width: 84 },
    ]);
    for (const { left, right, bottom } of found) {
      expect(left).toBeGreaterThanOrEqual(plot.left);
      expect(right).toBeLessThanOrEqual(plot.right);
      expect(bottom).toBeLessThanOrEqual(plot.top);
    }
    expect(found[0]?.bottom).toBeLessThanOrEqual(found[1]?.top ?? 0);
  });

  it('stand beside their line, on its right where there is room', () => {
    expect(boxes([{ x: 100, width: 30 }])[0]).toMatchObject({ left: 105, bottom: plot.top });
    expect(boxes([{ x: 350, width: 30 }])[0]).toMatchObject({ right: 345 });
  });

  it('take as much room on a screen of twice as many pixels', () => {
    const [one] = boxes([{ x: 100, width: 60 }], 2);
    expect(one).toMatchObject({ left: 110, top: plot.top - 2 * MARK_ROW });
  });
});
