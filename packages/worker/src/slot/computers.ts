/** What opens a computer for a slot, by the name of its engine; and one that goes on with another engine when its device is lost. */
import {
  type Computation,
  DeviceLostError,
  type Engine,
  type EngineName,
  type LeafComputer,
  type LeafComputerOptions,
  type LeafRequest,
  ThreadComputer,
  type VectorId,
} from '@shoal/core';
import type { Alarm } from '../alarm.ts';
import { WORKER_LIMITS } from '../limits.ts';

/** @throws RangeError for an engine that was not offered */
export type OpenComputer = (engine: EngineName, options: LeafComputerOptions) => Promise<LeafComputer>;

export const threadComputers =
  (engineNamed: (name: EngineName) => Engine): OpenComputer =>
  (engine, options) =>
    ThreadComputer.open(engineNamed(engine), options);

export type RescueOptions = {
  readonly device: () => Promise<LeafComputer>;
  readonly thread: () => Promise<LeafComputer>;
  /** A driver that hangs says nothing. */
  readonly alarm: Alarm;
  /** Told once, in a sentence, that the device will compute no more. */
  readonly onLost: (reason: string) => void;
};

/** On the device while that is there. The request at hand when it goes fails; the next ones are computed on this thread. */
export class RescuedComputer implements LeafComputer {
  readonly #options: RescueOptions;
  #current: LeafComputer;
  /** The latest parameters, for whoever takes over; null once somebody has. */
  #parameters: Uint8Array | null;

  static async open(options: RescueOptions): Promise<LeafComputer> {
    try {
      return new RescuedComputer(options, await options.device());
    } catch (problem) {
      if (!(problem instanceof DeviceLostError)) throw problem;
      options.onLost(problem.message);
      return options.thread();
    }
  }

  private constructor(options: RescueOptions, device: LeafComputer) {
    this.#options = options;
    this.#current = device;
    this.#parameters = new Uint8Array(device.vectorLength * 4);
  }

  get vectorLength(): number {
    return this.#current.vectorLength;
  }

  get view(): LeafComputer['view'] {
    return this.#current.view;
  }

  setParameters(bytes: Uint8Array): void {
    this.#parameters?.set(bytes);
    this.#current.setParameters(bytes);
  }

  begin(request: LeafRequest): Computation {
    const own = this.#current.begin(request);
    const guarded = async <T>(work: () => T | Promise<T>): Promise<T> => {
      try {
        return await this.#inTime(work());
      } catch (problem) {
        await this.#rescue(problem);
        throw problem;
      }
    };
    return {
      get done() {
        return own.done;
      },
      step: () => guarded(() => own.step()),
      finish: () => guarded(() => own.finish()),
      discard: () => own.discard(),
    };
  }

  /** @throws DeviceLostError where a device has not answered for too long */
  #inTime<T>(answer: T | Promise<T>): T | Promise<T> {
    if (this.#parameters === null || !(answer instanceof Promise)) return answer;
    return new Promise<T>((resolve, reject) => {
      const { deviceSilenceMs } = WORKER_LIMITS;
      const ring = (): void =>
        reject(
          new DeviceLostError(`The graphics processor has not answered for ${deviceSilenceMs / 1000} s.`),
        );
      const callOff = this.#options.alarm(deviceSilenceMs, ring);
      answer.then(resolve, reject).finally(callOff);
    });
  }

  async #rescue(problem: unknown): Promise<void> {
    if (!(problem instanceof DeviceLostError) || this.#parameters === null) return;
    const parameters = this.#parameters;
    this.#parameters = null;
    this.#current.destroy();
    this.#current = await this.#options.thread();
    this.#current.setParameters(parameters);
    this.#options.onLost(problem.message);
  }

  read(vector: VectorId, into: Float32Array): void | Promise<void> {
    return this.#current.read(vector, into);
  }

  free(vector: VectorId): void {
    this.#current.free(vector);
  }

  destroy(): void {
    this.#current.destroy();
  }
}
