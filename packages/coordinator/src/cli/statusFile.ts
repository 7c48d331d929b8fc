/**
 * A worker's pulse in a file, rewritten every second: `joined`, `between runs`, or `waiting` for its coordinator.
 * Whoever looks after the process sees from the file's age that it is not stuck, and from the words what it does.
 */
import { writeFile } from 'node:fs';
import type { Presence } from '@shoal/worker';

export class StatusFile {
  readonly #file: string;
  readonly #onProblem: (sentence: string) => void;
  #writing = false;
  #told = false;

  constructor(file: string, onProblem: (sentence: string) => void) {
    this.#file = file;
    this.#onProblem = onProblem;
  }

  /** At most one write is under way; a beat in the meantime is left out. */
  beat(presence: Presence): void {
    if (this.#writing) return;
    this.#writing = true;
    writeFile(this.#file, `${presence}\n`, (error) => {
      this.#writing = false;
      if (error === null || this.#told) return;
      this.#told = true;
      this.#onProblem(`The status file cannot be written (${error.message}); the work goes on without it.`);
    });
  }
}
