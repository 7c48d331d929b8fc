/**
 * Worker processes on the coordinator's own machine. They end with it, and are started again when they die. For
 * lectures they can be broken and mended: all of it by messages over the channel to the process, which works on every
 * platform, and by ending the process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { ControlFact, LocalAction, LocalWorkerView, WorkerFact } from '@shoal/core';
import { type FaultMessage, isNoticeMessage, type WorkerFault } from '@shoal/worker';
import type { Belief } from '../../transition/model/belief.ts';

/** How often one place is filled again before it stays empty: a worker that cannot run is not started for ever. */
const RESTARTS_MAX = 5;
/** Places in all; `--workers` takes no more either. */
export const LOCAL_WORKERS_MAX = 256;

/**
 * A worker keeps almost nothing on JavaScript's heap, and its large buffers go round; without a bound on the young
 * generation (and one malloc arena on glibc) garbage that nobody hurries to collect makes it half as large again.
 * It collects on its own thread: helper threads would run on the cores of its neighbours, for whom everyone waits at
 * the end of each step. Measured with two workers and `mnist-cnn` on two cores: 24.8 ms a step in place of 26.0.
 */
const LEAN_HEAP = ['--max-semi-space-size=1', '--single-threaded-gc'];

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

/** What became of an action: done, and what, or nothing, since the worker is not there or has no process. */
export type LocalActionDone =
  | { readonly type: 'done'; readonly fact: ControlFact }
  | { readonly type: 'unknown' }
  | { readonly type: 'notRunning' };

const done = (fact: ControlFact): LocalActionDone => ({ type: 'done', fact });

export type LocalWorkersOptions = {
  readonly threads: number;
  readonly url: string;
  readonly token: string;
  readonly onNotice: (fact: WorkerFact) => void;
  /** The worker of this identity is about to lie; it has told the truth so far. */
  readonly onSuspect: (identity: string, belief: Lied) => void;
  /** The last one has ended and none is started again. */
  readonly onExhausted: () => void;
};

/** A name that a worker process goes by; it stays when its process is killed or started again. */
type Place = {
  readonly name: string;
  /** Said in the hello, so that the coordinator knows its own. One that was sent away is not taken back. */
  identity: string;
  child: ChildProcess | null;
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
      child: null,
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
      const { child } = place;
      if (child === null) return { type: 'notRunning' };
      // Forgotten first, so that its end is no news and nothing starts it again.
      place.child = null;
      place.fault = 'none';
      child.kill('SIGKILL');
      return done({ type: 'localKilled', name });
    }
    if (place.child === null) {
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
    return [...this.#places.values()].map(({ name, child, fault }) => ({
      name,
      state: child === null ? 'killed' : fault === 'none' ? 'running' : fault,
    }));
  }

  /** What is thought of the worker of this identity, which is one of those that were started here. */
  beliefIn(identity: string): Belief {
    return [...this.#places.values()].find((one) => one.identity === identity)?.belief ?? 'suspected';
  }

  /** Its next process has nothing to do with the last one: that was sent away, or made to lie. */
  #renew(place: Place): void {
    if (place.sentAway || place.belief !== 'believed') place.identity = randomUUID();
    place.sentAway = false;
    place.belief = 'believed';
  }

  #tell(place: Place): void {
    const message: FaultMessage = { type: 'fault', fault: place.fault };
    if (place.child?.connected === true) place.child.send(message);
  }

  #spawn(place: Place): void {
    const { url, token, threads, onNotice } = this.#options;
    const { name, identity } = place;
    // The operator's secret is none of a worker's business.
    const { SHOAL_OPERATOR_TOKEN: _secret, ...environment } = process.env;
    const entry = fileURLToPath(new URL('./localWorker.js', import.meta.resolve('@shoal/worker')));
    const child = fork(entry, [], {
      execArgv: [...process.execArgv, ...LEAN_HEAP],
      env: {
        MALLOC_ARENA_MAX: '1',
        ...environment,
        SHOAL_URL: url,
        SHOAL_TOKEN: token,
        SHOAL_THREADS: String(threads),
        SHOAL_NAME: name,
        SHOAL_IDENTITY: identity,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    place.child = child;
    // A child that is gone already hears nothing; its exit says so.
    child.on('error', (error) => {
      if (place.child === child) onNotice({ type: 'localFailed', name, problem: error.message });
    });
    child.on('message', (message) => {
      if (isNoticeMessage(message)) onNotice({ type: 'localSays', name, said: message.said });
    });
    child.once('exit', (code, signal) => this.#ended(place, child, code, signal));
  }

  #ended(place: Place, child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (place.child !== child) return;
    place.child = null;
    place.fault = 'none';
    if (this.#closing || code === 0) return;
    const { onNotice, onExhausted } = this.#options;
    // Exit code 2 says that this worker cannot take part at all, or was sent away; it has told why.
    place.sentAway = code === 2;
    const last = place.sentAway || place.restarts >= RESTARTS_MAX;
    const how = signal === null ? { code: code ?? 0 } : { signal };
    if (last) {
      onNotice({ type: 'localEnded', name: place.name, how, again: false });
      if ([...this.#places.values()].every((one) => one.child === null)) onExhausted();
      return;
    }
    onNotice({ type: 'localEnded', name: place.name, how, again: true });
    place.restarts += 1;
    this.#renew(place);
    this.#spawn(place);
  }

  /** Waits, at most `graceMs`, for the workers to leave in order; then ends them. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const children = [...this.#places.values()].flatMap(({ child }) => child ?? []);
    const exits = children.map(
      (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
    );
    for (const child of children) if (child.connected) child.disconnect();
    const timer = setTimeout(() => {
      for (const child of children) child.kill('SIGKILL');
    }, graceMs);
    await Promise.all(exits);
    clearTimeout(timer);
  }
}
