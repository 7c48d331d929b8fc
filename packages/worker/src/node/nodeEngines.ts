/** The engines of Node.js: those that run everywhere, and the system's BLAS before them. */
import {
  DeviceComputer,
  DeviceLostError,
  type Engine,
  type EngineName,
  openGpuDevice,
  ThreadComputer,
} from '@shoal/core';
import { timerAlarm } from '../alarm.ts';
import { type OpenComputer, RescuedComputer } from '../slot/computers.ts';
import { engineNamed, engines } from '../slot/engines.ts';
import { blasEngine } from './blas/blasEngine.ts';
import { findBlas } from './blas/library.ts';
import { findGpu, gpuOfEnvironment } from './webgpu/library.ts';

/** What this machine has, in order of preference. Call `enableRelaxedSimd` first. */
export async function nodeEngines(): Promise<readonly Engine[]> {
  const blas = await findBlas();
  return blas.found ? [blasEngine, ...engines()] : engines();
}

/** @throws RangeError for an engine that no Node.js has; one that is missing on this machine says so when it compiles */
export function nodeEngineNamed(name: EngineName): Engine {
  return name === 'blas' ? blasEngine : engineNamed(name);
}

/** A slot's computer; on the graphics processor for the engine `webgpu`, and on the fastest other engine should that be lost. */
export const openNodeComputer: OpenComputer = (engine, options) => {
  if (engine !== 'webgpu') return ThreadComputer.open(nodeEngineNamed(engine), options);
  return RescuedComputer.open({
    device: async () => {
      const search = await findGpu(gpuOfEnvironment());
      if (!search.found) throw new DeviceLostError(search.reason);
      return DeviceComputer.open(await openGpuDevice(search.adapter), options);
    },
    thread: async () => {
      const [fastest] = await nodeEngines();
      return ThreadComputer.open(fastest ?? engineNamed('wasm-strict'), options);
    },
    alarm: timerAlarm,
    onLost: (reason) => process.emitWarning(`${reason} Going on with the processor.`),
  });
};
