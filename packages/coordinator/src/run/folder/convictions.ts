/**
 * Convictions in the run's folder: a JSON object a line with the evidence, for the operator to read and for
 * a resumed run to refuse the same identities.
 */
import { type RunFact, reasonOf } from '@shoal/core';
import { type KeptFiles, readText } from '../../files/keptFiles.ts';
import type { Evidence } from '../../transition/model/effects.ts';

export type Conviction = Evidence & {
  /** ISO 8601. */
  readonly at: string;
};

/** Lines that are looked at: a run with more convictions than fit has other worries. */
const LINES_MAX = 10_000;

export class ConvictionLog {
  readonly #files: KeptFiles;
  readonly #file: string;
  readonly #onProblem: (fact: RunFact) => void;
  #writing: Promise<void> = Promise.resolve();

  constructor(files: KeptFiles, file: string, onProblem: (fact: RunFact) => void) {
    this.#files = files;
    this.#file = file;
    this.#onProblem = onProblem;
  }

  add(evidence: Evidence, now: Date): void {
    const line = `${JSON.stringify({ at: now.toISOString(), ...evidence })}\n`;
    this.#writing = this.#writing
      .then(() => this.#files.append(this.#file, line, true))
      .catch((error) =>
        this.#onProblem({ type: 'convictionUnwritten', file: this.#file, problem: reasonOf(error) }),
      );
  }

  /** Resolves when those that were added before are kept, or cannot be. */
  settled(): Promise<void> {
    return this.#writing;
  }
}

/** Identities that were convicted in this run; a line that a crash cut short is passed over. */
export async function convictedIdentities(files: KeptFiles, file: string): Promise<string[]> {
  const text = (await readText(files, file).catch(() => null)) ?? '';
  const identities: string[] = [];
  for (const line of text.split('\n').slice(0, LINES_MAX)) {
    try {
      const { identity } = JSON.parse(line) as { readonly identity?: unknown };
      if (typeof identity === 'string') identities.push(identity);
    } catch {
      // Not written to its end.
    }
  }
  return identities;
}
