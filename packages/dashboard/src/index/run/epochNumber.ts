/** Which epoch a run is in. */
import type { RunView } from '@shoal/core';

/** The one that is being computed, from 1; of a run that has ended, the last complete one. */
export function epochNumber({ epoch, spec, result }: Pick<RunView, 'epoch' | 'spec' | 'result'>): number {
  return result === null ? Math.min(epoch + 1, spec.epochs) : epoch;
}
