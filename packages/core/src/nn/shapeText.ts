/** `[32, 26, 26]`: a shape as messages and summaries show it. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
