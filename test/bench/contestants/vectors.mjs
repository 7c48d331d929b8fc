/** The coordinator's own kernels on vectors of 16 million parameters, beside WebAssembly's memory.copy. */
import { VectorArena } from '@shoal/core';
import { answer } from './answer.mjs';

const LENGTH = 16_000_000;
const arena = new VectorArena({ length: LENGTH, vectorsMax: 4 });
const [a, b, c, d] = [0.1, 0.2, 0.3, 0.4].map((value) => arena.address(arena.allocateFilled(value)));
const { kernels } = arena;
/** Bytes moved for each parameter: what is read and what is written. */
const WORK = {
  copy: [8, () => kernels.copy(a, b, LENGTH)],
  merge: [12, () => kernels.add(a, b, LENGTH)],
  adam: [28, () => kernels.adam(a, b, c, d, LENGTH, 1e-3, 0, 1, 0.9, 0.1, 0.999, 0.001, 1, 1e-8)],
};

await answer(async ({ engine, repeats }) => {
  const [bytes, work] = WORK[engine];
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i += 1) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return { milliseconds: best, gigabytesPerSecond: (bytes * LENGTH) / best / 1e6 };
});
