/**
 * How many answers of each identity have been found right, kept across runs in one small file of the runs folder.
 * Whoever has proved itself is checked less; whoever is convicted begins anew.
 */

import { join } from 'node:path';
import type { RunFact } from '@shoal/core';
import { diskFiles } from '../../files/diskFiles.ts';
import { type KeptFiles, readText } from '../../files/keptFiles.ts';

/** Identities that are remembered; those found right longest ago are forgotten first. */
const IDENTITIES_MAX = 10_000;
/** How long a change may wait to be written with others. */
const DELAY_MS = 2_000;
const FILE = 'standing.json';

export class ProvenWorkers {
  readonly #files: KeptFiles;
  readonly #file: string;
  readonly #onProblem: (fact: RunFact) => void;
  /** The one found right last is last. */
  readonly #verified: Map<string, number>;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    files: KeptFiles,
    file: string,
    verified: Map<string, number>,
    onProblem: (fact: RunFact) => void,
  ) {
    this.#files = files;
    this.#file = file;
    this.#verified = verified;
    this.#onProblem = onProblem;
  }

  /** A file that is missing or damaged is an empty one: everybody is checked as a newcomer again. */
  static async open(
    runsFolder: string,
    onProblem: (fact: RunFact) => void,
    files: KeptFiles = diskFiles,
  ): Promise<ProvenWorkers> {
    const file = join(runsFolder, FILE);
    const verified = new Map<string, number>();
    try {
      const parsed: unknown = JSON.parse((await readText(files, file)) ?? '');
      if (typeof parsed === 'object' && parsed !== null) {
        for (const [identity, count] of Object.entries(parsed).slice(-IDENTITIES_MAX)) {
          if (Number.isSafeInteger(count) && count > 0) verified.set(identity, count as number);
        }
      }
    } catch {
      // As said above.
    }
    return new ProvenWorkers(files, file, verified, onProblem);
  }

  get all(): ReadonlyMap<string, number> {
    return this.#verified;
  }

  set(identity: string, verified: number): void {
    this.#verified.delete(identity);
    this.#verified.set(identity, verified);
    if (this.#verified.size > IDENTITIES_MAX) {
      const [oldest] = this.#verified.keys();
      if (oldest !== undefined) this.#verified.delete(oldest);
    }
    this.#later();
  }

  forget(identity: string): void {
    if (this.#verified.delete(identity)) this.#later();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => void this.flush(), DELAY_MS);
  }

  /** Resolves when what is known now is on disk, or the problem has been told. */
  flush(): Promise<void> {
    if (this.#timer === null) return this.#writing;
    clearTimeout(this.#timer);
    this.#timer = null;
    const content = `${JSON.stringify(Object.fromEntries(this.#verified))}\n`;
    this.#writing = this.#writing
      .then(() => this.#files.replace(this.#file, content, true))
      .catch((error: Error) =>
        this.#onProblem({ type: 'standingUnwritten', file: this.#file, problem: error.message }),
      );
    return this.#writing;
  }
}
