import { openGpuDevice, webgpuEngineOf } from '@shoal/core';
import { describe, it } from 'vitest';
import { deviceConformance } from '../../../../core/src/engine/conformance.suite.ts';
import { findGpu } from './library.ts';

const search = await findGpu();
if (search.found) {
  // Models of all sizes share kernels: compiling takes longest where the device is played by a processor.
  deviceConformance('webgpu', webgpuEngineOf(await openGpuDevice(search.adapter), false));
} else {
  describe.skip('webgpu agrees with the reference engine', () =>
    it('where the package is installed', () => {}));
  console.info(`webgpu is not tested: ${search.reason}`);
}
