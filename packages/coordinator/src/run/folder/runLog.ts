/**
 * The log in a run's folder, `run.log`: a line for what happened to the run, for whoever comes back to it. Why it ended is
 * in it even when nobody read what was printed. No worker is named in it: folders are passed on.
 */
import type { KeptFiles } from '../../files/keptFiles.ts';
import { printable } from '../../terminal/printable.ts';

export class RunLog {
  readonly #files: KeptFiles;
  readonly #file: string;
  readonly #now: () => Date;

  constructor(files: KeptFiles, file: string, now: () => Date) {
    this.#files = files;
    this.#file = file;
    this.#now = now;
  }

  add(level: 'info' | 'warn', message: string): void {
    this.#files.jot(this.#file, `${this.#now().toISOString()} ${level} ${printable(message)}\n`);
  }
}
