/**
 * WebGPU in Node.js: the package `webgpu` (Dawn), where it is installed. It is large, so nothing depends on it; what is missing is
 * said in a sentence.
 */
import { type GpuAdapter, nameOfGpu } from '@shoal/core';

interface Gpu {
  requestAdapter(options?: object): Promise<GpuAdapter | null>;
}

export type GpuSearch =
  | { readonly found: true; readonly adapter: GpuAdapter; readonly description: string }
  | { readonly found: false; readonly reason: string; readonly isInstalled: boolean };

export const INSTALL_COMMAND = 'npm install --no-save webgpu@0.6.2';

type Package = { create(options: readonly string[]): Gpu };

async function loadPackage(): Promise<Package | null> {
  // Not a literal: nobody has to have it to compile this.
  const name: string = 'webgpu';
  try {
    return (await import(name)) as Package;
  } catch {
    return null;
  }
}

/** What an adapter belongs to must outlive it: Dawn ends the process where it is collected first. */
const kept: Gpu[] = [];

/** Never rejects. `device` is a part of a name or a number from 0, as Dawn counts; null is the fastest. */
export async function findGpu(device: string | null = null): Promise<GpuSearch> {
  const library = await loadPackage();
  if (library === null) {
    const reason = `The optional package webgpu, through which Node.js reaches a graphics processor, is not installed; to have it: ${INSTALL_COMMAND}.`;
    return { found: false, reason, isInstalled: false };
  }
  try {
    const gpu = library.create(device === null ? [] : [`adapter=${device}`]);
    kept.push(gpu);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter !== null) return { found: true, adapter, description: nameOfGpu(adapter) };
  } catch {
    // What a driver throws says nothing to anybody; what to do is said below.
  }
  const which = device === null ? 'No graphics processor' : `No graphics processor "${device}"`;
  const reason = `${which} was found that WebGPU can use; on Linux the loader of Vulkan (libvulkan1) and the card's driver are needed.`;
  return { found: false, reason, isInstalled: true };
}

/** Which device `--device` has named: the environment reaches every thread of a worker. */
export const GPU_VARIABLE = 'SHOAL_GPU';

export const gpuOfEnvironment = (): string | null => process.env[GPU_VARIABLE] || null;
