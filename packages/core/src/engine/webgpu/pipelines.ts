/** Kernels as a device has compiled them. */
import { type GpuDevice, type GpuObject, STAGE_COMPUTE } from './gpu.ts';

export type Pipeline = { readonly pipeline: GpuObject; readonly layout: GpuObject };

/** By the text of their kernel: models of one run are compiled more than once. */
const pipelines = new WeakMap<GpuDevice, Map<string, Promise<Pipeline>>>();

export type Bound = 'uniform' | 'read-only-storage' | 'storage';

/** The pipeline of a kernel whose bindings 0, 1, … are of these types. */
export function pipelineOf(device: GpuDevice, code: string, types: readonly Bound[]): Promise<Pipeline> {
  let known = pipelines.get(device);
  if (known === undefined) {
    known = new Map();
    pipelines.set(device, known);
  }
  const found = known.get(code);
  if (found !== undefined) return found;
  const entries = types.map((type, binding) => ({ binding, visibility: STAGE_COMPUTE, buffer: { type } }));
  const layout = device.createBindGroupLayout({ entries });
  const module = device.createShaderModule({ code });
  const made = device
    .createComputePipelineAsync({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    })
    .then((pipeline) => ({ pipeline, layout }));
  known.set(code, made);
  return made;
}
