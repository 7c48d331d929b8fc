/**
 * Parameters of a run as they were on the way, for a replay: of small models, a bounded number, evenly spread over its steps
 * however many these become. They are for looking at: a run never depends on them, and nobody waits for them.
 */
import { exportModel, importParameters, type Model, reasonOf } from '@shoal/core';
import type { KeptFiles } from '../../files/keptFiles.ts';

export const STATES_MAX = 40;
/** Bytes of the parameters beyond which none are kept. */
export const STATE_BYTES_MAX = 1_000_000;
/** A run that goes to its end is thinned so many times at most: what is written and removed again is bounded. */
const THINNINGS = 3;
/** So many may wait to be written; beyond that a fast run leaves some out. */
const WAITING_MAX = 8;

const NAME = /^step-(\d{1,15})\.safetensors$/;
const fileOf = (folder: string, step: number): string => `${folder}/step-${step}.safetensors`;

export type KeptStatesOptions = {
  readonly folder: string;
  readonly files: KeptFiles;
  readonly model: Model;
  /** Of the whole run. */
  readonly steps: number;
  /** What part of the time they may be written at most; absent: any. */
  readonly partOfTime?: number;
  /** Rejects when the run is another coordinator's by now. */
  readonly mayWrite: () => Promise<void>;
  readonly clock: () => number;
  readonly onProblem: (problem: string) => void;
};

export class KeptStates {
  readonly #options: KeptStatesOptions;
  readonly #isSmall: boolean;
  /** Ascending. */
  #kept: number[] = [];
  #every: number;
  #writing: Promise<void> | null = null;
  #waiting = 0;
  #restsUntil = Number.NEGATIVE_INFINITY;
  #failed = false;

  constructor(options: KeptStatesOptions) {
    this.#options = options;
    this.#isSmall = 4 * options.model.vectorLength <= STATE_BYTES_MAX;
    const thinned = options.steps / STATES_MAX / 2 ** THINNINGS;
    this.#every = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, thinned))));
  }

  /** What was kept after this step belongs to no run any more. */
  async begin(lastStep: number): Promise<void> {
    if (!this.#isSmall) return;
    const { files, folder } = this.#options;
    await files.make(folder);
    const there = await keptSteps(files, folder);
    for (const step of there) if (step > lastStep) await files.remove(fileOf(folder, step));
    this.#kept = there.filter((step) => step <= lastStep);
    while (this.#kept.length >= STATES_MAX) await this.#thin();
  }

  /** Whether the parameters after this step are wanted; while too many are being written, none are. */
  isDue(step: number): boolean {
    return (
      this.#isSmall &&
      !this.#failed &&
      step % this.#every === 0 &&
      this.#waiting < (this.#options.partOfTime === undefined ? WAITING_MAX : 1) &&
      this.#options.clock() >= this.#restsUntil &&
      !this.#kept.includes(step)
    );
  }

  /** @param parameters [vectorLength], a copy */
  keep(step: number, parameters: Float32Array): void {
    // What was thinned out while it waited is not written.
    this.#later(async () => {
      if (step % this.#every === 0) await this.#write(step, parameters);
    });
  }

  /** The last one, whether it is due or not. */
  keepLast(step: number, parameters: Float32Array): void {
    if (this.#isSmall && !this.#failed && !this.#kept.includes(step)) {
      this.#later(() => this.#write(step, parameters));
    }
  }

  /** The run is back at this step. */
  forgetAfter(step: number): void {
    if (this.#isSmall) this.#later(() => this.begin(step));
  }

  /** Resolves when nothing waits. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  #later(act: () => Promise<void>): void {
    this.#waiting += 1;
    const before = this.#writing ?? Promise.resolve();
    const writing = before
      .then(() => this.#options.mayWrite())
      .then(act)
      .catch((error: unknown) => {
        // What is only for looking at is not tried again and again.
        this.#failed = true;
        this.#options.onProblem(reasonOf(error));
      })
      .finally(() => {
        this.#waiting -= 1;
        if (this.#writing === writing) this.#writing = null;
      });
    this.#writing = writing;
  }

  async #write(step: number, parameters: Float32Array): Promise<void> {
    const { files, folder, model, clock, partOfTime } = this.#options;
    const from = clock();
    await files.replace(fileOf(folder, step), exportModel(model, parameters));
    this.#kept.push(step);
    if (this.#kept.length > STATES_MAX) await this.#thin();
    if (partOfTime !== undefined) this.#restsUntil = clock() + (clock() - from) / partOfTime;
  }

  /** Every second one goes. */
  async #thin(): Promise<void> {
    const { files, folder } = this.#options;
    this.#every *= 2;
    const gone = this.#kept.filter((step) => step % this.#every !== 0);
    this.#kept = this.#kept.filter((step) => step % this.#every === 0);
    for (const step of gone) await files.remove(fileOf(folder, step));
  }
}

/** The steps whose parameters are kept, ascending; none where no folder is. */
export async function keptSteps(files: KeptFiles, folder: string): Promise<number[]> {
  const { files: names } = await files.list(folder);
  return names
    .map((name) => NAME.exec(name)?.[1])
    .filter((step) => step !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** [vectorLength] of the model; null where they are not kept. @throws CheckpointError for a damaged file */
export async function readState(
  files: KeptFiles,
  folder: string,
  { step, model }: { readonly step: number; readonly model: Model },
): Promise<Float32Array<ArrayBuffer> | null> {
  const bytes = await files.read(fileOf(folder, step));
  return bytes === null ? null : importParameters(model, bytes);
}
