/**
 * The feed of a page, over a WebSocket at `/watch`, a JSON text a message. The page says `watch` first; the coordinator
 * answers with `snapshot` and then tells what changes; when another run begins, a new `snapshot` comes. After a lost connection the page says `watch` again with what it
 * has, and gets what came since; points are known by run and step, so that none is there twice.
 */
import type { Fact } from '../facts/fact.ts';
import type { EpochRecord } from './records.ts';
import type { StepColumns } from './stepMetrics.ts';
import type {
  ClusterView,
  EventView,
  JoinInfo,
  LocalWorkerView,
  QueueView,
  Role,
  RunsMark,
  RunView,
  WorkerView,
} from './views.ts';

/** Page to coordinator; its only message. */
export type WatchRequest = {
  readonly type: 'watch';
  readonly token: string;
  /** The run whose steps the page has, and the newest of them; null to be sent all. */
  readonly have: { readonly runId: string; readonly globalStep: number } | null;
};

export type WatchMessage =
  | {
      readonly type: 'snapshot';
      readonly role: Role;
      readonly version: string;
      readonly run: RunView | null;
      /** Those after `have`, or all; thinned out evenly where there are more than STEP_POINTS_MAX. */
      readonly steps: StepColumns;
      /** Of `run`; thinned out evenly where there are more than EPOCH_POINTS_MAX. */
      readonly epochs: readonly EpochRecord[];
      /** The WORKERS_SHOWN_MAX that have done most; `run.workers` counts all. */
      readonly workers: readonly WorkerView[];
      readonly locals: readonly LocalWorkerView[];
      readonly events: readonly EventView[];
      readonly runs: RunsMark;
      /** Null for those who may not invite. */
      readonly join: JoinInfo | null;
      /** The scene of the lecture that the operator shows; null while none is shown. */
      readonly scene: string | null;
      /** Whether samples of the data set may be read with the token that was given. */
      readonly readsData: boolean;
      /** What waits behind the run that goes on. */
      readonly queue: QueueView;
      /** Absent where the coordinator is alone. */
      readonly cluster?: ClusterView;
    }
  /** At most five times a second: the run's state and the steps since the last one. */
  | { readonly type: 'progress'; readonly run: RunView; readonly steps: StepColumns }
  /** Where epochs last milliseconds only some of them are told, and the next snapshot has the rest. */
  | { readonly type: 'epoch'; readonly runId: string; readonly record: EpochRecord }
  /** Once a second. */
  | {
      readonly type: 'workers';
      readonly workers: readonly WorkerView[];
      readonly locals: readonly LocalWorkerView[];
    }
  | { readonly type: 'events'; readonly events: readonly EventView[] }
  /** To those who may invite: these links have taken the place of others, which were revoked or will soon expire. */
  | { readonly type: 'join'; readonly join: JoinInfo; readonly because: 'revoked' | 'expiring' }
  /** The operator shows another scene of the lecture, or none any more. */
  | { readonly type: 'lecture'; readonly scene: string | null }
  /** The list of runs has changed. */
  | { readonly type: 'runs'; readonly runs: RunsMark }
  /** Something waits that has not, or the other way round; or a sweep has come a trial further. */
  | { readonly type: 'queue'; readonly queue: QueueView }
  /** Something of that has changed. */
  | { readonly type: 'cluster'; readonly cluster: ClusterView }
  /** The request was refused; the connection is closed. */
  | { readonly type: 'refused'; readonly message: string; readonly facts: readonly Fact[] };

export const WATCH_PATH = '/watch';

/** Points of a curve that a coordinator keeps and sends; beyond, every second one is dropped. */
export const STEP_POINTS_MAX = 20_000;
/** Epochs that a snapshot carries. */
export const EPOCH_POINTS_MAX = 2_000;
/** Rows of the table of workers. */
export const WORKERS_SHOWN_MAX = 500;
/** Entries of the event log that are kept. */
export const EVENTS_MAX = 1_000;
