/** The engine on a graphics processor that Node.js reaches; one that a processor plays will do. */
import { DeviceComputer, openGpuDevice, webgpuEngineOf } from '@shoal/core';
import { describe, it } from 'vitest';
import { expectAgreement } from '../../../../core/src/engine/comparison.suite.ts';
import { deviceConformance } from '../../../../core/src/engine/conformance.suite.ts';
import { deviceComputing } from '../../../../core/src/train/deviceComputer.suite.ts';
import { deviceLosing } from './deviceLoss.suite.ts';
import { findGpu } from './library.ts';

const search = await findGpu();
if (search.found) {
  const device = await openGpuDevice(search.adapter);
  // Models of all sizes share kernels: compiling takes longest where the device is played by a processor.
  const engine = webgpuEngineOf(device, false);
  deviceConformance('webgpu', engine);
  it('webgpu adds more slices of a sum than one thread does', async () => {
    const layers = [
      { type: 'conv2d', filters: 3, kernel: 3 },
      { type: 'flatten' },
      { type: 'dense', units: 4 },
    ] as const;
    await expectAgreement(engine, { input: [1, 28, 28], layers, count: 13 });
  });
  deviceComputing('webgpu', (options) => DeviceComputer.open(device, options, false));
  deviceLosing('webgpu');
} else {
  describe.skip('webgpu agrees with the reference engine', () =>
    it('where the package is installed', () => {}));
  console.info(`webgpu is not tested: ${search.reason}`);
}
