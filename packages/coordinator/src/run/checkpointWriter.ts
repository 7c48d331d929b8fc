/**
 * Checkpoints on disk. A snapshot is serialised at once (the run may go on) and written in the background, one
 * file at a time; a newer snapshot replaces one that waits. A failed write is said and the last good file stays.
 */
import { encodeCheckpoint, type Model } from '@shoal/core';
import type { CheckpointsPort, Snapshot } from './ports.ts';

export type CheckpointWriterOptions = {
  readonly model: Model;
  readonly specSha256: string;
  readonly kernels: string;
  readonly files: { readonly last: string; readonly best: string };
  /** Replaces a file's content as one: after a crash it is the old or the new. Rejects with the system's error. */
  readonly write: (file: string, content: Uint8Array) => Promise<void>;
  readonly onProblem: (message: string) => void;
};

export class CheckpointWriter implements CheckpointsPort {
  readonly #options: CheckpointWriterOptions;
  /** Waiting to be written, best before last: a state never names best parameters that are not on disk. */
  readonly #waiting = new Map<'best' | 'last', Uint8Array>();
  /** Best parameters that could not be written: until they are, no state may be written that names them. */
  #owed: Uint8Array | null = null;
  #writing: Promise<void> | null = null;

  constructor(options: CheckpointWriterOptions) {
    this.#options = options;
  }

  save(snapshot: Snapshot, best: boolean): void {
    const { model, specSha256, kernels } = this.#options;
    const bytes = encodeCheckpoint({ model, specSha256, kernels, ...snapshot });
    // Re-inserted, so that "best" always stands before the "last" that refers to it.
    this.#waiting.delete('last');
    if (best) this.#waiting.set('best', bytes);
    else if (this.#owed !== null) this.#waiting.set('best', this.#owed);
    this.#owed = null;
    this.#waiting.set('last', bytes);
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    for (let next = this.#take(); next !== null; next = this.#take()) {
      const file = this.#options.files[next.kind];
      try {
        await this.#options.write(file, next.bytes);
      } catch (error) {
        if (next.kind === 'best' && !this.#waiting.has('best')) {
          this.#waiting.delete('last');
          this.#owed = next.bytes;
        }
        const text = error instanceof Error ? error.message : String(error);
        this.#options.onProblem(
          `The checkpoint ${file} could not be written (${text}). The last good one stays; free some space and the next one is written as usual.`,
        );
      }
    }
    this.#writing = null;
  }

  #take(): { readonly kind: 'best' | 'last'; readonly bytes: Uint8Array } | null {
    for (const [kind, bytes] of this.#waiting) {
      this.#waiting.delete(kind);
      return { kind, bytes };
    }
    return null;
  }

  /** Resolves when nothing waits. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }
}
