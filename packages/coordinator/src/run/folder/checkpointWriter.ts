/**
 * Checkpoints on disk. A snapshot is serialised at once (the run may go on) and written in the background, one
 * file at a time; a newer snapshot replaces one that waits. A failed write is said and the last good file stays.
 */
import { encodeCheckpoint, type Model, type RunFact, reasonOf } from '@shoal/core';
import type { CheckpointsPort, KeptState, Snapshot } from '../ports.ts';

export type CheckpointWriterOptions = {
  readonly model: Model;
  readonly specSha256: string;
  readonly kernels: string;
  readonly files: {
    readonly last: string;
    readonly best: string;
    /** Of the state with this mark, in a run that keeps earlier states to go back to. */
    readonly history: (mark: number) => string;
  };
  /** Replaces a file's content as one: after a crash it is the old or the new. Rejects with the system's error. */
  readonly write: (file: string, content: Uint8Array) => Promise<void>;
  /** A file that is not there is no problem. Rejects with the system's error. */
  readonly remove: (file: string) => Promise<void>;
  readonly onProblem: (fact: RunFact) => void;
  /** The last state that is kept is the one after so many steps. */
  readonly onKept?: (step: number) => void;
  /** What part of the time states may be written at most; the next one waits for so long, and is the newest then. */
  readonly partOfTime?: number;
};

/** However long a write took, the next one waits no longer than this. */
const REST_MS_MAX = 10_000;

/** Null: the file is removed. */
type Job = { readonly file: string; readonly bytes: Uint8Array | null; readonly step?: number };

export class CheckpointWriter implements CheckpointsPort {
  readonly #options: CheckpointWriterOptions;
  /** Waiting to be written, best before last: a state never names best parameters that are not on disk. */
  readonly #waiting = new Map<string, Job>();
  /** Best parameters that could not be written: until they are, no state may be written that names them. */
  #owed: Uint8Array | null = null;
  #writing: Promise<void> | null = null;
  /** Somebody waits for all of it. */
  #isFlushing = false;
  /** Ends a rest. */
  #wake: () => void = () => {};

  constructor(options: CheckpointWriterOptions) {
    this.#options = options;
  }

  save(snapshot: Snapshot, best: boolean): void {
    const { files } = this.#options;
    const bytes = this.#encoded(snapshot, null);
    // Re-inserted, so that "best" always stands before the "last" that refers to it.
    this.#waiting.delete('last');
    const bestBytes = best ? bytes : this.#owed;
    if (bestBytes !== null) this.#waiting.set('best', { file: files.best, bytes: bestBytes });
    this.#owed = null;
    this.#waiting.set('last', { file: files.last, bytes, step: snapshot.progress.globalStep });
    this.#writing ??= this.#writeAll();
  }

  keep(mark: number, state: KeptState): void {
    this.#later(mark, this.#encoded(state, state.best));
  }

  drop(mark: number): void {
    // What was never written need not be removed.
    if (this.#waiting.get(this.#options.files.history(mark))?.bytes instanceof Uint8Array) {
      this.#waiting.delete(this.#options.files.history(mark));
    } else this.#later(mark, null);
  }

  #later(mark: number, bytes: Uint8Array | null): void {
    const file = this.#options.files.history(mark);
    this.#waiting.delete(file);
    this.#waiting.set(file, { file, bytes });
    this.#writing ??= this.#writeAll();
  }

  #encoded(snapshot: Snapshot, best: Float32Array | null): Uint8Array {
    const { model, specSha256, kernels } = this.#options;
    return encodeCheckpoint({ model, specSha256, kernels, ...snapshot, best });
  }

  async #writeAll(): Promise<void> {
    for (let next = this.#take(); next !== null; next = this.#take()) {
      const { kind, file, bytes, step } = next;
      const from = performance.now();
      try {
        if (bytes === null) await this.#options.remove(file);
        else await this.#options.write(file, bytes);
        if (step !== undefined) this.#options.onKept?.(step);
      } catch (error) {
        if (kind === 'best' && !this.#waiting.has('best')) {
          this.#waiting.delete('last');
          this.#owed = bytes;
        }
        this.#options.onProblem({ type: 'checkpointUnwritten', file, problem: reasonOf(error) });
      }
      if (bytes !== null) await this.#rest(performance.now() - from);
    }
    this.#writing = null;
  }

  #take(): (Job & { readonly kind: string }) | null {
    for (const [kind, job] of this.#waiting) {
      this.#waiting.delete(kind);
      return { kind, ...job };
    }
    return null;
  }

  async #rest(tookMs: number): Promise<void> {
    const { partOfTime } = this.#options;
    if (partOfTime === undefined || this.#isFlushing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(REST_MS_MAX, tookMs / partOfTime - tookMs));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Resolves when nothing waits. */
  async flush(): Promise<void> {
    this.#isFlushing = true;
    this.#wake();
    while (this.#writing !== null) await this.#writing;
    this.#isFlushing = false;
  }
}
