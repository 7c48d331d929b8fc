/** Real sums of a range of microbatches, computed at once on the engine that all of a simulation share. */
import type { Samples } from '@shoal/core';
import { type NodeSums, RangeComputation } from '@shoal/worker';
import type { Workbench } from './workbench.ts';

export type Work = {
  readonly task: 'gradient' | 'evaluate';
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  readonly numbers: Uint32Array;
  readonly samples: Samples;
};

export function computeSums(bench: Workbench, work: Work, parameters: Float32Array): NodeSums[] {
  const { executor, writer, arena, spec, model } = bench;
  executor.parameters.set(parameters);
  executor.parametersChanged();
  const { task, epoch, from, to, leaves, numbers, samples } = work;
  const computation = new RangeComputation({
    ...{ executor, writer, arena, task, from, to, leaves, numbers, samples },
    address: { seed: spec.seed, epoch },
    takeBuffer: () => new ArrayBuffer(model.vectorLength * 4),
  });
  while (computation.step());
  return computation.finish();
}
