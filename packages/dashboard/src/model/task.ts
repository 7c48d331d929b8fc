/** A long computation as the page shows it: not begun, under way, done, or failed and why. */
import { type Signal, signal } from '@preact/signals';
import { type LabProblem, problemOf } from './lab/labProblem.ts';
import { Cancelled } from './lab/pace.ts';

export type TaskState =
  | { readonly name: 'idle' }
  | { readonly name: 'running'; readonly done: number; readonly total: number }
  | { readonly name: 'failed'; readonly problem: LabProblem };

export type TaskControl = {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
};

/** One at a time; beginning another calls the first off. */
export class LongTask {
  readonly state: Signal<TaskState> = signal({ name: 'idle' });
  #abort: AbortController | null = null;

  /** Runs `work`; null when it was called off or failed, which `state` then says. */
  async run<T>(work: (control: TaskControl) => Promise<T>): Promise<T | null> {
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    const isCurrent = (): boolean => this.#abort === abort;
    this.state.value = { name: 'running', done: 0, total: 1 };
    const progress = (done: number, total: number): void => {
      if (isCurrent()) this.state.value = { name: 'running', done, total };
    };
    try {
      const result = await work({ signal: abort.signal, progress });
      if (!isCurrent()) return null;
      this.state.value = { name: 'idle' };
      return result;
    } catch (error) {
      if (isCurrent()) {
        this.state.value =
          error instanceof Cancelled ? { name: 'idle' } : { name: 'failed', problem: problemOf(error) };
      }
      return null;
    } finally {
      if (isCurrent()) this.#abort = null;
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.state.value = { name: 'idle' };
  }
}
