/** A compiled model on a device: its buffers and pipelines, what goes in, and what is read back. */
import type { Model } from '../../nn/model.ts';
import type { RandomAddress } from '../engine.ts';
import type { CallLabel } from '../wasm/plan.ts';
import { TIMESTAMPS } from './adapter.ts';
import { orLost } from './deviceLoss.ts';
import {
  DeviceLostError,
  type GpuBuffer,
  type GpuDevice,
  type GpuEncoder,
  type GpuObject,
  MAP_READ,
  USAGE,
} from './gpu.ts';
import { planLoss } from './lossPlan.ts';
import { planChain } from './network.ts';
import { type Bound, type Pipeline, pipelineOf } from './pipelines.ts';
import { type Kernel, type Place, Plan } from './plan.ts';
import { unsigned } from './planned.ts';
import { eachElement, groupsFor } from './wgsl.ts';

export type Places = {
  readonly parameters: Place;
  readonly gradient: Place;
  readonly inputs: Place;
  /** [microbatch × inputLength] bytes, four in a word, for a pass that takes bytes. */
  readonly bytes: Place;
  readonly targets: Place;
  readonly samples: Place;
  readonly outputs: Place;
  /** [microbatch × 2] u32: the bits of each sample's loss, and 1 where its answer is right. */
  readonly results: Place;
  readonly inputGradient: Place | null;
};

/** As of `CompileOptions`; `specialised`: whether kernels are written for the sizes of the model. */
type NetworkOptions = {
  readonly microbatch: number;
  readonly inputGradient: boolean;
  readonly specialised: boolean;
  readonly trainedFrom?: number;
};

export function planModel(
  model: Model,
  { inputGradient, specialised, trainedFrom }: Omit<NetworkOptions, 'microbatch'>,
): { plan: Plan; places: Places } {
  const plan = new Plan(specialised);
  const parameters = plan.keep(0, model.vectorLength);
  const gradient = plan.keep(0, model.vectorLength);
  const inputs = plan.keep(model.inputLength);
  const targets = plan.keep(1);
  const samples = plan.keep(1);
  const results = plan.keep(2);
  const bytes = plan.keep(Math.ceil(model.inputLength / 4));
  plan.unpack({
    ...{ reads: { bytes: unsigned(bytes) }, writes: { inputs }, sizes: { length: model.inputLength } },
    groups: (count) => groupsFor(count * model.inputLength),
    text: eachElement(
      'batch.count * #length',
      'inputs[i] = f32((bytes[i / 4u] >> (8u * (i % 4u))) & 255u) / 255.0f;',
    ),
  });
  const context = { plan, parameters, gradient, samples };
  const chain = planChain(context, model.layers, inputs, trainedFrom);
  plan.enter('loss', 'forward');
  const dz = planLoss(context, model, { z: chain.output, targets, results });
  const dx = chain.backward(dz, inputGradient);
  // What is read back stays until it has been.
  const last = plan.kernels.length;
  for (const read of [chain.output, ...(dx === null || !inputGradient ? [] : [dx])]) read.lastUse = last;
  const places = {
    ...{ parameters, gradient, inputs, bytes, targets, samples, results },
    ...{ outputs: chain.output, inputGradient: inputGradient ? dx : null },
  };
  return { plan, places };
}

type BoundKernel = {
  readonly kernel: Kernel;
  readonly pipeline: GpuObject;
  readonly group: GpuObject;
};

export class DeviceNetwork {
  readonly device: GpuDevice;
  readonly model: Model;
  readonly microbatch: number;
  readonly places: Places;
  readonly #buffers: readonly GpuBuffer[];
  readonly #bound: readonly BoundKernel[];
  readonly #batch: GpuBuffer;
  readonly #batchWords = new Uint32Array(4);
  #staging: GpuBuffer | null = null;

  private constructor(options: {
    device: GpuDevice;
    model: Model;
    microbatch: number;
    places: Places;
    buffers: readonly GpuBuffer[];
    bound: readonly BoundKernel[];
    batch: GpuBuffer;
  }) {
    this.device = options.device;
    this.model = options.model;
    this.microbatch = options.microbatch;
    this.places = options.places;
    this.#buffers = options.buffers;
    this.#bound = options.bound;
    this.#batch = options.batch;
  }

  /** @throws DeviceLostError where the device has no room for so many samples, or is gone */
  static async compile(device: GpuDevice, model: Model, options: NetworkOptions): Promise<DeviceNetwork> {
    const { plan, places } = planModel(model, options);
    const { microbatch } = options;
    const words = plan.layOut(microbatch);
    const most = Math.max(...words) * 4;
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    if (most > Math.min(maxStorageBufferBindingSize, maxBufferSize)) {
      throw new DeviceLostError(
        `A microbatch of ${microbatch} samples needs ${most} bytes in one buffer, which is more than the device offers. Choose a smaller microbatch.`,
      );
    }
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    const usage = USAGE.storage | USAGE.copyFrom | USAGE.copyTo;
    const buffers = words.map((length) => device.createBuffer({ size: length * 4, usage }));
    const batch = device.createBuffer({ size: 16, usage: USAGE.uniform | USAGE.copyTo });
    const uniform = (sizes: readonly number[]): GpuBuffer => {
      const values = Int32Array.from(sizes);
      const size = Math.ceil(values.byteLength / 16) * 16;
      const buffer = device.createBuffer({ size, usage: USAGE.uniform | USAGE.copyTo });
      device.queue.writeBuffer(buffer, 0, values.buffer, 0, values.byteLength);
      buffers.push(buffer);
      return buffer;
    };
    const compiled = plan.kernels.map((kernel) => pipelineOf(device, kernel.code, typesOf(kernel)));
    const made = await orLost(device, Promise.all(compiled));
    const bound = plan.kernels.map((kernel, i): BoundKernel => {
      const { pipeline, layout } = made[i] as Pipeline;
      const entries = [
        { resource: { buffer: batch } },
        ...(kernel.sizes.length === 0 ? [] : [{ resource: { buffer: uniform(kernel.sizes) } }]),
        ...kernel.bindings.map(({ place }) => ({ resource: { buffer: buffers[place.slot] } })),
      ].map((entry, binding) => ({ binding, ...entry }));
      return { kernel, pipeline, group: device.createBindGroup({ layout, entries }) };
    });
    const [invalid, full] = await orLost(
      device,
      Promise.all([device.popErrorScope(), device.popErrorScope()]),
    );
    const problem = invalid ?? full;
    if (problem !== null) {
      for (const buffer of [...buffers, batch]) buffer.destroy();
      throw new DeviceLostError(`The device could not take the model: ${problem.message}`);
    }
    return new DeviceNetwork({ device, model, microbatch, places, buffers, bound, batch });
  }

  get calls(): readonly CallLabel[] {
    return this.#bound.map(({ kernel }) => kernel.label);
  }

  buffer(place: Place): GpuBuffer {
    return this.#buffers[place.slot] as GpuBuffer;
  }

  /** Copies the first `words` of an array of 32-bit numbers to a place, before whatever is submitted next. */
  write(
    place: Place,
    from: Float32Array | Uint32Array | Int32Array | Uint8Array,
    words = from.byteLength / 4,
  ): void {
    this.device.queue.writeBuffer(this.buffer(place), 0, from.buffer, from.byteOffset, words * 4);
  }

  /** Submits a pass over the first `count` samples. `after` may add commands behind it. */
  submit(
    count: number,
    { training, bytes }: { readonly training: boolean; readonly bytes: boolean },
    { seed, epoch }: RandomAddress,
    after: (encoder: GpuEncoder) => void = () => {},
  ): void {
    const { device } = this;
    this.#batchWords.set([count, seed, epoch, training ? 1 : 0]);
    device.queue.writeBuffer(this.#batch, 0, this.#batchWords.buffer, 0, 16);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { kernel, pipeline, group } of this.#bound) {
      if ((kernel.when === 'training' && !training) || (kernel.when === 'bytes' && !bytes)) continue;
      const groups = kernel.groups(count);
      if (groups[0] === 0) continue;
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
    after(encoder);
    device.queue.submit([encoder.finish()]);
  }

  /** Milliseconds of each of `calls` in one training pass; null where the device keeps no time. Passes by themselves take longer. */
  async timeCalls(count: number): Promise<Float64Array | null> {
    const { device } = this;
    if (!device.features.has(TIMESTAMPS)) return null;
    const stamps = 2 * this.#bound.length;
    const querySet = device.createQuerySet({ type: 'timestamp', count: stamps });
    const times = device.createBuffer({ size: stamps * 8, usage: USAGE.query | USAGE.copyFrom });
    this.#batchWords.set([count, 0, 0, 1]);
    device.queue.writeBuffer(this.#batch, 0, this.#batchWords.buffer, 0, 16);
    const encoder = device.createCommandEncoder();
    for (const [i, { kernel, pipeline, group }] of this.#bound.entries()) {
      const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
      const pass = encoder.beginComputePass({ timestampWrites });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      const groups = kernel.groups(count);
      if (kernel.when !== 'bytes' && groups[0] > 0) pass.dispatchWorkgroups(...groups);
      pass.end();
    }
    encoder.resolveQuerySet(querySet, 0, stamps, times, 0);
    device.queue.submit([encoder.finish()]);
    const [read] = await this.read([{ from: times, words: stamps * 2 }]);
    times.destroy();
    const at = new BigUint64Array(read as ArrayBuffer);
    return Float64Array.from(
      this.#bound,
      (_, i) => Number((at[2 * i + 1] as bigint) - (at[2 * i] as bigint)) / 1e6,
    );
  }

  /** Reads parts of buffers at once, once all that was submitted is done. The copies belong to the caller. */
  async read(parts: readonly { readonly from: GpuBuffer; readonly words: number }[]): Promise<ArrayBuffer[]> {
    const { device } = this;
    const bytes = parts.reduce((sum, { words }) => sum + words * 4, 0);
    if (this.#staging === null || this.#staging.size < bytes) {
      this.#staging?.destroy();
      this.#staging = device.createBuffer({ size: bytes, usage: USAGE.mapRead | USAGE.copyTo });
    }
    const staging = this.#staging;
    const encoder = device.createCommandEncoder();
    let at = 0;
    for (const { from, words } of parts) {
      encoder.copyBufferToBuffer(from, 0, staging, at, words * 4);
      at += words * 4;
    }
    device.queue.submit([encoder.finish()]);
    await orLost(device, staging.mapAsync(MAP_READ, 0, bytes));
    const range = staging.getMappedRange(0, bytes);
    at = 0;
    const copies = parts.map(({ words }) => {
      const copy = range.slice(at, at + words * 4);
      at += words * 4;
      return copy;
    });
    staging.unmap();
    return copies;
  }

  destroy(): void {
    for (const buffer of [...this.#buffers, this.#batch]) buffer.destroy();
    this.#staging?.destroy();
  }
}

function typesOf({ sizes, bindings }: Kernel): Bound[] {
  return [
    'uniform',
    ...(sizes.length === 0 ? [] : (['uniform'] as const)),
    ...bindings.map(({ access }) => (access === 'read' ? 'read-only-storage' : 'storage')),
  ];
}

/** What a model may take of a device, whose owner has other uses for it. */
const BYTES_MAX = 0x4000_0000;

/** The most samples, up to `wanted`, that go through the model at once on this device, whatever of it is trained. */
export function microbatchThatFits(
  { limits }: GpuDevice,
  model: Model,
  wanted: number,
  specialised: boolean,
): number {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  let microbatch = wanted;
  for (; microbatch > 1; microbatch = Math.ceil(microbatch / 2)) {
    const words = planModel(model, { inputGradient: false, specialised }).plan.layOut(microbatch);
    const total = words.reduce((sum, length) => sum + length * 4, 0);
    if (total <= BYTES_MAX && words.every((length) => length * 4 <= most)) break;
  }
  return microbatch;
}
