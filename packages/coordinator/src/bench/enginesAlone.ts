/**
 * What the same number of engines does side by side with nothing between them: each fills microbatch after microbatch
 * with the samples of an epoch, distorted as in the run, and computes their gradient. A cluster is held against it.
 */
import { Worker } from 'node:worker_threads';
import {
  compileModel,
  type DataSplits,
  type EngineName,
  epochOrder,
  initialParameters,
  type RunSpec,
  SampleWriter,
} from '@shoal/core';
import { nodeEngineNamed } from '@shoal/worker';

export type AloneWork = {
  readonly spec: RunSpec;
  readonly engine: EngineName;
  readonly train: DataSplits['train'];
  readonly seconds: number;
};

const WARM_UP_CALLS = 8;

/** Samples a second of `count` threads together. */
export async function ratesAlone(count: number, workerData: AloneWork): Promise<number> {
  const rates = Array.from({ length: count }, async () => {
    const thread = new Worker(new URL('./enginesAloneThread.js', import.meta.url), { workerData });
    try {
      return await new Promise<number>((resolve, reject) => {
        thread.once('message', resolve);
        thread.once('error', reject);
      });
    } finally {
      await thread.terminate();
    }
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

/** Samples a second of one engine on this thread, over the whole time. */
export async function rateAlone({ spec, engine, train, seconds }: AloneWork): Promise<number> {
  const model = compileModel(spec.model);
  const { microbatch, seed, data } = spec;
  const executor = await nodeEngineNamed(engine).compile(model, { microbatch, inputGradient: false });
  executor.parameters.set(initialParameters(model, seed));
  executor.parametersChanged();
  const augment = data.source === 'table' ? null : data.augment;
  const writer = new SampleWriter({ shape: model.inputShape, augment, seed });
  const order = epochOrder(spec, 0, train.count);
  let next = 0;
  const call = (): number => {
    if (next >= order.length) next = 0;
    const numbers = order.subarray(next, next + microbatch);
    next += microbatch;
    writer.write(executor, train, numbers, numbers, 0);
    executor.computeGradient(numbers.length, { seed, epoch: 0 });
    return numbers.length;
  };
  for (let i = 0; i < WARM_UP_CALLS; i += 1) call();
  const from = performance.now();
  let samples = 0;
  let elapsed = 0;
  do {
    samples += call();
    elapsed = performance.now() - from;
  } while (elapsed < seconds * 1000);
  return (samples * 1000) / elapsed;
}
