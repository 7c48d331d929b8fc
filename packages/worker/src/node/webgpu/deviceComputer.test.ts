import { DeviceComputer, openGpuDevice } from '@shoal/core';
import { describe, it } from 'vitest';
import { deviceComputing } from '../../../../core/src/train/deviceComputer.suite.ts';
import { findGpu } from './library.ts';

const search = await findGpu();
if (search.found) {
  const device = await openGpuDevice(search.adapter);
  deviceComputing('webgpu', (options) => DeviceComputer.open(device, options, false));
} else {
  describe.skip('webgpu computes whole nodes', () => it('where the package is installed', () => {}));
  console.info(`webgpu is not tested: ${search.reason}`);
}
