/**
 * What runs in a slot: requests in, answers out. It knows no thread and no clock of its own, so that a worker thread
 * of Node.js, a Web Worker of a browser and a test run the very same program.
 */
import {
  type Answer,
  type Computation,
  compileModel,
  type LeafComputer,
  reasonOf,
  unreachable,
  type VectorId,
} from '@shoal/core';
import type { OpenComputer } from './computers.ts';
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
  /** Whoever takes answers reads them before `post` returns, or copies them: vectors are only lent. */
  readonly lends: boolean;
  /** Milliseconds from any origin. */
  readonly now: () => number;
  /** Resolves after messages that have arrived have been handed to `handle`. */
  readonly pause: () => Promise<void>;
  readonly openComputer: OpenComputer;
  /** How often a job that takes long says how far it is. */
  readonly progressMs: number;
  /** Buffers kept for the next gradients. */
  readonly spareBuffersMax: number;
  /** The slot cannot go on at all: its setup failed. */
  readonly onUnusable: (problem: unknown) => void;
};

/** What is looked at later: a vector that was only lent is copied, since it may change by then. */
function kept<R extends SlotRequest>(request: R): R {
  if (request.type !== 'parameters' || request.given) return request;
  return { ...request, vector: request.vector.slice(), given: true };
}

export class SlotProgram {
  readonly #options: SlotProgramOptions;
  readonly #queue: Exclude<SlotRequest, { readonly type: 'cancel' | 'recycle' }>[] = [];
  readonly #cancelled = new Set<JobId>();
  readonly #spare: ArrayBuffer[] = [];
  #running: JobId | null = null;
  #working = false;
  #computer: LeafComputer | null = null;

  constructor(options: SlotProgramOptions) {
    this.#options = options;
  }

  handle(request: SlotRequest): void {
    switch (request.type) {
      case 'setup':
      case 'parameters':
      case 'compute':
        this.#queue.push(this.#working ? kept(request) : request);
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

  async #setUp({ spec, engine, trainCount }: SetupRequest): Promise<void> {
    const model = compileModel(spec.model);
    this.#spare.length = 0;
    this.#computer?.destroy();
    this.#computer = await this.#options.openComputer(engine, { model, spec, trainCount });
  }

  #setParameters({ vector, given }: ParametersRequest): void {
    this.#ready().setParameters(vector);
    if (given) this.#keep(vector.buffer as ArrayBuffer);
  }

  #keep(buffer: ArrayBuffer): void {
    if (this.#spare.length < this.#options.spareBuffersMax) this.#spare.push(buffer);
  }

  async #compute(request: ComputeRequest): Promise<void> {
    const { job, numbers, rows = numbers.map((_, row) => row) } = request;
    const { post, now, pause, progressMs } = this.#options;
    const computer = this.#ready();
    this.#running = job;
    const started = now();
    let told = started;
    /** Null once it has been finished or given up. */
    let computation: Computation | null = computer.begin({ ...request, rows });
    try {
      for (let more = true; more; ) {
        await pause();
        more = !this.#cancelled.has(job) && (await computation.step());
        const at = now();
        if (!more || at - told < progressMs) continue;
        told = at;
        post({ type: 'progress', job, done: computation.done, computeMs: at - started }, []);
      }
      if (this.#cancelled.has(job)) {
        computation.discard();
        computation = null;
        post({ type: 'cancelled', job }, []);
      } else {
        const finished = await computation.finish();
        computation = null;
        await this.#hand(finished, computer, job, () => now() - started);
      }
    } catch (problem) {
      computation?.discard();
      post({ type: 'failed', job, message: reasonOf(problem) }, []);
    } finally {
      this.#cancelled.delete(job);
      this.#running = null;
    }
  }

  /** Lends what may be lent, and else gives it away. */
  async #hand(
    finished: readonly Answer<VectorId>[],
    computer: LeafComputer,
    job: JobId,
    elapsed: () => number,
  ): Promise<void> {
    const { post, lends } = this.#options;
    const { view } = computer;
    if (lends && view !== null) {
      const answers = finished.map((answer) => ({
        ...answer,
        vector: answer.vector === null ? null : view(answer.vector),
      }));
      try {
        return post({ type: 'finished', job, answers, lent: true, computeMs: elapsed() }, []);
      } finally {
        for (const { vector } of finished) if (vector !== null) computer.free(vector);
      }
    }
    const answers: ArrayAnswer[] = [];
    for (const answer of finished) answers.push(await this.#givenAway(answer, computer));
    const transfer = answers.flatMap(({ vector }) => (vector === null ? [] : [vector.buffer]));
    post({ type: 'finished', job, answers, lent: false, computeMs: elapsed() }, transfer);
  }

  /** Its vector moves out of the computer's store into a buffer that can leave this thread. */
  async #givenAway(answer: Answer<VectorId>, computer: LeafComputer): Promise<ArrayAnswer> {
    if (answer.vector === null) return { ...answer, vector: null };
    const vector = new Float32Array(this.#takeBuffer(computer.vectorLength * 4));
    await computer.read(answer.vector, vector);
    computer.free(answer.vector);
    return { ...answer, vector };
  }

  #takeBuffer(bytes: number): ArrayBuffer {
    const buffer = this.#spare.pop();
    return buffer?.byteLength === bytes ? buffer : new ArrayBuffer(bytes);
  }

  #ready(): LeafComputer {
    if (this.#computer === null) throw new Error('A slot was given work before it was set up.');
    return this.#computer;
  }
}
