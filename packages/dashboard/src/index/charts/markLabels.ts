/** Where the words of a chart's marks stand: above the plot, each in a row of its own, so that they cover no curve, axis or word. */

/** Height of a row, in pixels of the page. */
export const MARK_ROW = 17;

export type MarkLabel = {
  readonly left: number;
  readonly top: number;
};

/** A mark's vertical line, and how wide its word is. */
export type MarkWord = { readonly x: number; readonly width: number };

const GAP = 5;

/**
 * To the right of each mark's line where there is room, else to its left, and within the plot in any case.
 * @param bounds of the plot, all lengths in the same unit
 */
export function markLabels(
  words: readonly MarkWord[],
  { left, right, top }: { readonly left: number; readonly right: number; readonly top: number },
  pixel = 1,
): MarkLabel[] {
  const row = MARK_ROW * pixel;
  const gap = GAP * pixel;
  return words.map(({ x, width }, index) => {
    const fits = x + gap + width <= right;
    return {
      left: Math.max(left, fits ? x + gap : Math.min(x - gap, right) - width),
      top: top - (words.length - index) * row,
    };
  });
}
