/**
 * The part of WebGPU that the engine uses, as types of its own: core knows neither a browser nor Node.js, and is handed a
 * device. What browsers call GPUDevice and its kin fits these.
 */

export interface GpuBuffer {
  readonly size: number;
  mapAsync(mode: number, offset?: number, size?: number): Promise<unknown>;
  getMappedRange(offset?: number, size?: number): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

/** What only goes from one call to another. */
export type GpuObject = object;

export interface GpuPass {
  setPipeline(pipeline: GpuObject): void;
  setBindGroup(index: number, group: GpuObject): void;
  dispatchWorkgroups(x: number, y?: number, z?: number): void;
  end(): void;
}

export interface GpuEncoder {
  beginComputePass(descriptor?: object): GpuPass;
  clearBuffer(buffer: GpuBuffer): void;
  copyBufferToBuffer(from: GpuBuffer, at: number, to: GpuBuffer, into: number, bytes: number): void;
  resolveQuerySet(set: GpuObject, first: number, count: number, to: GpuBuffer, at: number): void;
  finish(): GpuObject;
}

export interface GpuQueue {
  submit(commands: readonly GpuObject[]): void;
  writeBuffer(to: GpuBuffer, at: number, from: ArrayBufferLike, offset: number, bytes: number): void;
  onSubmittedWorkDone(): Promise<unknown>;
}

export interface GpuDevice {
  readonly queue: GpuQueue;
  readonly features: { has(name: string): boolean };
  readonly limits: {
    readonly maxStorageBufferBindingSize: number;
    readonly maxBufferSize: number;
  };
  /** Resolves once the device is gone, and never rejects. */
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  /** Of what no error scope has caught. */
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ): void;
  createBuffer(descriptor: { readonly size: number; readonly usage: number }): GpuBuffer;
  createShaderModule(descriptor: { readonly code: string }): GpuObject;
  createBindGroupLayout(descriptor: { readonly entries: readonly object[] }): GpuObject;
  createPipelineLayout(descriptor: { readonly bindGroupLayouts: readonly GpuObject[] }): GpuObject;
  createBindGroup(descriptor: { readonly layout: GpuObject; readonly entries: readonly object[] }): GpuObject;
  createComputePipelineAsync(descriptor: object): Promise<GpuObject>;
  createCommandEncoder(): GpuEncoder;
  createQuerySet(descriptor: { readonly type: string; readonly count: number }): GpuObject;
  pushErrorScope(filter: 'out-of-memory' | 'validation'): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
  destroy(): void;
}

/** Flags of the WebGPU specification (GPUBufferUsage, GPUMapMode, GPUShaderStage), which are the same everywhere. */
export const USAGE = { mapRead: 1, copyFrom: 4, copyTo: 8, uniform: 64, storage: 128, query: 512 } as const;
export const MAP_READ = 1;
export const STAGE_COMPUTE = 4;

/** The device is gone, refused memory or did not answer: what was asked of it will not come. */
export class DeviceLostError extends Error {}
