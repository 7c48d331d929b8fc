/** Real sums of a range of microbatches, computed at once on the engine that all of a simulation share. */
import { bytesOf, type LeafRequest } from '@shoal/core';
import type { ArrayAnswer } from '@shoal/worker';
import type { Workbench } from './workbench.ts';

export type Work = Omit<LeafRequest, 'rows'> & Partial<Pick<LeafRequest, 'rows'>>;

export function computeSums(bench: Workbench, work: Work, parameters: Float32Array): ArrayAnswer[] {
  const { computer } = bench;
  computer.setParameters(bytesOf(parameters));
  const computation = computer.begin({ ...work, rows: work.rows ?? work.numbers.map((_, row) => row) });
  while (computation.step());
  return computation.finish().map(({ vector, ...sums }) => {
    if (vector === null) return { ...sums, vector };
    const copy = new Float32Array(computer.vectorLength);
    computer.read(vector, copy);
    computer.free(vector);
    return { ...sums, vector: copy };
  });
}
