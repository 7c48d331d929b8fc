/** A run whose steps have 4,096 microbatches, for tests of what a crowd of workers is granted. */
import { findPreset, resolveRunSpec } from '@shoal/core';
import { DEFAULT_SCHEDULING, type RunFacts } from './model/facts.ts';

export function manyLeaves(steps: number): RunFacts {
  return {
    spec: resolveRunSpec({
      ...findPreset('mnist-softmax'),
      batch: 4096,
      microbatch: 1,
      epochs: 1,
      earlyStopping: null,
    }),
    counts: { train: 4096 * steps, validation: 0, test: 1 },
    limits: DEFAULT_SCHEDULING,
  };
}
