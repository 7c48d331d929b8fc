/**
 * A lock on a folder, so that one coordinator at a time writes in it. It survives a holder that is killed: whether that
 * still lives is looked up where its processes can be seen, and elsewhere judged by a sign of life.
 *
 * In the folder `lock` lie files with numbers; the highest one says who holds the lock, or that nobody does. Whoever
 * takes it creates the next number, which a file system grants to one only, network file systems included. Numbers only
 * rise: the highest file is never removed, so that nobody who looked long ago takes a number that was in use before.
 * (The package `proper-lockfile` knows no holder: it waits out a time after every kill, and cannot say who it is.)
 */

import { mkdir, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FactOf } from '@shoal/core';
import * as v from 'valibot';
import { UserError } from '../../errors.ts';
import { lifeOf, type ProcessIdentity, processSchema, thisProcess } from './processIdentity.ts';

/** How often a holder gives a sign of life. */
const BEAT_MS = 2_000;
/** How long a holder that cannot be seen is watched for one; five are left out by then. */
const PATIENCE_MS = 10_000;
const WATCH_MS = 500;
/** Attempts in which others were faster. */
const ATTEMPTS_MAX = 20;

/** Another has it. The message is a sentence that says who, and how to go on. */
export class LockedError extends UserError {}

const holderSchema = v.object({ ...processSchema.entries, since: v.string() });
type Holder = v.InferOutput<typeof holderSchema>;

export type LockOptions = {
  /** What is locked, as the subject of a sentence: `The run mnist-mlp-…`. */
  readonly what: string;
  /** Absent: in real time. */
  readonly wait?: (ms: number) => Promise<void>;
  /** Absent: this process. A test takes the part of another. */
  readonly self?: ProcessIdentity;
  /** Absent: as the system says. */
  readonly lifeOf?: typeof lifeOf;
};

const realTime = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** That nobody else writes for a run, while it goes on. */
export interface RunLock {
  /**
   * To be asked before something is written that another holder would write too. Where nothing can be learnt of others,
   * none is there.
   */
  holds(): Promise<boolean>;
  /** Called when another has taken over all the same: nothing may be written any more. */
  onLost(listener: (reason: FactOf<'takenOver'>) => void): void;
  /** Idempotent. */
  release(): Promise<void>;
}

export class FolderLock implements RunLock {
  readonly #folder: string;
  readonly #number: number;
  readonly #options: LockOptions;
  readonly #beats: NodeJS.Timeout;
  #onLost: (reason: FactOf<'takenOver'>) => void = () => {};
  #isOver = false;

  /** `folder` is made when it is not there. @throws UserError, naming the holder, when another has it */
  static async take(folder: string, options: LockOptions): Promise<FolderLock> {
    await mkdir(folder, { recursive: true });
    const self: Holder = { ...(options.self ?? thisProcess()), since: new Date().toISOString() };
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const highest = await highestIn(folder);
      const isHere =
        highest === 0 || (await refuseWhileHeld(fileOf(folder, highest), options).catch(isMissing));
      if (!isHere) continue;
      const number = highest + 1;
      if (!(await create(fileOf(folder, number), `${JSON.stringify(self)}\n`))) continue;
      // Whoever looked at a list that was old may have come in below the holder.
      if ((await highestIn(folder)) === number) {
        for (const lower of await numbersIn(folder))
          if (lower < number) await rm(fileOf(folder, lower), { force: true });
        return new FolderLock(folder, number, options);
      }
      await rm(fileOf(folder, number), { force: true });
    }
    throw new UserError(
      `${options.what} is being opened by several processes at once. Try again in a moment.`,
    );
  }

  private constructor(folder: string, number: number, options: LockOptions) {
    this.#folder = folder;
    this.#number = number;
    this.#options = options;
    this.#beats = setInterval(() => void this.beat(), BEAT_MS);
    this.#beats.unref();
  }

  /** Called when another has taken the lock all the same, since no sign of life came through: nothing may be written. */
  onLost(listener: (reason: FactOf<'takenOver'>) => void): void {
    this.#onLost = listener;
  }

  /** Gives a sign of life, and looks whether the lock is still this one's. */
  async beat(): Promise<boolean> {
    if (this.#isOver) return false;
    const now = new Date();
    await utimes(fileOf(this.#folder, this.#number), now, now).catch(() => {});
    return this.holds();
  }

  /**
   * To be asked before something is written that another holder would write too. A folder that cannot be read says
   * nothing about others.
   */
  async holds(): Promise<boolean> {
    if (this.#isOver) return false;
    const highest = await highestIn(this.#folder).catch(() => this.#number);
    if (highest <= this.#number) return true;
    if (!this.#isOver) {
      this.#end();
      const holder = await readHolder(fileOf(this.#folder, highest)).catch(() => null);
      this.#onLost({ type: 'takenOver', what: this.#options.what, by: describe(holder) });
    }
    return false;
  }

  #end(): void {
    this.#isOver = true;
    clearInterval(this.#beats);
  }

  /** Idempotent. */
  async release(): Promise<void> {
    if (this.#isOver) return;
    this.#end();
    // What cannot be written is seen to be nobody's once this process has ended.
    await writeFile(fileOf(this.#folder, this.#number), 'free\n').catch(() => {});
  }
}

/** The lock of a run. @throws as `take` */
export const lockRun = (runFolder: string, runId: string): Promise<FolderLock> =>
  FolderLock.take(join(runFolder, 'lock'), { what: `The run ${runId}` });

const fileOf = (folder: string, number: number): string => join(folder, String(number));

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.filter((name) => /^[1-9]\d{0,14}$/.test(name)).map(Number);
}

const highestIn = async (folder: string): Promise<number> => Math.max(0, ...(await numbersIn(folder)));

/** @returns false when there is such a file */
async function create(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Null: nobody holds it. `'unreadable'`: it is being written, or was cut short. */
async function readHolder(file: string): Promise<Holder | null | 'unreadable'> {
  const text = await readFile(file, 'utf8');
  if (text === 'free\n') return null;
  try {
    return v.parse(holderSchema, JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

/** Resolves when the lock can be taken. @throws UserError when it is held, the system's error when the file is gone */
async function refuseWhileHeld(file: string, options: LockOptions): Promise<true> {
  const { what, wait = realTime } = options;
  let holder = await readHolder(file);
  let life = holder === null || holder === 'unreadable' ? 'unknown' : (options.lifeOf ?? lifeOf)(holder);
  const first = await signOfLife(file);
  for (let watchedMs = 0; holder !== null && life !== 'is gone'; watchedMs += WATCH_MS) {
    if (life === 'lives' || (await signOfLife(file)) !== first) {
      throw new LockedError(
        `${what} is in use by ${describe(holder)}, and two would write over each other. Watch and control it there, or ` +
          `end that one first (Ctrl-C, or SIGTERM to that process) and then try again.`,
      );
    }
    if (watchedMs >= PATIENCE_MS) return true;
    await wait(WATCH_MS);
    holder = await readHolder(file);
    if (holder !== null && holder !== 'unreadable') life = (options.lifeOf ?? lifeOf)(holder);
  }
  return true;
}

/** A file that a new holder has removed: the list is looked at again. */
function isMissing(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOENT') return false;
  throw error;
}

/** Opened each time: a network file system then asks its server, instead of telling what it remembers. */
async function signOfLife(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    return (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
  }
}

function describe(holder: Holder | null | 'unreadable'): string {
  if (holder === null || holder === 'unreadable') return 'another process';
  return `process ${holder.pid} on ${holder.host} (since ${holder.since.replace('T', ' ').slice(0, 19)} UTC)`;
}
