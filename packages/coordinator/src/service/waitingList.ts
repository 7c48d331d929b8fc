/**
 * What waits for its turn, in order and bounded, and `queue.json` in the folder of runs, which outlives the process. A
 * coordinator that dies finds there what was going on and what was to follow.
 */
import { join } from 'node:path';
import { type QueueEntry, reasonOf } from '@shoal/core';
import * as v from 'valibot';
import { UserError } from '../errors.ts';
import { type KeptFiles, readText } from '../files/keptFiles.ts';
import { ControlError } from '../server/coordinatorControl.ts';

export const WAITING_MAX = 200;

/** `spec` of a run is as it was handed in, with every field. */
export type Waiting = QueueEntry & { readonly spec?: unknown };

const entrySchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,128}$/)),
  kind: v.picklist(['run', 'resume', 'sweep']),
  name: v.string(),
  trials: v.number(),
  queuedAt: v.string(),
  spec: v.exactOptional(v.unknown()),
});
const fileSchema = v.object({ going: v.nullable(entrySchema), waiting: v.array(entrySchema) });

export const queueFile = (runsFolder: string): string => join(runsFolder, 'queue.json');

/** What a coordinator has left there; null where there is none. @throws UserError for a damaged file */
export async function readQueue(
  files: KeptFiles,
  runsFolder: string,
): Promise<{ readonly going: Waiting | null; readonly waiting: readonly Waiting[] } | null> {
  const file = queueFile(runsFolder);
  const text = await readText(files, file);
  if (text === null) return null;
  try {
    return v.parse(fileSchema, JSON.parse(text));
  } catch (error) {
    throw new UserError(`The queue ${file} cannot be read (${reasonOf(error)}). Restore it, or remove it.`);
  }
}

export class WaitingList {
  readonly #files: KeptFiles;
  readonly #runsFolder: string;
  #waiting: readonly Waiting[] = [];
  #isWritten = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(files: KeptFiles, runsFolder: string) {
    this.#files = files;
    this.#runsFolder = runsFolder;
  }

  get entries(): readonly Waiting[] {
    return this.#waiting;
  }

  /** Where an entry stands, 1 for the next; 0 where there is none of this name. */
  placeOf(id: string): number {
    return this.#waiting.findIndex((entry) => entry.id === id) + 1;
  }

  /** What was left by a process before this one comes first; `going` of it is the very next. */
  async read(isOver: (entry: Waiting) => boolean): Promise<void> {
    const left = await readQueue(this.#files, this.#runsFolder);
    if (left === null) return;
    this.#isWritten = true;
    const all = [...(left.going === null ? [] : [left.going]), ...left.waiting];
    const known = new Set(this.#waiting.map(({ id }) => id));
    this.#waiting = [...all.filter((entry) => !known.has(entry.id) && !isOver(entry)), ...this.#waiting];
  }

  /** @throws ControlError where too many wait */
  add(entry: Waiting): void {
    if (this.#waiting.length >= WAITING_MAX) {
      throw new ControlError('queueFull', `As many runs wait as may: ${WAITING_MAX}. Take one out first.`);
    }
    this.#waiting = [...this.#waiting, entry];
  }

  /** Back to where it was. */
  putFirst(entry: Waiting): void {
    this.#waiting = [entry, ...this.#waiting];
  }

  shift(): Waiting | null {
    const [next = null, ...others] = this.#waiting;
    this.#waiting = others;
    return next;
  }

  /** @throws ControlError */
  remove(id: string): Waiting {
    const entry = this.#found(id);
    this.#waiting = this.#waiting.filter((one) => one !== entry);
    return entry;
  }

  /** @returns the entry, and its place as it is now @throws ControlError */
  move(id: string, place: number): readonly [Waiting, number] {
    const entry = this.#found(id);
    const others = this.#waiting.filter((one) => one !== entry);
    const at = Math.min(others.length, Math.max(0, place - 1));
    this.#waiting = [...others.slice(0, at), entry, ...others.slice(at)];
    return [entry, at + 1];
  }

  clear(): void {
    this.#waiting = [];
    this.#isWritten = false;
  }

  /** Durable once it resolves; `going` null where what goes on is not to be gone on with. @throws UserError */
  keep(going: Waiting | null): Promise<void> {
    const file = queueFile(this.#runsFolder);
    const content = { going, waiting: this.#waiting };
    const isEmpty = going === null && this.#waiting.length === 0;
    const files = this.#files.asOfNow();
    const turn = this.#writing.then(async () => {
      if (isEmpty && !this.#isWritten) return;
      this.#isWritten = !isEmpty;
      try {
        if (isEmpty) return await files.remove(file);
        await files.make(this.#runsFolder);
        await files.replace(file, `${JSON.stringify(content, null, 2)}\n`, true);
      } catch (error) {
        throw new UserError(
          `The queue cannot be written to ${file} (${reasonOf(error)}). Free some space or mend its permissions, and try again.`,
        );
      }
    });
    this.#writing = turn.catch(() => {});
    return turn;
  }

  #found(id: string): Waiting {
    const entry = this.#waiting.find((one) => one.id === id);
    if (entry === undefined) {
      throw new ControlError(
        'notQueued',
        `Nothing called "${id.slice(0, 128)}" waits: it has begun, or was taken out.`,
      );
    }
    return entry;
  }
}
