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
};

/** Null: the file is removed. */
type Job = { readonly file: string; readonly bytes: Uint8Array | null };

export class CheckpointWriter implements CheckpointsPort {
  readonly #options: CheckpointWriterOptions;
  /** Waiting to be written, best before last: a state never names best parameters that are not on disk. */
  readonly #waiting = new Map<string, Job>();
  /** Best parameters that could not be written: until they are, no state may be written that names them. */
  #owed: Uint8Array | null = null;
  #writing: Promise<void> | null = null;

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
    this.#waiting.set('last', { file: files.last, bytes });
    this.#writing ??= this.#writeAll();
  }

  keep(mark: number, state: KeptState): void {
    this.#later(mark, this.#encoded(state, state.best));
  }

  drop(mark: number): void {
    this.#later(mark, null);
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
      const { kind, file, bytes } = next;
      try {
        if (bytes === null) await this.#options.remove(file);
        else await this.#options.write(file, bytes);
      } catch (error) {
        if (kind === 'best' && !this.#waiting.has('best')) {
          this.#waiting.delete('last');
          this.#owed = bytes;
        }
        this.#options.onProblem({ type: 'checkpointUnwritten', file, problem: reasonOf(error) });
      }
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

  /** Resolves when nothing waits. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }
}
