/**
 * A coordinator as long as its process lives: it owns the server, the local workers and the list of runs, and at most
 * one run at a time. Runs follow one another; workers wait in between.
 */
import { rm } from 'node:fs/promises';
import { DEFAULT_LIMITS, type EventView, type Hello, type WorkerMessage } from '@shoal/core';
import type { Logger } from 'pino';
import { type Access, may, refusedHello } from '../access/access.ts';
import { UserError } from '../errors.ts';
import { ActiveRun } from '../run/activeRun.ts';
import type { LocalWorkers } from '../run/localWorkers.ts';
import { openRecord, type RunStart } from '../run/openRecord.ts';
import { prepareRun } from '../run/prepare.ts';
import type { RunReport } from '../run/reports.ts';
import { restore } from '../run/restore.ts';
import type { StepTimes } from '../run/stepTimes.ts';
import type { WorkerConnection } from '../server/connection.ts';
import type { CoordinatorServer } from '../server/server.ts';
import type { EndRecord } from '../transition/effects.ts';
import type { WorkerId } from '../transition/events.ts';
import type { Addresses } from './addresses.ts';
import { StationError, type StationListener } from './control.ts';
import type { EventLog } from './eventLog.ts';
import { WaitingRoom } from './waitingRoom.ts';

export type StationOptions = {
  /** The folder that holds runs, one folder each. */
  readonly runsFolder: string;
  readonly access: Access;
  readonly events: EventLog;
  /** Another run may follow when one has ended, and workers are told to wait for it. */
  readonly staysOpen: boolean;
  readonly log: Logger;
};

/** What a station stands on; made after it, since it calls back. */
export type StationGround = {
  readonly server: CoordinatorServer;
  readonly locals: LocalWorkers;
  readonly addresses: Addresses;
  readonly port: number;
};

export class Station {
  readonly #options: StationOptions;
  readonly #waiting: WaitingRoom;
  readonly #listeners: StationListener[] = [];
  readonly #reportListeners: ((report: RunReport) => void)[] = [];
  readonly #timesListeners: ((times: StepTimes, names: ReadonlyMap<WorkerId, string>) => void)[] = [];
  #ground: StationGround | null = null;
  /** The run that goes on, or the last one. */
  #current: ActiveRun | null = null;
  #isStarting = false;
  #isLeaving = false;

  constructor(options: StationOptions) {
    this.#options = options;
    this.#waiting = new WaitingRoom(() => performance.now());
  }

  settle(ground: StationGround): void {
    this.#ground = ground;
  }

  /* ── Workers at the door ─────────────────────────────────────────────── */

  async hello(connection: WorkerConnection, hello: Hello): Promise<void> {
    const identity = await this.#options.access.identify(hello.token);
    if (connection.isOver) return;
    if (identity === null || !may(identity.role, 'compute')) {
      const message = refusedHello(hello.token);
      this.#event('warn', 'worker', `A worker was refused: ${message}`);
      this.#options.log.warn(`A worker was refused: ${message}`);
      return connection.end('badToken', message);
    }
    const run = this.#current;
    if (run !== null && run.result === null) return run.door.hello(connection, hello);
    const code = this.#codeBetweenRuns(run);
    if (code === 'betweenRuns') this.#waiting.enter(hello.identity);
    else this.#waiting.leave(hello.identity);
    connection.end(code, code === 'betweenRuns' ? 'No run is going on.' : 'The coordinator has ended.');
  }

  /** A coordinator that has yet to open its one run is asked again, too. */
  #codeBetweenRuns(run: ActiveRun | null): 'betweenRuns' | 'shutdown' | 'finished' {
    if (run !== null && run.ended !== null) return this.#farewell(run.ended);
    return this.#isLeaving ? 'finished' : 'betweenRuns';
  }

  message(connection: WorkerConnection, message: WorkerMessage): void {
    this.#current?.door.message(connection, message);
  }

  closed(connection: WorkerConnection, reason: string): void {
    this.#current?.door.closed(connection, reason);
  }

  /* ── Runs ────────────────────────────────────────────────────────────── */

  /**
   * Makes a run the current one; it goes on with `start`.
   * @throws StationError while another goes on, UserError and its kin for what does not fit
   */
  async open(start: RunStart): Promise<ActiveRun> {
    const { server, port } = this.ground;
    if (this.#isStarting || this.#isGoing) {
      throw new StationError(409, 'Another run is going on. Stop or finish it first.');
    }
    if (this.#isLeaving) throw new StationError(409, 'The coordinator is closing.');
    this.#isStarting = true;
    try {
      const run = await this.#open(start, port, server);
      await this.#current?.close();
      this.#current = run;
      server.frameBytesMax = run.prepared.model.vectorLength * 4 + DEFAULT_LIMITS.envelopeBytesMax;
      return run;
    } finally {
      this.#isStarting = false;
    }
  }

  async #open(start: RunStart, port: number, server: CoordinatorServer): Promise<ActiveRun> {
    const { runsFolder, access, log } = this.#options;
    // Whatever does not fit together is said before a folder is made.
    const fresh = start.type === 'new' ? prepareRun(start.spec, start.dataSet) : null;
    const record = await openRecord(runsFolder, start);
    try {
      await access.keepIn(record.folder);
      const run = fresh ?? prepareRun(record.spec, start.dataSet);
      return await ActiveRun.open({
        record,
        run,
        restored: start.type === 'resume' ? await restore(record, run) : null,
        port,
        workers: {
          send: (worker, frame) => server.connections.get(worker)?.sendFrame(frame),
          bye: (worker, code, message) => server.connections.get(worker)?.end(code, message),
        },
        log,
        farewell: (end) => this.#farewell(end),
        onReport: (report) => this.#report(record.runId, report),
        onStep: (point) => {
          for (const listener of this.#listeners) listener.step(point);
        },
        onStepTimes: (times, names) => {
          if (this.#timesListeners.length === 0) return;
          const known = names();
          for (const listener of this.#timesListeners) listener(times, known);
        },
        onEvent: (level, kind, message) => this.#event(level, kind, message),
      });
    } catch (error) {
      // A run that never began leaves nothing behind.
      if (start.type === 'new') await rm(record.folder, { recursive: true, force: true });
      throw asUserError(error, record.folder);
    }
  }

  #farewell(end: EndRecord): 'betweenRuns' | 'shutdown' | 'finished' {
    if (this.#options.staysOpen && !this.#isLeaving) return 'betweenRuns';
    return end.state === 'stopped' ? 'shutdown' : 'finished';
  }

  /** Lets the run that was opened go on. */
  start(run: ActiveRun): void {
    const from = run.resumedFromStep > 0 ? `goes on from step ${run.resumedFromStep}` : 'begins';
    this.#event('info', 'run', `The run ${run.record.runId} ${from}.`);
    run.start();
    for (const listener of this.#listeners) listener.runChanged();
  }

  #report(runId: string, report: RunReport): void {
    for (const listener of this.#reportListeners) listener(report);
    if (report.type === 'epoch') {
      const { type: _type, ...record } = report;
      for (const listener of this.#listeners) listener.epoch(runId, record);
    }
    if (report.type === 'result') {
      this.#event('info', 'run', `The run ${runId} has ended (${report.state}): ${report.reason}`);
      // Until the next run only hellos may come.
      this.ground.server.frameBytesMax = DEFAULT_LIMITS.helloBytesMax;
      for (const listener of this.#listeners) listener.runEnded();
    }
  }

  get current(): ActiveRun | null {
    return this.#current;
  }

  get #isGoing(): boolean {
    return this.#current !== null && this.#current.result === null;
  }

  get ground(): StationGround {
    if (this.#ground === null) throw new Error('The station has no ground yet.');
    return this.#ground;
  }

  listen(listener: StationListener): void {
    this.#listeners.push(listener);
  }

  onReport(listener: (report: RunReport) => void): void {
    this.#reportListeners.push(listener);
  }

  onStepTimes(listener: (times: StepTimes, names: ReadonlyMap<WorkerId, string>) => void): void {
    this.#timesListeners.push(listener);
  }

  /** Shown on pages and printed as a warning where somebody reads along. */
  notice(message: string): void {
    this.#options.log.warn(message);
    this.#event('warn', 'worker', message);
    for (const listener of this.#reportListeners) listener({ type: 'notice', level: 'warn', message });
  }

  /** No further run begins, and workers that ask are told that it is over. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Waits for the workers that wait for a next run to ask once more, so that they end; at most for one backoff. */
  async lastCall(): Promise<void> {
    this.leave();
    await this.#waiting.empty(DEFAULT_LIMITS.backoffMaxMs + 500);
  }

  #event(level: EventView['level'], kind: EventView['kind'], message: string): void {
    this.#options.events.add(level, kind, message);
  }
}

/** Errors of the system that came while the folder was written become a sentence. */
function asUserError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new UserError(
    `The run's folder ${folder} cannot be written (${error.message}). Free some space or mend its permissions; the last checkpoint stays.`,
  );
}
