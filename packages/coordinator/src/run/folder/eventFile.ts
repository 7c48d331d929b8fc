/**
 * The curves of a run for TensorBoard, in its folder: `events.out.tfevents.…`. It is for looking at only, as `steps.jsonl` is. A run
 * that is taken up again, or goes back to an earlier state, gets a new file under a later name, which holds what remains of
 * the one before and takes its place: so no step is there twice. Whoever has read the old one meanwhile is told by the
 * first record of the new one to forget it.
 */
import { basename, dirname, join } from 'node:path';
import type { EpochRecord, RunFact, RunResult, StepPoint } from '@shoal/core';
import type { KeptFiles } from '../../files/keptFiles.ts';
import { BatchedFile } from './batchedFile.ts';
import {
  decodeRecords,
  encodeRecord,
  readEvent,
  type Scalars,
  scalarsEvent,
  startEvent,
  versionEvent,
} from './eventRecords.ts';

const PREFIX = 'events.out.tfevents.';

/** How far the run is that goes on: what was written of later steps and epochs is void. */
export type Reached = { readonly step: number; readonly epochs: number };

/** By it an epoch's record is told from a step's. */
const EPOCH_TAG = 'loss/train';

export type EventFileOptions = {
  readonly folder: string;
  readonly files: KeptFiles;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onProblem: (fact: RunFact) => void;
};

export class EventFile {
  readonly #options: EventFileOptions;
  readonly #file: BatchedFile;

  constructor(options: EventFileOptions) {
    const { folder, files, onProblem } = options;
    this.#options = options;
    this.#file = new BatchedFile({ file: join(folder, nameAt(options.now())), files, onProblem });
  }

  /** The run begins, goes on, or is back in an earlier state. */
  begin(reached: Reached): void {
    void this.#file.flush();
    void this.#file.change((file) => this.#rewrite(file, reached));
  }

  async #rewrite(file: string, reached: Reached): Promise<string> {
    const { files, folder, now } = this.#options;
    const before = (await files.list(folder)).files.filter((name) => name.startsWith(PREFIX)).sort();
    const ms = Math.max(now(), ...before.map((name) => timeOf(name) + 1));
    const next = join(folder, nameAt(ms));
    const kept: Uint8Array[] = [versionEvent(ms / 1000)];
    if (before.length > 0) kept.push(startEvent(ms / 1000, 0));
    for (const name of before) {
      const content = await files.read(join(folder, name));
      kept.push(...remaining(content === null ? [] : decodeRecords(content), reached));
    }
    await files.replace(next, Buffer.concat(kept.map(encodeRecord)));
    for (const name of before) if (name !== basename(next)) await files.remove(join(dirname(file), name));
    return next;
  }

  step({ globalStep, loss, learningRate, gradientNorm, samplesPerSecond }: StepPoint): void {
    this.#add(globalStep, {
      'loss/step': loss,
      learning_rate: learningRate,
      gradient_norm: gradientNorm,
      samples_per_second: samplesPerSecond,
    });
  }

  /** `step`: the last of the epoch. Where a number is predicted there is no accuracy. */
  epoch(record: EpochRecord, step: number, hasAccuracy: boolean): void {
    const { trainLoss, trainAccuracy, validationLoss, validationAccuracy } = record;
    this.#add(step, {
      [EPOCH_TAG]: trainLoss,
      'accuracy/train': hasAccuracy ? trainAccuracy : null,
      'loss/validation': validationLoss,
      'accuracy/validation': hasAccuracy ? validationAccuracy : null,
    });
  }

  result({ steps, testLoss, testAccuracy }: Pick<RunResult, 'steps' | 'testLoss' | 'testAccuracy'>): void {
    this.#add(steps, { 'loss/test': testLoss, 'accuracy/test': testAccuracy });
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  #add(step: number, values: Readonly<Record<string, number | null>>): void {
    const scalars: Scalars = Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null),
    );
    if (Object.keys(scalars).length === 0) return;
    this.#file.append(encodeRecord(scalarsEvent(this.#options.now() / 1000, step, scalars)));
  }
}

/** Of the events of a file, those that still hold. */
function remaining(events: readonly Uint8Array[], { step, epochs }: Reached): Uint8Array[] {
  let epoch = 0;
  return events.filter((event) => {
    const read = readEvent(event);
    if (read === null || read.step > step) return false;
    if (!read.tags.includes(EPOCH_TAG)) return true;
    epoch += 1;
    return epoch <= epochs;
  });
}

/** Names are in the order of time, by which TensorBoard reads them. */
const nameAt = (ms: number): string =>
  `${PREFIX}${Math.floor(ms / 1000)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}.shoal`;

function timeOf(name: string): number {
  const [seconds = '', ms = ''] = name.slice(PREFIX.length).split('.');
  return Number(seconds) * 1000 + Number(ms);
}
