/** A file that grows in batches behind a run: nothing waits for it, and that it cannot be written is told once. */
import { type RunFact, reasonOf } from '@shoal/core';
import type { KeptFiles } from '../../files/keptFiles.ts';

/** What is appended waits at most so long to be written. */
const FLUSH_MS = 2_000;

export type BatchedFileOptions = {
  readonly file: string;
  readonly files: KeptFiles;
  readonly onProblem: (fact: RunFact) => void;
};

export class BatchedFile {
  readonly #options: BatchedFileOptions;
  #file: string;
  #waiting: Uint8Array[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #told = false;

  constructor(options: BatchedFileOptions) {
    this.#options = options;
    this.#file = options.file;
  }

  /** What it begins with. Rejects as writing does. */
  begin(content: Uint8Array): Promise<void> {
    return this.#options.files.replace(this.#file, content);
  }

  append(content: Uint8Array): void {
    this.#waiting.push(content);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /**
   * What is appended from now on follows what `make` has written in place of all before. `make` may give the file another name.
   */
  change(make: (file: string, files: KeptFiles) => Promise<string>): Promise<void> {
    return this.#turn(async () => {
      this.#file = await make(this.#file, this.#options.files);
    });
  }

  /** Resolves when everything is written, or cannot be. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const content = Buffer.concat(this.#waiting);
    this.#waiting = [];
    if (content.length === 0) return this.#writing;
    return this.#turn(() => this.#options.files.append(this.#file, content));
  }

  #turn(write: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(write).catch((error: unknown) => {
      if (this.#told) return;
      this.#told = true;
      this.#options.onProblem({ type: 'curveUnwritten', file: this.#file, problem: reasonOf(error) });
    });
    return this.#writing;
  }
}
