/** A computer on the graphics processor of a tab, and how long it takes beside one of the processor. Loaded where it is used. */
import {
  classSamples,
  DeviceComputer,
  type GpuAdapter,
  type LeafComputer,
  type LeafComputerOptions,
  lengthOf,
  openGpuDevice,
} from '@shoal/core';

/** Samples that both evaluate: enough to keep a device busy for a moment. */
const MEASURED_SAMPLES = 512;

export async function openGpuComputer(
  adapter: GpuAdapter,
  options: LeafComputerOptions,
  thread: LeafComputer,
): Promise<{ readonly computer: LeafComputer; readonly gpuMs: number; readonly threadMs: number }> {
  const computer = await DeviceComputer.open(await openGpuDevice(adapter), options);
  // The first time kernels are still being loaded.
  await timeOf(computer, options);
  const gpuMs = await timeOf(computer, options);
  await timeOf(thread, options, 1);
  return { computer, gpuMs, threadMs: await timeOf(thread, options) };
}

async function timeOf(
  computer: LeafComputer,
  { model, spec }: LeafComputerOptions,
  count = MEASURED_SAMPLES,
): Promise<number> {
  const values = new Uint8Array(lengthOf(model.inputShape));
  const samples = classSamples({ shape: model.inputShape, values }, new Uint8Array(1));
  const numbers = new Uint32Array(count);
  const leaves = Math.ceil(count / spec.microbatch);
  const computation = computer.begin({
    ...{ task: 'evaluate', step: 0, from: 0, to: leaves, leaves, scales: null },
    ...{ numbers, rows: numbers, samples },
  });
  const start = performance.now();
  while (await computation.step());
  await computation.finish();
  return performance.now() - start;
}
