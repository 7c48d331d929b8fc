/** The exact arithmetic for a hand-driven worker: one microbatch on the strict engine. */
import {
  augmentOf,
  classSamples,
  compileModel,
  initialParameters,
  type RunSpec,
  SampleWriter,
  wasmStrictEngine,
} from '@shoal/core';
import type { Compute } from './foreignWorker.ts';

export type ExactWork = {
  readonly compute: Compute;
  /** Version 0. */
  readonly initial: Float32Array;
};

export async function exactWork(spec: RunSpec): Promise<ExactWork> {
  const { seed, microbatch } = spec;
  const model = compileModel(spec.model);
  const executor = await wasmStrictEngine.compile(model, { microbatch, inputGradient: false });
  const writer = new SampleWriter({ shape: model.inputShape, augment: augmentOf(spec.data), seed });
  return {
    initial: initialParameters(model, seed),
    compute: ({ parameters, numbers, values, labels, epoch }) => {
      const count = numbers.length;
      executor.parameters.set(parameters);
      executor.parametersChanged();
      const rows = numbers.map((_, i) => i);
      const samples = classSamples({ shape: model.inputShape, values }, labels);
      writer.write(executor, samples, rows, numbers, epoch);
      const sums =
        epoch === null ? executor.evaluate(count) : executor.computeGradient(count, { seed, epoch });
      return { gradient: executor.gradient.slice(), loss: sums.loss, correct: sums.correct, count };
    },
  };
}
