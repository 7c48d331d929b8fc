/** The page's side of the worker that looks into the model. */
import { unreachable } from '../shared/unreachable.ts';
import { LabError } from './lab/labProblem.ts';
import { Cancelled } from './lab/pace.ts';
import type { PageMessage, TaskName, Tasks, WorkerMessage } from './modelMessages.ts';

export type AskOptions<A> = {
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
  readonly partly?: (answer: A) => void;
};

type Pending = {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((done: number, total: number) => void) | undefined;
  readonly partly: ((answer: never) => void) | undefined;
};

const calledOff = (): Cancelled => new Cancelled('The task was called off.');

export class ModelClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #last = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => this.#hear(data);
    worker.onerror = (event) => {
      for (const { reject } of this.#pending.values()) {
        reject(new LabError({ type: 'noWorker', text: event.message }));
      }
      this.#pending.clear();
    };
  }

  tell(message: Exclude<PageMessage, { readonly type: 'task' | 'cancel' }>): void {
    this.#worker.postMessage(message);
  }

  /** Rejects with a `LabError`, or with `Cancelled` when the signal said so or the run is another now. */
  ask<K extends TaskName>(
    name: K,
    ask: Tasks[K]['ask'],
    { signal, progress, partly }: AskOptions<Tasks[K]['answer']> = {},
  ): Promise<Tasks[K]['answer']> {
    // Called off while what it needs was on its way: the signal says so no second time.
    if (signal?.aborted === true) return Promise.reject(calledOff());
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, {
        resolve: resolve as (answer: unknown) => void,
        reject,
        progress,
        partly: partly as ((answer: never) => void) | undefined,
      });
      const abort = (): void => {
        this.#worker.postMessage({ type: 'cancel', id });
        // Nothing is heard of it any more, nor what the worker has said before it knows.
        this.#pending.delete(id);
        reject(calledOff());
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#worker.postMessage({ type: 'task', id, name, ask });
    });
  }

  #hear(message: WorkerMessage): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    switch (message.type) {
      case 'progress':
        pending.progress?.(message.done, message.total);
        return;
      case 'partly':
        pending.partly?.(message.answer as never);
        return;
      case 'answer':
        pending.resolve(message.answer);
        break;
      case 'cancelled':
        pending.reject(calledOff());
        break;
      case 'failed':
        pending.reject(new LabError(message.problem));
        break;
      default:
        unreachable(message);
    }
    this.#pending.delete(message.id);
  }

  /** Whoever waits for an answer is told that it was called off. */
  close(): void {
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(new Cancelled('Nobody looks any more.'));
    this.#pending.clear();
  }
}

/** With a worker of its own. */
export const startModelClient = (): ModelClient =>
  new ModelClient(new Worker(new URL('./modelWorker.ts', import.meta.url), { type: 'module' }));
