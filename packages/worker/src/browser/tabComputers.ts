/** What a slot of a tab computes with. What a graphics processor needs is loaded where one is used, and nowhere else. */
import { DeviceLostError, ThreadComputer } from '@shoal/core';
import { timerAlarm } from '../alarm.ts';
import { type OpenComputer, RescuedComputer } from '../slot/computers.ts';
import { browserEngineNamed, browserEngineNames } from './browserEngines.ts';
import { findTabGpu } from './gpu.ts';
import type { GpuReport } from './slotMessages.ts';

export const tabComputers =
  (report: (gpu: GpuReport) => void): OpenComputer =>
  (engine, options) => {
    if (engine !== 'webgpu') return ThreadComputer.open(browserEngineNamed(engine), options);
    const thread = () =>
      ThreadComputer.open(browserEngineNamed(browserEngineNames()[0] ?? 'wasm-strict'), options);
    return RescuedComputer.open({
      device: async () => {
        const gpu = await findTabGpu();
        if (gpu === null) throw new DeviceLostError('The browser offers no graphics processor any more.');
        const { openGpuComputer } = await import('./gpuComputer.ts');
        const { computer, gpuMs, threadMs } = await openGpuComputer(gpu.adapter, options, await thread());
        report({ type: 'measured', gpuMs, threadMs });
        return computer;
      },
      thread,
      alarm: timerAlarm,
      onLost: (reason) => report({ type: 'lost', reason }),
    });
  };
