/**
 * Workers on the coordinator's own machine: threads of its process, which share memory with it. They end with it, and are
 * started again when they die. For lectures they can be broken and mended by messages to the thread, and by ending it.
 */
import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import {
  type ByeName,
  type ControlFact,
  type DataSplits,
  type LocalAction,
  type LocalWorkerView,
  reasonOf,
  type WorkerFact,
} from '@shoal/core';
import type { ConnectMessage, FromThread, LocalThreadData, ToThread, WorkerFault } from '@shoal/worker';
import type { Belief } from '../../transition/model/belief.ts';

/** How often one place is filled again before it stays empty: a worker that cannot run is not started for ever. */
const RESTARTS_MAX = 5;
/** Places in all; `--workers` takes no more either. */
export const LOCAL_WORKERS_MAX = 256;

/**
 * A worker keeps almost nothing on JavaScript's heap. The bound on the young generation keeps garbage that nobody hurries
 * to collect small; one that reaches the other is ended by itself, and nobody else with it.
 */
const HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 512 };

const SCRIPT = new URL('./memory/localThread.js', import.meta.resolve('@shoal/worker'));

const FAULTS: Readonly<Record<Exclude<LocalAction, 'kill'>, WorkerFault>> = {
  freeze: 'frozen',
  slow: 'slowed',
  poison: 'poisoned',
  restore: 'none',
};

const DONE = {
  none: 'localMended',
  frozen: 'localFrozen',
  slowed: 'localSlowed',
  poisoned: 'localPoisoned',
} as const satisfies Readonly<Record<WorkerFault, ControlFact['type']>>;

/** What became of an action: done, and what, or nothing, since the worker is not there or does not run. */
export type LocalActionDone =
  | { readonly type: 'done'; readonly fact: ControlFact }
  | { readonly type: 'unknown' }
  | { readonly type: 'notRunning' };

const done = (fact: ControlFact): LocalActionDone => ({ type: 'done', fact });

export type LocalWorkersOptions = {
  readonly threads: number;
  readonly token: string;
  /** Takes in a connection that a worker asks for. `onClosed` is told with which code it was ended, null without one. */
  readonly connect: (asked: ConnectMessage, onClosed: (endedWith: ByeName | null) => void) => void;
  /** The data set with this key, in memory that can be shared; null where the present run has another. */
  readonly data: (key: string) => DataSplits | null;
  /** What the thread runs; the worker itself when not given. */
  readonly script?: URL;
  readonly onNotice: (fact: WorkerFact) => void;
  /** The worker of this identity is about to lie; it has told the truth so far. */
  readonly onSuspect: (identity: string, belief: Lied) => void;
  /** The last one has ended and none is started again. */
  readonly onExhausted: () => void;
};

/** A name that a worker goes by; it stays when its thread is killed or started again. */
type Place = {
  readonly name: string;
  /** Said in the hello, so that the coordinator knows its own. One that was sent away is not taken back. */
  identity: string;
  thread: Worker | null;
  fault: WorkerFault;
  restarts: number;
  sentAway: boolean;
  /** What is thought of its present identity. */
  belief: Belief;
};

/** What may be thought of who was made to lie. */
type Lied = Exclude<Belief, 'believed'>;

export class LocalWorkers {
  readonly #options: LocalWorkersOptions;
  readonly #places = new Map<string, Place>();
  #closing = false;

  constructor(options: LocalWorkersOptions) {
    this.#options = options;
  }

  start(count: number): void {
    for (let i = 0; i < count; i += 1) this.add();
  }

  /** @returns the new worker's name; null when there are as many as may be */
  add(): string | null {
    if (this.#closing || this.#places.size >= LOCAL_WORKERS_MAX) return null;
    const name = `local-${this.#places.size + 1}`;
    const place: Place = {
      name,
      identity: randomUUID(),
      thread: null,
      fault: 'none',
      restarts: 0,
      sentAway: false,
      belief: 'believed',
    };
    this.#places.set(name, place);
    this.#spawn(place);
    return name;
  }

  /** @param lied what is thought from now on of one that is poisoned */
  act(name: string, action: LocalAction, lied: Lied = 'suspected'): LocalActionDone {
    const place = this.#places.get(name);
    if (place === undefined || this.#closing) return { type: 'unknown' };
    if (action === 'kill') {
      const { thread } = place;
      if (thread === null) return { type: 'notRunning' };
      // Forgotten first, so that its end is no news and nothing starts it again.
      place.thread = null;
      place.fault = 'none';
      void thread.terminate();
      return done({ type: 'localKilled', name });
    }
    if (place.thread === null) {
      if (action !== 'restore') return { type: 'notRunning' };
      const { sentAway } = place;
      this.#renew(place);
      place.restarts = 0;
      place.fault = 'none';
      this.#spawn(place);
      return done({ type: 'localRestarted', name, asNew: sentAway });
    }
    place.fault = FAULTS[action];
    if (place.fault === 'poisoned') {
      place.belief = lied;
      this.#options.onSuspect(place.identity, lied);
    }
    this.#tell(place);
    return done({ type: DONE[place.fault], name });
  }

  get views(): LocalWorkerView[] {
    return [...this.#places.values()].map(({ name, thread, fault }) => ({
      name,
      state: thread === null ? 'killed' : fault === 'none' ? 'running' : fault,
    }));
  }

  /** What is thought of the worker of this identity, which is one of those that were started here. */
  beliefIn(identity: string): Belief {
    return [...this.#places.values()].find((one) => one.identity === identity)?.belief ?? 'suspected';
  }

  /** Its next thread has nothing to do with the last one: that was sent away, or made to lie. */
  #renew(place: Place): void {
    if (place.sentAway || place.belief !== 'believed') place.identity = randomUUID();
    place.sentAway = false;
    place.belief = 'believed';
  }

  #tell(place: Place): void {
    const message: ToThread = { type: 'fault', fault: place.fault };
    place.thread?.postMessage(message);
  }

  #spawn(place: Place): void {
    const { token, threads, script = SCRIPT } = this.#options;
    const { name, identity } = place;
    const workerData: LocalThreadData = { token, threads, name, identity };
    // The operator's secret is none of a worker's business.
    const { SHOAL_OPERATOR_TOKEN: _secret, ...env } = process.env;
    const thread = new Worker(script, { name: `shoal ${name}`, workerData, env, resourceLimits: HEAP });
    place.thread = thread;
    thread.on('message', (message: FromThread) => this.#hear(place, thread, message));
    // It ends with that; its exit follows.
    thread.on('error', (error) => {
      if (place.thread === thread) {
        this.#options.onNotice({ type: 'localFailed', name, problem: reasonOf(error) });
      }
    });
    thread.once('exit', (code) => this.#ended(place, thread, code));
  }

  #hear(place: Place, thread: Worker, message: FromThread): void {
    const { connect, data, onNotice } = this.#options;
    switch (message.type) {
      case 'connect':
        return connect(message, (endedWith) => this.#disconnected(place, thread, endedWith));
      case 'needsData': {
        const answer: ToThread = { type: 'data', key: message.key, splits: data(message.key) };
        return thread.postMessage(answer);
      }
      case 'notice':
        return onNotice({ type: 'localSays', name: place.name, said: message.said });
    }
  }

  /** Nothing was heard of it, though nobody has frozen it: it is stuck in a loop, and its thread is of no use any more. */
  #disconnected(place: Place, thread: Worker, endedWith: ByeName | null): void {
    if (endedWith !== 'silent' || place.thread !== thread || place.fault === 'frozen') return;
    void thread.terminate();
  }

  #ended(place: Place, thread: Worker, code: number): void {
    if (place.thread !== thread) return;
    place.thread = null;
    place.fault = 'none';
    if (this.#closing || code === 0) return;
    const { onNotice, onExhausted } = this.#options;
    // Exit code 2 says that this worker cannot take part at all, or was sent away; it has told why.
    place.sentAway = code === 2;
    const last = place.sentAway || place.restarts >= RESTARTS_MAX;
    if (last) {
      onNotice({ type: 'localEnded', name: place.name, code, again: false });
      if ([...this.#places.values()].every((one) => one.thread === null)) onExhausted();
      return;
    }
    onNotice({ type: 'localEnded', name: place.name, code, again: true });
    place.restarts += 1;
    this.#renew(place);
    this.#spawn(place);
  }

  /** Ends them all. Whoever is in the middle of something is not waited for: nothing of it is wanted any more. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#places.values()].map(({ thread }) => thread?.terminate()));
  }
}
