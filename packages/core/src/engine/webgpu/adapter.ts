/** From what a host offers to a device with all the room that it can have. */
import type { GpuDevice } from './gpu.ts';

/** What is asked of an adapter; the browser's GPUAdapter and Dawn's fit. */
export interface GpuAdapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    /** Older hosts do not say. */
    readonly isFallbackAdapter?: boolean;
  };
  readonly limits: {
    readonly maxStorageBufferBindingSize: number;
    readonly maxBufferSize: number;
  };
  readonly features: { has(name: string): boolean };
  requestDevice(descriptor: object): Promise<GpuDevice>;
}

/** Lets a measurement look at each kernel. */
export const TIMESTAMPS = 'timestamp-query';

/** Buffers as large as the adapter allows; all else is within what every device has. */
export function openGpuDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const timed = adapter.features.has(TIMESTAMPS);
  return adapter.requestDevice({
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
    requiredFeatures: timed ? [TIMESTAMPS] : [],
  });
}

/** What people call it. */
export function nameOfGpu({ info }: Pick<GpuAdapter, 'info'>): string {
  const parts = [info.vendor, info.architecture, info.device].filter((part) => part !== '');
  return info.description || parts.join(' ') || 'WebGPU';
}

/** Whether a processor plays it: nothing is gained by it. */
export function isPlayedGpu({ info }: Pick<GpuAdapter, 'info'>): boolean {
  return (
    info.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|basic render/i.test(nameOfGpu({ info }) + info.architecture)
  );
}
