/**
 * The log in a run's folder, `run.log`: a line for what happened to the run, for whoever comes back to it. Why it ended is
 * in it even when nobody read what was printed. No worker is named in it: folders are passed on.
 */
import { appendFileSync } from 'node:fs';
import { printable } from '../../terminal/printable.ts';

export class RunLog {
  readonly #file: string;
  readonly #now: () => Date;

  constructor(file: string, now: () => Date) {
    this.#file = file;
    this.#now = now;
  }

  /** Written when it returns: it is rare, and the process may be about to end. */
  add(level: 'info' | 'warn', message: string): void {
    try {
      appendFileSync(this.#file, `${this.#now().toISOString()} ${level} ${printable(message)}\n`);
    } catch {
      // A disk that is full or gone is told by whoever writes what matters more.
    }
  }
}
