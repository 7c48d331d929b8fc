/** The figures of runs as the page writes them. */
import { RUN_FIGURES, type RunFigure } from '@shoal/core';
import { bytes, clock, count, percent, significant } from '../format.ts';

export function writeFigure(figure: RunFigure, value: number | null): string {
  switch (RUN_FIGURES[figure].kind) {
    case 'share':
      return percent(value);
    case 'count':
      return count(value);
    case 'bytes':
      return bytes(value);
    case 'seconds':
      return clock(value);
    case 'number':
      return significant(value);
  }
}

/** By which one run can be better than another. */
export const RANKED_FIGURES = (Object.keys(RUN_FIGURES) as RunFigure[]).filter(
  (figure) => RUN_FIGURES[figure].better !== null,
);
