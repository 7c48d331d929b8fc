import { openGpuDevice, webgpuEngineOf } from '@shoal/core';
import { deviceConformance } from '../../../../core/src/engine/conformance.suite.ts';
import { findGpu } from './library.ts';

const search = await findGpu();
if (search.found) deviceConformance('webgpu', webgpuEngineOf(await openGpuDevice(search.adapter), false));
else console.info(`webgpu is not tested: ${search.reason}`);
