/** Vectors of the model's length that stay on the device, and the little arithmetic between them. */
import { type GpuBuffer, type GpuDevice, type GpuEncoder, USAGE } from './gpu.ts';
import { type Pipeline, pipelineOf } from './pipelines.ts';
import { eachElement, groupsFor } from './wgsl.ts';

const text = (length: number, body: string): string => `
@group(0) @binding(0) var<storage, read_write> into: array<f32>;
@group(0) @binding(1) var<storage, read> other: array<f32>;
${eachElement(`${length}u`, body)}`;

export class DeviceVectors {
  readonly device: GpuDevice;
  readonly length: number;
  readonly #add: Pipeline;
  readonly #subtract: Pipeline;
  readonly #free: GpuBuffer[] = [];
  #isOver = false;

  private constructor(device: GpuDevice, length: number, add: Pipeline, subtract: Pipeline) {
    this.device = device;
    this.length = length;
    this.#add = add;
    this.#subtract = subtract;
  }

  static async open(device: GpuDevice, length: number): Promise<DeviceVectors> {
    const types = ['storage', 'read-only-storage'] as const;
    const [add, subtract] = await Promise.all([
      pipelineOf(device, text(length, 'into[i] += other[i];'), types),
      pipelineOf(device, text(length, 'into[i] -= other[i];'), types),
    ]);
    return new DeviceVectors(device, length, add, subtract);
  }

  allocate(): GpuBuffer {
    const usage = USAGE.storage | USAGE.copyFrom | USAGE.copyTo;
    return this.#free.pop() ?? this.device.createBuffer({ size: this.length * 4, usage });
  }

  free(vector: GpuBuffer): void {
    if (this.#isOver) vector.destroy();
    else this.#free.push(vector);
  }

  /** into ← from, or into ← into + from with `adds`. */
  put(encoder: GpuEncoder, into: GpuBuffer, from: GpuBuffer, adds: boolean): void {
    if (adds) this.#run(encoder, this.#add, into, from);
    else encoder.copyBufferToBuffer(from, 0, into, 0, this.length * 4);
  }

  /** into ← into − from */
  subtract(encoder: GpuEncoder, into: GpuBuffer, from: GpuBuffer): void {
    this.#run(encoder, this.#subtract, into, from);
  }

  #run(encoder: GpuEncoder, { pipeline, layout }: Pipeline, into: GpuBuffer, from: GpuBuffer): void {
    const entries = [into, from].map((buffer, binding) => ({ binding, resource: { buffer } }));
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(...groupsFor(this.length));
    pass.end();
  }

  /** Those that are not free yet go when they are. */
  destroy(): void {
    this.#isOver = true;
    for (const vector of this.#free) vector.destroy();
  }
}
