/** A share as a percentage; a dash as long as there is none. */
export const accuracyText = (accuracy: number | null): string =>
  accuracy === null ? '–' : `${(100 * accuracy).toFixed(0)} %`;
