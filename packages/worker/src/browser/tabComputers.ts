/** What a slot of a tab computes with. What a graphics processor needs is loaded where one is used, and nowhere else. */
import { ThreadComputer } from '@shoal/core';
import type { OpenComputer } from '../slot/computers.ts';
import { browserEngineNamed, browserEngineNames } from './browserEngines.ts';
import type { GpuReport } from './slotMessages.ts';

export const tabComputers =
  (report: (gpu: GpuReport) => void): OpenComputer =>
  async (engine, options) => {
    if (engine !== 'webgpu') return ThreadComputer.open(browserEngineNamed(engine), options);
    const { openGpuComputer } = await import('./gpuComputer.ts');
    const thread = () =>
      ThreadComputer.open(browserEngineNamed(browserEngineNames()[0] ?? 'wasm-strict'), options);
    return openGpuComputer({ options, thread, report });
  };
