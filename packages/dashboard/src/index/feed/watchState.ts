/** What the page knows of the coordinator, and how each message of the feed changes it. No socket, clock or signal. */
import {
  type ClusterView,
  EPOCH_POINTS_MAX,
  type EpochRecord,
  EVENTS_MAX,
  type EventView,
  type JoinInfo,
  type LocalWorkerView,
  type QueueView,
  type Role,
  type RunsMark,
  type RunView,
  type StepColumns,
  type WatchMessage,
  type WatchRequest,
  type WorkerView,
} from '@shoal/core';
import { unreachable } from '../../shared/unreachable.ts';
import { StepCurve } from './stepCurve.ts';

/** Everything that the page shows, apart from the curve of the steps. */
export type WatchView = {
  readonly role: Role | null;
  readonly version: string;
  readonly run: RunView | null;
  readonly epochs: readonly EpochRecord[];
  readonly workers: readonly WorkerView[];
  readonly locals: readonly LocalWorkerView[];
  /** Oldest first. */
  readonly events: readonly EventView[];
  readonly runs: RunsMark;
  readonly join: JoinInfo | null;
  /** Which of the links that stood here were replaced by others, and why; null as long as none were. */
  readonly replaced: ReplacedLinks | null;
  /** The scene of the lecture that the operator shows; null while none is shown. */
  readonly scene: string | null;
  /** Whether samples of the data set may be read. */
  readonly readsData: boolean;
  readonly queue: QueueView;
  /** Null where the coordinator is alone. */
  readonly cluster: ClusterView | null;
};

/** `unknown`: they were other ones before the connection was lost. */
export type ReplacedLinks = {
  readonly because: 'revoked' | 'expiring' | 'unknown';
  readonly join: boolean;
  readonly watch: boolean;
};

export const EMPTY_QUEUE: QueueView = { going: null, waiting: [] };

export const EMPTY_VIEW: WatchView = {
  role: null,
  version: '',
  run: null,
  epochs: [],
  workers: [],
  locals: [],
  events: [],
  runs: { count: 0, change: 0 },
  join: null,
  replaced: null,
  scene: null,
  readsData: true,
  queue: EMPTY_QUEUE,
  cluster: null,
};

export class WatchState {
  readonly #curve = new StepCurve();
  #view = EMPTY_VIEW;

  get view(): WatchView {
    return this.#view;
  }

  get steps(): StepColumns {
    return this.#curve.columns;
  }

  /** What to tell the coordinator after a lost connection, so that it sends only what came since. */
  get have(): WatchRequest['have'] {
    const { run } = this.#view;
    const newest = this.#curve.newest;
    return run === null || newest === null ? null : { runId: run.runId, globalStep: newest };
  }

  apply(message: WatchMessage): void {
    switch (message.type) {
      case 'snapshot': {
        const { role, version, epochs, workers, locals, runs, scene, readsData } = message;
        const { cluster = null, queue } = message;
        this.#follow(message.run, message.steps);
        const events = this.#restarted(message.events) ? message.events : this.#newer(message.events);
        const said = {
          role,
          version,
          epochs,
          workers,
          locals,
          runs,
          scene,
          readsData,
          cluster,
          queue,
          events,
        };
        this.#view = { ...this.#view, ...said };
        this.#invite(message.join, 'unknown');
        return;
      }
      case 'progress':
        this.#follow(message.run, message.steps);
        return;
      case 'epoch':
        if (message.runId === this.#view.run?.runId) {
          this.#view = { ...this.#view, epochs: withRecord(this.#view.epochs, message.record) };
        }
        return;
      case 'workers':
        this.#view = { ...this.#view, workers: message.workers, locals: message.locals };
        return;
      case 'events':
        this.#view = { ...this.#view, events: this.#newer(message.events) };
        return;
      case 'join':
        this.#invite(message.join, message.because);
        return;
      case 'runs':
        this.#view = { ...this.#view, runs: message.runs };
        return;
      case 'queue':
        this.#view = { ...this.#view, queue: message.queue };
        return;
      case 'cluster':
        this.#view = { ...this.#view, cluster: message.cluster };
        return;
      case 'lecture':
        this.#view = { ...this.#view, scene: message.scene };
        return;
      case 'refused':
        return;
      default:
        unreachable(message);
    }
  }

  /** Another run begins anew; the same one at an earlier step has been resumed from a checkpoint. */
  #follow(run: RunView | null, steps: StepColumns): void {
    const before = this.#view.run;
    let { epochs } = this.#view;
    if (run === null || run.runId !== before?.runId) {
      this.#curve.clear();
      epochs = [];
    } else if (run.globalStep < before.globalStep) {
      epochs = epochs.filter((record) => record.epoch <= run.epoch);
    }
    this.#curve.merge(steps);
    if (run !== null) this.#curve.dropAfter(run.globalStep);
    this.#view = { ...this.#view, run, epochs };
  }

  #invite(join: JoinInfo | null, because: ReplacedLinks['because']): void {
    const before = this.#view.join;
    const differs = (a: readonly string[] = [], b: readonly string[] = []): boolean => a.join() !== b.join();
    const changed = {
      because,
      join: before !== null && differs(before.links, join?.links),
      watch: before !== null && differs(before.watchLinks, join?.watchLinks),
    };
    const replaced = changed.join || changed.watch ? changed : this.#view.replaced;
    this.#view = { ...this.#view, join, replaced };
  }

  /** Numbers of events count from 1 in each process: a snapshot that knows none of ours is from another one. */
  #restarted(events: readonly EventView[]): boolean {
    const newest = this.#view.events.at(-1);
    if (newest === undefined) return true;
    const same = events.find((event) => event.id === newest.id);
    return same === undefined ? (events.at(-1)?.id ?? 0) < newest.id : same.at !== newest.at;
  }

  #newer(events: readonly EventView[]): readonly EventView[] {
    const newest = this.#view.events.at(-1)?.id ?? 0;
    const fresh = events.filter((event) => event.id > newest);
    return fresh.length === 0 ? this.#view.events : [...this.#view.events, ...fresh].slice(-EVENTS_MAX);
  }
}

/**
 * Records in the order of their epochs; one that is computed again replaces what was there. Of twice as many as a
 * snapshot has, every second one goes.
 */
function withRecord(records: readonly EpochRecord[], record: EpochRecord): readonly EpochRecord[] {
  const all = [
    ...records.filter((one) => one.epoch < record.epoch),
    record,
    ...records.filter((one) => one.epoch > record.epoch),
  ];
  return all.length > 2 * EPOCH_POINTS_MAX ? all.filter((_, index) => (all.length - index) % 2 === 1) : all;
}
