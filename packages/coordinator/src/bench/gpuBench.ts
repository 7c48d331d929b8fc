/** How fast a graphics processor computes gradients: samples that are there already, pass after pass, none of them waited for. */
import {
  compileModel,
  DeviceNetwork,
  type GpuDevice,
  initialParameters,
  type ModelSpec,
  openGpuDevice,
  productFlops,
} from '@shoal/core';
import { findGpu, gpuOfEnvironment } from '@shoal/worker';
import { UserError } from '../errors.ts';
import { type LayerBenchLine, operationsOf } from './layerBench.ts';

/** Passes that are submitted before the oldest is waited for; fewer where one takes long. */
const AHEAD_MAX = 16;
const WARM_UP = 3;
const PARTS = 5;
const ADDRESS = { seed: 1, epoch: 0 };
const TRAINING = { training: true, bytes: false };

/** @throws UserError where this machine has none that Node.js reaches */
export async function benchDevice(): Promise<GpuDevice> {
  const search = await findGpu(gpuOfEnvironment());
  if (!search.found) throw new UserError(`The engine "webgpu" cannot be used here. ${search.reason}`);
  return openGpuDevice(search.adapter);
}

export async function readyNetwork(
  device: GpuDevice,
  spec: ModelSpec,
  microbatch: number,
): Promise<DeviceNetwork> {
  const model = compileModel(spec);
  const options = { microbatch, inputGradient: false, specialised: true };
  const network = await DeviceNetwork.compile(device, model, options);
  const { parameters, inputs, targets, samples } = network.places;
  network.write(parameters, initialParameters(model, 1));
  const pixel = (i: number): number => (i % 2 === 0 ? 0 : ((i * 37) % 256) / 255);
  network.write(
    inputs,
    Float32Array.from({ length: microbatch * model.inputLength }, (_, i) => pixel(i)),
  );
  network.write(
    targets,
    Int32Array.from({ length: microbatch }, (_, i) => i % Math.max(2, model.outputs)),
  );
  network.write(
    samples,
    Uint32Array.from({ length: microbatch }, (_, i) => i),
  );
  return network;
}

/** Samples a second, forward and backward, in the best part of the time. */
export async function gpuSamplesPerSecond(network: DeviceNetwork, seconds: number): Promise<number> {
  const { device, microbatch } = network;
  const partMs = (seconds * 1000) / PARTS;
  let passMs = 0;
  for (let i = 0; i < WARM_UP; i += 1) {
    const start = performance.now();
    network.submit(microbatch, TRAINING, ADDRESS);
    await device.queue.onSubmittedWorkDone();
    passMs = performance.now() - start;
  }
  // What has been submitted must be waited for: a processor that plays a device would take minutes for it.
  const aheadMax = Math.min(AHEAD_MAX, Math.ceil(partMs / passMs));
  const ahead: Promise<unknown>[] = [];
  const pass = async (): Promise<void> => {
    network.submit(microbatch, TRAINING, ADDRESS);
    ahead.push(device.queue.onSubmittedWorkDone());
    if (ahead.length > aheadMax) await ahead.shift();
  };
  let best = 0;
  for (let part = 0; part < PARTS; part += 1) {
    const start = performance.now();
    let passes = 0;
    do {
      await pass();
      passes += 1;
    } while (performance.now() - start < partMs);
    await device.queue.onSubmittedWorkDone();
    ahead.length = 0;
    best = Math.max(best, (passes * microbatch * 1000) / (performance.now() - start));
  }
  return best;
}

/** Each layer and pass by itself; no lines where the device keeps no time. */
export async function gpuLayers(
  name: string,
  spec: ModelSpec,
  network: DeviceNetwork,
): Promise<LayerBenchLine[]> {
  const { microbatch } = network;
  const best = await network.timeCalls(microbatch);
  if (best === null) return [];
  for (let i = 0; i < 4; i += 1) {
    const again = await network.timeCalls(microbatch);
    again?.forEach((ms, at) => {
      best[at] = Math.min(best[at] as number, ms);
    });
  }
  const flops = new Map(productFlops(compileModel(spec)).map((one) => [one.layer, one]));
  const groups = new Map<string, { layer: string; pass: string; ms: number }>();
  network.calls.forEach(({ layer, pass }, i) => {
    const group = groups.get(`${layer} ${pass}`) ?? { layer, pass, ms: 0 };
    group.ms += best[i] ?? 0;
    groups.set(`${layer} ${pass}`, group);
  });
  const total = best.reduce((sum, ms) => sum + ms, 0);
  return [...groups.values()].map(({ layer, pass, ms }) => {
    const operations = microbatch * operationsOf(flops.get(layer), pass);
    return {
      ...{ type: 'layer', model: name, engine: 'webgpu', microbatch, layer, pass },
      milliseconds: Number(ms.toFixed(4)),
      share: Number((ms / total).toFixed(4)),
      gflops: operations === 0 ? null : Number((operations / ms / 1e6).toFixed(1)),
      ofPeak: null,
    };
  });
}
