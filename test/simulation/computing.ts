/** Real sums of a range of microbatches, computed at once on the engine that all of a simulation share. */
import { bytesOf, type ComputeTask, type Samples, ThreadComputer } from '@shoal/core';
import type { ArrayAnswer } from '@shoal/worker';
import type { Workbench } from './workbench.ts';

export type Work = {
  readonly task: ComputeTask;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  readonly numbers: Uint32Array;
  readonly samples: Samples;
};

export function computeSums(bench: Workbench, work: Work, parameters: Float32Array): ArrayAnswer[] {
  const { executor, writer, arena, spec } = bench;
  const computer = new ThreadComputer({ executor, writer, arena, seed: spec.seed });
  computer.setParameters(bytesOf(parameters));
  const { task, epoch, from, to, leaves, numbers, samples } = work;
  const rows = Uint32Array.from(numbers, (_, row) => row);
  const computation = computer.begin({ task, epoch, from, to, leaves, numbers, samples, rows });
  while (computation.step());
  return computation.finish().map(({ vector, ...sums }) => {
    if (vector === null) return { ...sums, vector };
    const copy = new Float32Array(computer.vectorLength);
    computer.read(vector, copy);
    computer.free(vector);
    return { ...sums, vector: copy };
  });
}
