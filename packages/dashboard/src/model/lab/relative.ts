/** How far two slopes are apart, measured by the larger; below what either can resolve they are equal. */
export function relativeDifference(a: number, b: number): number {
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-9);
}
