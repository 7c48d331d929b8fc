/**
 * What runs in a slot: requests in, answers out. It knows no thread and no clock of its own, so that a worker thread
 * of Node.js, a Web Worker of a browser and a test run the very same program.
 */
import {
  type Answer,
  bytesOf,
  compileModel,
  type Engine,
  type EngineName,
  type Executor,
  RangeComputation,
  reasonOf,
  SampleWriter,
  unreachable,
  VectorArena,
  type VectorId,
} from '@shoal/core';
import type {
  ArrayAnswer,
  ComputeRequest,
  JobId,
  ParametersRequest,
  SetupRequest,
  SlotAnswer,
  SlotRequest,
} from './slotMessages.ts';

export type SlotProgramOptions = {
  /** Takes an answer; `transfer` lists its buffers, which the slot gives away. */
  readonly post: (answer: SlotAnswer, transfer: readonly ArrayBuffer[]) => void;
  /** Milliseconds from any origin. */
  readonly now: () => number;
  /** Resolves after messages that have arrived have been handed to `handle`. */
  readonly pause: () => Promise<void>;
  readonly engineNamed: (name: EngineName) => Engine;
  /** Buffers kept for the next gradients. */
  readonly spareBuffersMax: number;
  /** The slot cannot go on at all: its setup failed. */
  readonly onUnusable: (problem: unknown) => void;
};

type Bench = {
  readonly executor: Executor;
  readonly writer: SampleWriter;
  readonly arena: VectorArena;
  readonly seed: number;
};

export class SlotProgram {
  readonly #options: SlotProgramOptions;
  readonly #queue: Exclude<SlotRequest, { readonly type: 'cancel' | 'recycle' }>[] = [];
  readonly #cancelled = new Set<JobId>();
  readonly #spare: ArrayBuffer[] = [];
  #running: JobId | null = null;
  #working = false;
  #bench: Bench | null = null;

  constructor(options: SlotProgramOptions) {
    this.#options = options;
  }

  handle(request: SlotRequest): void {
    switch (request.type) {
      case 'setup':
      case 'parameters':
      case 'compute':
        this.#queue.push(request);
        if (!this.#working) void this.#work();
        return;
      case 'cancel':
        return this.#cancel(request.job);
      case 'recycle':
        this.#keep(request.buffer);
        return;
      default:
        return unreachable(request);
    }
  }

  /** A job that is done, or never was, is not waited for. */
  #cancel(job: JobId): void {
    const waiting = this.#queue.some((request) => request.type === 'compute' && request.job === job);
    if (waiting || this.#running === job) this.#cancelled.add(job);
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (let request = this.#queue.shift(); request !== undefined; request = this.#queue.shift()) {
        if (request.type === 'setup') await this.#setUp(request);
        else if (request.type === 'parameters') this.#setParameters(request);
        else await this.#compute(request);
      }
    } catch (problem) {
      this.#options.onUnusable(problem);
    }
    this.#working = false;
  }

  async #setUp({ spec, engine }: SetupRequest): Promise<void> {
    const model = compileModel(spec.model);
    const executor = await this.#options
      .engineNamed(engine)
      .compile(model, { microbatch: spec.microbatch, inputGradient: false });
    const augment = spec.data.source === 'table' ? null : spec.data.augment;
    this.#spare.length = 0;
    this.#bench = {
      executor,
      writer: new SampleWriter({ shape: model.inputShape, augment, seed: spec.seed }),
      arena: new VectorArena({ length: model.vectorLength }),
      seed: spec.seed,
    };
  }

  #setParameters({ vector, given }: ParametersRequest): void {
    const { executor } = this.#ready();
    bytesOf(executor.parameters).set(vector);
    executor.parametersChanged();
    if (given) this.#keep(vector.buffer as ArrayBuffer);
  }

  #keep(buffer: ArrayBuffer): void {
    if (this.#spare.length < this.#options.spareBuffersMax) this.#spare.push(buffer);
  }

  async #compute(request: ComputeRequest): Promise<void> {
    const { job, task, epoch } = request;
    const { post, now, pause } = this.#options;
    const { executor, writer, arena, seed } = this.#ready();
    const { from, to, leaves, numbers, samples } = request;
    this.#running = job;
    const started = now();
    const computation = new RangeComputation({
      executor,
      writer,
      arena,
      task,
      address: { seed, epoch },
      from,
      to,
      leaves,
      numbers,
      samples,
      rows: numbers.map((_, row) => row),
    });
    try {
      for (let more = true; more; ) {
        await pause();
        more = !this.#cancelled.has(job) && computation.step();
      }
      if (this.#cancelled.has(job)) {
        computation.discard();
        post({ type: 'cancelled', job }, []);
      } else {
        const answers = computation.finish().map((answer) => this.#givenAway(answer, arena));
        const transfer = answers.flatMap(({ vector }) => (vector === null ? [] : [vector.buffer]));
        post({ type: 'finished', job, answers, computeMs: now() - started }, transfer);
      }
    } catch (problem) {
      computation.discard();
      post({ type: 'failed', job, message: reasonOf(problem) }, []);
    } finally {
      this.#cancelled.delete(job);
      this.#running = null;
    }
  }

  /** Its vector moves out of the arena into a buffer that can leave this thread. */
  #givenAway(answer: Answer<VectorId>, arena: VectorArena): ArrayAnswer {
    if (answer.vector === null) return { ...answer, vector: null };
    const vector = new Float32Array(this.#takeBuffer(arena.length * 4));
    vector.set(arena.view(answer.vector));
    arena.free(answer.vector);
    return { ...answer, vector };
  }

  #takeBuffer(bytes: number): ArrayBuffer {
    const buffer = this.#spare.pop();
    return buffer?.byteLength === bytes ? buffer : new ArrayBuffer(bytes);
  }

  #ready(): Bench {
    if (this.#bench === null) throw new Error('A slot was given work before it was set up.');
    return this.#bench;
  }
}
