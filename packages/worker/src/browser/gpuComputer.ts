/** A computer on the graphics processor of a tab, and how long it takes beside one of the processor. Loaded where it is used. */
import {
  classSamples,
  DeviceComputer,
  DeviceLostError,
  type GpuAdapter,
  type LeafComputer,
  type LeafComputerOptions,
  lengthOf,
  openGpuDevice,
} from '@shoal/core';
import { timerAlarm } from '../alarm.ts';
import { RescuedComputer } from '../slot/computers.ts';
import { findTabGpu } from './gpu.ts';
import type { GpuReport } from './slotMessages.ts';

/** Samples that both evaluate: enough to keep a device busy for a moment. */
const MEASURED_SAMPLES = 512;

export type GpuComputerOptions = {
  readonly options: LeafComputerOptions;
  /** A computer of the processor: beside it the device is measured, and it goes on where that is lost. */
  readonly thread: () => Promise<LeafComputer>;
  readonly report: (gpu: GpuReport) => void;
};

export function openGpuComputer({ options, thread, report }: GpuComputerOptions): Promise<LeafComputer> {
  return RescuedComputer.open({
    device: async () => {
      const gpu = await findTabGpu();
      if (gpu === null) throw new DeviceLostError('The browser offers no graphics processor any more.');
      const { computer, gpuMs, threadMs } = await measured(gpu.adapter, options, await thread());
      report({ type: 'measured', gpuMs, threadMs });
      return computer;
    },
    thread,
    alarm: timerAlarm,
    onLost: (reason) => report({ type: 'lost', reason }),
  });
}

async function measured(
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
