/** The right answer to the probe, computed once for all workers of a process. */
import {
  bytesOf,
  compileModel,
  epochOrder,
  initialParameters,
  SampleWriter,
  splitForRun,
  wasmStrictEngine,
  xxh32,
} from '@shoal/core';

/** @returns the partial that answers lease 0 of a synchronous run, as a message */
export async function answerToProbe(spec, dataSet) {
  const model = compileModel(spec.model);
  const executor = await wasmStrictEngine.compile(model, {
    microbatch: spec.microbatch,
    inputGradient: false,
  });
  executor.parameters.set(initialParameters(model, spec.seed));
  executor.parametersChanged();
  const { train } = splitForRun(dataSet, spec.data, spec.seed);
  const numbers = epochOrder(spec, 0, train.count).subarray(0, spec.microbatch);
  const writer = new SampleWriter({ shape: spec.model.input, augment: spec.data.augment, seed: spec.seed });
  writer.write(executor, train, numbers, numbers, 0);
  const { loss, correct, finite } = executor.computeGradient(numbers.length, { seed: spec.seed, epoch: 0 });
  const gradient = bytesOf(executor.gradient.slice());
  return {
    type: 'partial',
    lease: 0,
    level: 0,
    index: 0,
    finite,
    loss,
    correct,
    count: numbers.length,
    vector: gradient,
    checksum: xxh32(gradient),
    computeMs: 2,
  };
}
