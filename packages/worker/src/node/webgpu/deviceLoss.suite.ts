/** What happens to work at hand when a real device goes, or refuses memory. Where Node.js reaches one. */
import {
  bytesOf,
  compileModel,
  DeviceComputer,
  DeviceLostError,
  DeviceNetwork,
  type GpuDevice,
  initialParameters,
  type LeafComputer,
  type LeafRequest,
  openGpuDevice,
  selectSamples,
  ThreadComputer,
} from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { RescuedComputer } from '../../slot/computers.ts';
import { engineNamed } from '../../slot/engines.ts';
import { numbersOf, tinyData, tinySpec } from '../../tinyRun.suite.ts';
import { findGpu } from './library.ts';

const spec = { ...tinySpec, numerics: 'fast' as const };
const model = compileModel(spec.model);
const options = { model, spec, trainCount: tinyData.train.count };
const numbers = numbersOf(0, 4, 13);
const request: LeafRequest = {
  ...{ task: 'gradient', step: 0, from: 0, to: 4, leaves: 7, scales: null, numbers },
  ...{ samples: selectSamples(tinyData.train, numbers), rows: numbers.map((_, row) => row) },
};

async function lossOf(computer: LeafComputer): Promise<number> {
  const computation = computer.begin(request);
  try {
    while (await computation.step());
    return (await computation.finish()).reduce((sum, { loss }) => sum + loss, 0);
  } catch (problem) {
    computation.discard();
    throw problem;
  }
}

/** An adapter gives one device. */
async function openDevice(): Promise<GpuDevice> {
  const found = await findGpu();
  if (!found.found) throw new Error(found.reason);
  return openGpuDevice(found.adapter);
}

async function rescued() {
  const device = await openDevice();
  const told: string[] = [];
  const computer = await RescuedComputer.open({
    device: () => DeviceComputer.open(device, options, false),
    thread: () => ThreadComputer.open(engineNamed('wasm-strict'), options),
    alarm: () => () => {},
    onLost: (reason) => told.push(reason),
  });
  computer.setParameters(bytesOf(initialParameters(model, spec.seed)));
  return { device, computer, told };
}

/** From now on the device is asked for more than it can have: what it says then is its own. */
function exhaust(device: GpuDevice): void {
  const create = device.createBuffer.bind(device);
  const size = device.limits.maxBufferSize + 4096;
  device.createBuffer = ({ usage }) => create({ size, usage });
}

export function deviceLosing(name: string): void {
  describe(`${name}, when a device`, () => {
    it('goes in the middle of a lease, fails it and goes on with the processor', async () => {
      const { device, computer, told } = await rescued();
      const wanted = await lossOf(computer);
      const computation = computer.begin(request);
      await computation.step();
      device.destroy();
      await expect(Promise.resolve(computation.finish())).rejects.toThrow(DeviceLostError);
      computation.discard();
      expect(told).toEqual([expect.stringContaining('The graphics processor is gone')]);
      expect(await lossOf(computer)).toBeCloseTo(wanted, 4);
    });

    it('has gone between two leases, fails the next and goes on with the processor', async () => {
      const { device, computer, told } = await rescued();
      const wanted = await lossOf(computer);
      device.destroy();
      await device.lost;
      await expect(lossOf(computer)).rejects.toThrow(DeviceLostError);
      expect(told).toHaveLength(1);
      expect(await lossOf(computer)).toBeCloseTo(wanted, 4);
    });

    it('has no more memory, never takes what lies there for an answer', async () => {
      const { device, computer, told } = await rescued();
      const wanted = await lossOf(computer);
      exhaust(device);
      await expect(lossOf(computer)).rejects.toThrow('The graphics processor refused its work');
      expect(told).toHaveLength(1);
      expect(await lossOf(computer)).toBeCloseTo(wanted, 4);
    });

    it('has no room for a model, says so and leaves it to the processor', async () => {
      const device = await openDevice();
      const compile = (microbatch: number) =>
        DeviceNetwork.compile(device, model, { microbatch, inputGradient: false, specialised: false });
      await expect(compile(2 ** 28)).rejects.toThrow(/needs \d+ bytes in one buffer.*Choose a smaller/);
      exhaust(device);
      await expect(compile(4)).rejects.toThrow('The device could not take the model');
    });
  });
}
