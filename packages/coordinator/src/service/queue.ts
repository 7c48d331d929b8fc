/**
 * Runs and sweeps one after another: what is asked for while something goes on waits, and when that ends the next begins
 * by itself, with the workers that are there.
 */
import { type ControlFact, type QueueView, reasonOf } from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { NewsStream } from '../news/news.ts';
import type { RunLock } from '../run/folder/lock.ts';
import { ControlError, type QueueControl, type Submitted } from '../server/coordinatorControl.ts';
import type { Coordinator } from './coordinator.ts';
import { type Waiting, WaitingList } from './waitingList.ts';

/** Something has begun; `ended` resolves when it is over, however that came. */
export type Begun = { readonly ended: Promise<unknown> };

export type RunQueueOptions = {
  readonly coordinator: Pick<Coordinator, 'isBusy' | 'mayGoOn' | 'staysOpen' | 'current' | 'notice'>;
  readonly files: KeptFiles;
  readonly runsFolder: string;
  readonly news: NewsStream;
  /** Held as long as something of this queue lies in the folder: of two coordinators one carries it out. */
  readonly lock: () => Promise<Pick<RunLock, 'release'>>;
  /** Another coordinator takes it up as soon as this one dies: a sweep is to go on there, too. */
  readonly isShared: boolean;
  /** @throws an error with a sentence where it cannot begin */
  readonly begin: (entry: Waiting) => Promise<Begun>;
};

export class RunQueue implements QueueControl {
  readonly #options: RunQueueOptions;
  readonly #list: WaitingList;
  #going: Waiting | null = null;
  /** It waited before, or others wait behind it: whoever comes after this process goes on with it. */
  #isGoingKept = false;
  #opening: Promise<Pick<RunLock, 'release'>> | null = null;

  constructor(options: RunQueueOptions) {
    this.#options = options;
    this.#list = new WaitingList(options.files, options.runsFolder);
    options.news.subscribe(({ type }) => {
      // A run that was begun otherwise, from the command line say, is over.
      if (type === 'result' && this.#going === null) void this.#advance();
    });
  }

  get view(): QueueView {
    return {
      going: this.#going === null ? null : withoutSpec(this.#going),
      waiting: this.#list.entries.map(withoutSpec),
    };
  }

  /** Whether nothing goes on and nothing waits. */
  get isIdle(): boolean {
    return this.#going === null && this.#list.entries.length === 0;
  }

  /** Goes on with what a process before this one has left. @throws UserError */
  async load(): Promise<void> {
    await this.#open();
    void this.#advance();
  }

  /** Another coordinator carries it out by now. */
  abandon(): void {
    this.#going = null;
    this.#opening = null;
    this.#list.clear();
    this.#changed();
  }

  /**
   * Begins it where nothing goes on, else lets it wait.
   * @throws ControlError or UserError where it may not wait, and whatever `begin` throws
   */
  async submit(entry: Waiting, begin = () => this.#options.begin(entry)): Promise<Submitted> {
    if (this.#isFree && this.#list.entries.length === 0) {
      this.#going = entry;
      this.#isGoingKept = false;
      try {
        this.#began(entry, await begin());
      } catch (error) {
        this.#going = null;
        void this.#advance();
        throw error;
      }
      // Which run goes on the cluster knows; that it is one of a sweep stands here alone.
      if (this.#options.isShared && entry.kind === 'sweep') {
        this.#isGoingKept = true;
        await this.#keepOrTell();
      }
      this.#changed();
      return { id: entry.id, place: 0 };
    }
    if (!this.#options.coordinator.staysOpen) {
      throw new ControlError('runGoing', 'Another run is going on. Stop or finish it first.');
    }
    if (this.#going?.id === entry.id || this.#list.placeOf(entry.id) > 0) {
      throw new ControlError('sweepGoing', `"${entry.id}" goes on or waits already.`);
    }
    await this.#open();
    this.#list.add(entry);
    // Its place is what it was told, though others may come or go while it is written down.
    const place = this.#list.placeOf(entry.id);
    try {
      await this.#keep();
    } catch (error) {
      if (this.#list.placeOf(entry.id) > 0) this.#list.remove(entry.id);
      throw error;
    }
    this.#changed();
    void this.#advance();
    return { id: entry.id, place };
  }

  async remove(id: string): Promise<ControlFact> {
    const { name } = this.#list.remove(id);
    await this.#keep();
    this.#changed();
    return this.#decided({ type: 'queueRemoved', name });
  }

  async move(id: string, to: number): Promise<ControlFact> {
    const [{ name }, place] = this.#list.move(id, to);
    await this.#keep();
    this.#changed();
    return this.#decided({ type: 'queueMoved', name, place });
  }

  async close(): Promise<void> {
    const lock = await this.#opening?.catch(() => null);
    await lock?.release();
  }

  get #isFree(): boolean {
    return this.#going === null && !this.#options.coordinator.isBusy;
  }

  /** Reads what lies in the folder, once, before anything is written there. */
  async #open(): Promise<void> {
    this.#opening ??= this.#options.lock().then(async (lock) => {
      const { coordinator } = this.#options;
      const isGoing = (id: string): boolean =>
        this.#going?.id === id || (coordinator.isBusy && coordinator.current?.record.runId === id);
      await this.#list.read(({ id }) => isGoing(id));
      return lock;
    });
    try {
      await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  #keep(): Promise<void> {
    this.#isGoingKept ||= this.#list.entries.length > 0;
    return this.#list.keep(this.#isGoingKept ? this.#going : null);
  }

  async #advance(): Promise<void> {
    const { coordinator } = this.#options;
    while (this.#isFree && coordinator.mayGoOn) {
      const entry = this.#list.shift();
      if (entry === null) return this.#keepOrTell();
      this.#going = entry;
      this.#isGoingKept = true;
      await this.#keepOrTell();
      try {
        this.#began(entry, await this.#options.begin(entry));
        this.#changed();
        return;
      } catch (error) {
        this.#going = null;
        if (!coordinator.mayGoOn) {
          this.#list.putFirst(entry);
          return;
        }
        coordinator.notice({ type: 'queueDropped', name: entry.name, problem: reasonOf(error) });
        this.#changed();
      }
    }
  }

  #began(entry: Waiting, { ended }: Begun): void {
    void ended.then(
      () => this.#over(entry),
      () => this.#over(entry),
    );
  }

  async #over(entry: Waiting): Promise<void> {
    // What a coordinator that closes leaves undone is gone on with by the one after it.
    if (this.#going !== entry || !this.#options.coordinator.mayGoOn) return;
    this.#going = null;
    this.#isGoingKept = false;
    this.#changed();
    if (this.#list.entries.length === 0) await this.#keepOrTell();
    await this.#advance();
  }

  async #keepOrTell(): Promise<void> {
    await this.#keep().catch((error) => {
      this.#options.coordinator.notice({ type: 'text', text: reasonOf(error) });
    });
  }

  #decided(fact: ControlFact): ControlFact {
    this.#options.news.publish({ type: 'remark', level: 'info', kind: 'control', facts: [fact] });
    return fact;
  }

  #changed(): void {
    this.#options.news.publish({ type: 'queueChanged' });
  }
}

const withoutSpec = ({ spec: _spec, ...entry }: Waiting) => entry;
