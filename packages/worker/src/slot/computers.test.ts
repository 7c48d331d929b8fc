import {
  type Answer,
  bytesOf,
  type Computation,
  compileModel,
  DeviceLostError,
  initialParameters,
  type LeafComputer,
  type LeafComputerOptions,
  type LeafRequest,
  selectSamples,
  ThreadComputer,
  type VectorId,
} from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { WORKER_LIMITS } from '../limits.ts';
import { numbersOf, tinyData, tinySpec } from '../tinyRun.suite.ts';
import { RescuedComputer } from './computers.ts';
import { engineNamed } from './engines.ts';

const model = compileModel(tinySpec.model);
const options: LeafComputerOptions = { model, spec: tinySpec, trainCount: tinyData.train.count };
const openThread = () => ThreadComputer.open(engineNamed('wasm-strict'), options);
const numbers = numbersOf(0, 4, 13);
const request: LeafRequest = {
  ...{ task: 'gradient', step: 0, from: 0, to: 4, leaves: 7, scales: null, numbers },
  ...{ samples: selectSamples(tinyData.train, numbers), rows: numbers.map((_, row) => row) },
};

/** Computes as a thread does, but answers when it is told to; `fail` makes it answer with a problem. */
class Device implements LeafComputer {
  readonly #thread: ThreadComputer;
  readonly vectorLength: number;
  readonly view: LeafComputer['view'];
  answering: Promise<unknown> = Promise.resolve();
  isDestroyed = false;

  static async open(): Promise<Device> {
    return new Device(await openThread());
  }

  private constructor(thread: ThreadComputer) {
    this.#thread = thread;
    this.vectorLength = thread.vectorLength;
    this.view = thread.view;
  }

  setParameters(bytes: Uint8Array): void {
    this.#thread.setParameters(bytes);
  }

  begin(given: LeafRequest): Computation {
    const own = this.#thread.begin(given);
    return {
      get done() {
        return own.done;
      },
      step: async () => {
        await this.answering;
        return own.step();
      },
      finish: async () => {
        await this.answering;
        return own.finish();
      },
      discard: () => own.discard(),
    };
  }

  read(vector: VectorId, into: Float32Array): void {
    this.#thread.read(vector, into);
  }

  free(vector: VectorId): void {
    this.#thread.free(vector);
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

async function answersOf(computer: LeafComputer): Promise<Answer<Float32Array>[]> {
  const computation = computer.begin(request);
  try {
    while (await computation.step());
    const answers: Answer<Float32Array>[] = [];
    for (const answer of await computation.finish()) {
      const vector = new Float32Array(computer.vectorLength);
      await computer.read(answer.vector as VectorId, vector);
      computer.free(answer.vector as VectorId);
      answers.push({ ...answer, vector });
    }
    return answers;
  } catch (problem) {
    computation.discard();
    throw problem;
  }
}

async function rescued() {
  const device = await Device.open();
  const told: string[] = [];
  const alarms: { readonly ms: number; readonly ring: () => void }[] = [];
  const computer = await RescuedComputer.open({
    device: async () => device,
    thread: openThread,
    alarm: (ms, ring) => {
      const callOff = () => alarms.splice(alarms.indexOf(alarm), 1);
      const alarm = {
        ms,
        ring: () => {
          callOff();
          ring();
        },
      };
      alarms.push(alarm);
      return callOff;
    },
    onLost: (reason) => told.push(reason),
  });
  computer.setParameters(bytesOf(initialParameters(model, tinySpec.seed)));
  return { device, computer, told, alarms };
}

describe('a computer whose device may be lost', () => {
  it('fails what is at hand when the device goes, and computes what follows on the thread', async () => {
    const { device, computer, told } = await rescued();
    const wanted = await answersOf(computer);
    device.answering = Promise.reject(new DeviceLostError('Its driver gave up.'));
    await expect(answersOf(computer)).rejects.toThrow('Its driver gave up.');
    expect(told).toEqual(['Its driver gave up.']);
    // What it held would be missing wherever else it is used.
    expect(device.isDestroyed).toBe(true);
    expect(await answersOf(computer)).toEqual(wanted);
    expect(told).toHaveLength(1);
  });

  it('does not wait for ever for a driver that says nothing', async () => {
    const { device, computer, told, alarms } = await rescued();
    const wanted = await answersOf(computer);
    expect(alarms).toEqual([]);
    device.answering = new Promise(() => {});
    const hanging = answersOf(computer);
    expect(alarms.map(({ ms }) => ms)).toEqual([WORKER_LIMITS.deviceSilenceMs]);
    alarms[0]?.ring();
    await expect(hanging).rejects.toThrow('The graphics processor has not answered for 120 s.');
    expect(told).toEqual(['The graphics processor has not answered for 120 s.']);
    expect(await answersOf(computer)).toEqual(wanted);
    expect(alarms).toEqual([]);
  });

  it('keeps the device where a request was wrong', async () => {
    const { device, computer, told } = await rescued();
    device.answering = Promise.reject(new RangeError('No such leaf.'));
    await expect(answersOf(computer)).rejects.toThrow('No such leaf.');
    expect([told, device.isDestroyed]).toEqual([[], false]);
  });

  it('is the thread from the beginning where no device can be opened', async () => {
    const told: string[] = [];
    const computer = await RescuedComputer.open({
      device: async () => {
        throw new DeviceLostError('There is no room.');
      },
      thread: openThread,
      alarm: () => () => {},
      onLost: (reason) => told.push(reason),
    });
    expect(computer).toBeInstanceOf(ThreadComputer);
    expect(told).toEqual(['There is no room.']);
  });
});
