/**
 * What is told while a coordinator lives: one union, one stream. Whoever wants to know subscribes: the printer of the
 * command line, the feed of the pages, the log, the list of latest events, a file that remembers the run.
 */
import type { EventView, Fact, JoinInfo, RunFact, StepPoint } from '@shoal/core';
import type { WorkerId } from '../transition/model/ids.ts';
import type { RunReport } from './reports.ts';

/** A worker's step in milliseconds; the parts add up to the step. */
export type WorkerTimes = {
  /** The slots' own time, the longest of each lease. */
  readonly computeMs: number;
  /** From the start of the step until this worker's parameters and first lease were on their way. */
  readonly parametersMs: number;
  /** It held a lease and did not compute: messages travelled, were copied, checked and handed from thread to thread. */
  readonly travelMs: number;
  /** It held no lease, and others still computed. */
  readonly leasesMs: number;
  /** All partials were in: the optimizer ran. */
  readonly updateMs: number;
};

/** What the coordinator was busy with in a step, in milliseconds; the rest is waiting, and reading the sockets. */
export type CoordinatorTimes = {
  /** Encoding parameters and leases and handing them to the sockets. */
  readonly sendMs: number;
  /** Checking partials and copying their gradients. */
  readonly receiveMs: number;
  /** Adding gradients along the tree. */
  readonly reduceMs: number;
  readonly updateMs: number;
  /** Copying and serialising a checkpoint. */
  readonly checkpointMs: number;
};

export type StepTimes = {
  readonly stepMs: number;
  /** When its first lease was granted, by the driver's clock. */
  readonly begunAt: number;
  readonly workers: ReadonlyMap<WorkerId, WorkerTimes>;
  readonly coordinator: CoordinatorTimes;
};

/** What a run tells beside its reports. */
export type RunNews =
  | RunReport
  /** A step's point of the curve, and where its time went. */
  | {
      readonly type: 'stepDone';
      readonly point: StepPoint;
      /** That were computed for it. */
      readonly samples: number;
      readonly times: StepTimes;
    }
  /** Something went wrong, and the run goes on. The same may be told again and again, which is for a `RepeatGuard`. */
  | { readonly type: 'problem'; readonly fact: RunFact }
  /** What was decided, with its reason: for the log, and but for `debug` for pages as well. */
  | {
      readonly type: 'decision';
      readonly level: 'debug' | 'info' | 'warn';
      readonly kind: EventView['kind'];
      readonly facts: readonly Fact[];
    };

export type News =
  | Exclude<RunNews, { readonly type: 'problem' }>
  /** For pages alone: whoever sits at the terminal is told otherwise. */
  | {
      readonly type: 'remark';
      readonly level: EventView['level'];
      readonly kind: EventView['kind'];
      readonly facts: readonly Fact[];
    }
  /** The list of runs in the folder is another one. */
  | { readonly type: 'runsChanged' }
  /** Something else waits in the queue, or a sweep has come a trial further. */
  | { readonly type: 'queueChanged' }
  /** The operator shows another scene of the lecture, or none any more. */
  | { readonly type: 'lecture'; readonly scene: string | null }
  /** Links of a role hold no longer; `join` has those that hold now. */
  | { readonly type: 'linksRevoked'; readonly join: JoinInfo };

/** Called at once, in the order in which they have subscribed; must not throw. */
export type Listener = (news: News) => void;

export class NewsStream {
  readonly #listeners = new Set<Listener>();
  readonly #printers = new Set<Listener>();

  /** `prints`: what it hears is read by somebody, and is then not logged a second time. @returns to be called to hear no more */
  subscribe(listener: Listener, { prints = false }: { readonly prints?: boolean } = {}): () => void {
    this.#listeners.add(listener);
    if (prints) this.#printers.add(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#printers.delete(listener);
    };
  }

  /** Somebody reads what is told. */
  get isPrinted(): boolean {
    return this.#printers.size > 0;
  }

  publish(news: News): void {
    for (const listener of [...this.#listeners]) listener(news);
  }
}

/** The news that are reports of a run, as the command line prints them. */
export function isReport(news: News): news is RunReport {
  switch (news.type) {
    case 'stepDone':
    case 'decision':
    case 'remark':
    case 'runsChanged':
    case 'queueChanged':
    case 'lecture':
    case 'linksRevoked':
      return false;
    default:
      return true;
  }
}
