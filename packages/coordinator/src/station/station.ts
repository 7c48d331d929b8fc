/**
 * A coordinator as long as its process lives: it owns the server, the local workers and the list of runs, and at most
 * one run at a time. Runs follow one another; workers wait in between.
 */
import { rm } from 'node:fs/promises';
import {
  type ByeName,
  DEFAULT_LIMITS,
  type EpochRecord,
  type EventView,
  flopsPerSample,
  type Hello,
  type JoinInfo,
  type LocalWorkerView,
  type RunDetail,
  type RunStateName,
  type RunSummary,
  type RunView,
  type StepColumns,
  type Welcome,
  type WorkerMessage,
  type WorkerView,
} from '@shoal/core';
import type { Logger } from 'pino';
import { type Access, forbidden, may, type Revoked } from '../access/access.ts';
import { Guests } from '../access/guests.ts';
import type { CoordinatorLimits } from '../access/limits.ts';
import { UserError } from '../errors.ts';
import { ActiveRun } from '../run/activeRun.ts';
import { LOCAL_WORKERS_MAX, type LocalAction, type LocalWorkers } from '../run/localWorkers.ts';
import { openRecord, type RunStart } from '../run/openRecord.ts';
import { planRun } from '../run/plan.ts';
import { checkRun, prepareRun } from '../run/prepare.ts';
import type { RunReport } from '../run/reports.ts';
import { restore } from '../run/restore.ts';
import { readRun } from '../run/runFolder.ts';
import { specFromFields } from '../run/specFromFields.ts';
import { NO_STEPS } from '../run/stepHistory.ts';
import type { StepTimes } from '../run/stepTimes.ts';
import type { WorkerConnection } from '../server/connection.ts';
import { NoticeBoard } from '../server/noticeBoard.ts';
import type { CoordinatorServer } from '../server/server.ts';
import type { EndRecord } from '../transition/effects.ts';
import type { WorkerId } from '../transition/events.ts';
import { packageVersion } from '../version.ts';
import type { Addresses } from './addresses.ts';
import {
  type RevocableRole,
  type RunAction,
  type SpecCheck,
  type StationControl,
  StationError,
  type StationListener,
  type WorkerAction,
} from './control.ts';
import { DataShelf, type DataSource } from './dataShelf.ts';
import { EventLog } from './eventLog.ts';
import { runView } from './runView.ts';
import { detailOf, readSummaries } from './summaries.ts';
import { WaitingRoom } from './waitingRoom.ts';
import { workerViews } from './workerViews.ts';

export type StationOptions = {
  /** The folder that holds runs, one folder each. */
  readonly runsFolder: string;
  readonly access: Access;
  readonly data: DataSource;
  /** Another run may follow when one has ended, and workers are told to wait for it. */
  readonly staysOpen: boolean;
  readonly limits: CoordinatorLimits;
  readonly log: Logger;
};

/** What a station stands on; made after it, since it calls back. */
export type StationGround = {
  readonly server: CoordinatorServer;
  readonly locals: LocalWorkers;
  readonly addresses: Addresses;
  readonly port: number;
};

const NO_RUN = 'No run is going on.';

export class Station implements StationControl {
  readonly version = packageVersion();
  readonly #options: StationOptions;
  readonly #events: EventLog;
  readonly #shelf: DataShelf;
  readonly #waiting: WaitingRoom;
  readonly #guests: Guests;
  readonly #refusals: NoticeBoard;
  readonly #listeners: StationListener[] = [];
  readonly #reportListeners: ((report: RunReport) => void)[] = [];
  readonly #timesListeners: ((times: StepTimes, names: ReadonlyMap<WorkerId, string>) => void)[] = [];
  #ground: StationGround | null = null;
  /** The run that goes on, or the last one. */
  #current: ActiveRun | null = null;
  #isStarting = false;
  #isLeaving = false;
  #runs: readonly RunSummary[] = [];

  constructor(options: StationOptions) {
    this.#options = options;
    this.#events = new EventLog(() => Date.now());
    this.#shelf = new DataShelf(options.data);
    this.#waiting = new WaitingRoom(() => performance.now());
    this.#guests = new Guests(options.limits.server);
    this.#refusals = new NoticeBoard({
      clock: () => performance.now(),
      tell: (message) => {
        this.#event('warn', 'worker', message);
        options.log.warn(message);
      },
    });
  }

  async settle(ground: StationGround): Promise<void> {
    this.#ground = ground;
    await this.listRuns();
  }

  /* ── Workers at the door ─────────────────────────────────────────────── */

  async hello(connection: WorkerConnection, hello: Hello): Promise<void> {
    const { access } = this.#options;
    const identification = await access.identify(hello.token);
    const credential =
      identification.type === 'known' ? await access.credentialFor(identification.identity) : null;
    if (connection.isOver) return;
    if (identification.type === 'refused') return this.#refuse(connection, identification);
    const { identity } = identification;
    if (!may(identity.role, 'compute')) {
      return this.#refuse(connection, { code: 'badToken', message: forbidden(identity.role, 'compute') });
    }
    const full = this.#guests.enter(connection.id, identity, credential?.id ?? null);
    if (full !== null) return this.#refuse(connection, { code: 'tooMany', message: full });
    const run = this.#current;
    if (run !== null && run.result === null) {
      return run.door.hello(connection, hello, credential?.token ?? null);
    }
    const code = this.#codeBetweenRuns(run);
    if (code === 'betweenRuns') this.#waiting.enter(hello.identity);
    else this.#waiting.leave(hello.identity);
    connection.end(code, code === 'betweenRuns' ? NO_RUN : 'The coordinator has ended.');
  }

  /** Strangers can cause this as often as they like, so that it is told once in a while only. */
  #refuse(connection: WorkerConnection, why: { readonly code: ByeName; readonly message: string }): void {
    this.#refusals.post(`A worker was refused: ${why.message}`);
    connection.end(why.code, why.message);
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
    this.#guests.leave(connection.id);
    this.#current?.door.closed(connection, reason);
  }

  /* ── Runs ────────────────────────────────────────────────────────────── */

  /**
   * Makes a run the current one; it goes on with `start`.
   * @throws StationError while another goes on, UserError and its kin for what does not fit
   */
  async open(start: RunStart): Promise<ActiveRun> {
    const { server, port } = this.#settled;
    if (this.#isStarting || this.#isGoing) {
      throw new StationError(409, 'Another run is going on. Stop or finish it first.');
    }
    if (this.#isLeaving) throw new StationError(409, 'The coordinator is closing.');
    this.#isStarting = true;
    try {
      const run = await this.#open(start, port, server);
      await this.#current?.close();
      this.#current = run;
      server.frameBytesMax =
        run.prepared.model.vectorLength * 4 + this.#options.limits.server.envelopeBytesMax;
      return run;
    } finally {
      this.#isStarting = false;
    }
  }

  async #open(start: RunStart, port: number, server: CoordinatorServer): Promise<ActiveRun> {
    const { runsFolder, access, limits, log } = this.#options;
    // Whatever does not fit together is said before a folder is made.
    const fresh = start.type === 'new' ? prepareRun(start.spec, start.dataSet, limits.scheduling) : null;
    const record = await openRecord(runsFolder, start);
    try {
      await access.keepIn(record.folder);
      const run = fresh ?? prepareRun(record.spec, start.dataSet, limits.scheduling);
      return await ActiveRun.open({
        record,
        run,
        restored: start.type === 'resume' ? await restore(record, run) : null,
        port,
        limits: limits.server,
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
    this.#refreshRuns();
  }

  #report(runId: string, report: RunReport): void {
    for (const listener of this.#reportListeners) listener(report);
    if (report.type === 'epoch') {
      const { type: _type, ...record } = report;
      for (const listener of this.#listeners) listener.epoch(runId, record);
    }
    if (report.type === 'result') {
      this.#event('info', 'run', `The run ${runId} has ended (${report.state}): ${report.reason}`);
      this.#refreshRuns();
    }
  }

  #refreshRuns(): void {
    this.listRuns().catch((error: Error) =>
      this.#options.log.warn(`The folder of runs cannot be read (${error.message}).`),
    );
  }

  get current(): ActiveRun | null {
    return this.#current;
  }

  get #isGoing(): boolean {
    return this.#current !== null && this.#current.result === null;
  }

  get #settled(): StationGround {
    if (this.#ground === null) throw new Error('The station has no ground yet.');
    return this.#ground;
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
    this.#events.add(level, kind, message);
  }

  /* ── What pages see ──────────────────────────────────────────────────── */

  get run(): RunView | null {
    return this.#current === null ? null : runView(this.#current);
  }

  stepsAfter(globalStep: number): StepColumns {
    return this.#current?.steps.after(globalStep) ?? NO_STEPS;
  }

  get epochs(): readonly EpochRecord[] {
    return this.#current?.epochs ?? [];
  }

  get workers(): readonly WorkerView[] {
    const run = this.#current;
    if (run === null) return [];
    return workerViews(run, (identity) => this.#settled.locals.owns(identity), performance.now());
  }

  get locals(): readonly LocalWorkerView[] {
    return this.#ground?.locals.views ?? [];
  }

  get newestEvent(): number {
    return this.#events.newest;
  }

  eventsAfter(id: number): readonly EventView[] {
    return this.#events.after(id);
  }

  get runs(): readonly RunSummary[] {
    return this.#runs.map((run) => ({ ...run, state: this.#liveState(run.runId) ?? run.state }));
  }

  joinInfo(): Promise<JoinInfo> {
    return this.#settled.addresses.joinInfo(this.#options.access);
  }

  listen(listener: StationListener): void {
    this.#listeners.push(listener);
  }

  async listRuns(): Promise<readonly RunSummary[]> {
    this.#runs = await readSummaries(this.#options.runsFolder, (runId) => this.#liveState(runId));
    for (const listener of this.#listeners) listener.runsChanged();
    return this.runs;
  }

  async runDetail(runId: string): Promise<RunDetail> {
    return detailOf(await this.#stored(runId), this.#liveState(runId));
  }

  /** Null unless it is the run that goes on. */
  #liveState(runId: string): RunStateName | null {
    const run = this.#current;
    return run !== null && run.record.runId === runId && run.result === null ? runView(run).state : null;
  }

  async #stored(runId: string) {
    // What pages send is no path: names of runs have no dots and slashes.
    const record = /^[A-Za-z0-9-]{1,128}$/.test(runId)
      ? await readRun(this.#options.runsFolder, runId).catch(() => null)
      : null;
    if (record === null) throw new StationError(404, `There is no run "${runId.slice(0, 128)}" here.`);
    return record;
  }

  /* ── What pages ask for ──────────────────────────────────────────────── */

  async checkSpec(input: unknown): Promise<SpecCheck> {
    const { spec, dataSet, notices } = await this.#plan(input);
    const { model } = checkRun(spec, dataSet);
    return {
      spec,
      parameters: model.trainableLength,
      vectorLength: model.vectorLength,
      flopsPerSample: flopsPerSample(model),
      notices,
    };
  }

  async startRun(input: unknown): Promise<string> {
    const { spec, dataSet, notices } = await this.#plan(input);
    const run = await this.open({ type: 'new', spec, dataSet });
    this.start(run);
    for (const message of notices) this.notice(message);
    return run.record.runId;
  }

  #plan(input: unknown) {
    const written = specFromFields(input, { base: null, source: 'The spec' });
    return planRun(written, (data) => this.#shelf.load(data));
  }

  async resumeRun(runId: string): Promise<string> {
    const { spec } = await this.#stored(runId);
    const { dataSet, notices } = await this.#shelf.load(spec.data);
    const run = await this.open({ type: 'resume', runId, dataSet });
    this.start(run);
    for (const message of notices) this.notice(message);
    return runId;
  }

  controlRun(action: RunAction): string {
    const run = this.#current;
    if (run === null || run.ended !== null) throw new StationError(409, NO_RUN);
    const isPaused = run.state.paused !== null;
    switch (action) {
      case 'pause': {
        if (isPaused) throw new StationError(409, 'The run is paused already.');
        const reason = 'The operator paused the run.';
        run.control({ type: 'pause', reason });
        return reason;
      }
      case 'resume': {
        if (!isPaused) throw new StationError(409, 'The run is not paused.');
        const reason = 'The operator lets the run go on.';
        run.control({ type: 'resume', reason });
        return reason;
      }
      case 'finish': {
        const { ending } = run.state.progress;
        if (ending !== null) throw new StationError(409, `The run is ending already: ${ending}`);
        const { epoch, globalStep } = run.state.progress;
        const reason = `The operator ended the run in epoch ${epoch + 1}, after step ${globalStep}.`;
        run.control({ type: 'finish', reason });
        return reason;
      }
      case 'stop': {
        const reason = 'The operator stopped the run; it can be resumed.';
        run.stop(reason);
        return reason;
      }
    }
  }

  controlWorker(id: number, action: WorkerAction): string {
    const run = this.#current;
    const worker = run?.state.workers.get(id);
    if (run === null || run.ended !== null) throw new StationError(409, NO_RUN);
    if (worker === undefined) throw new StationError(404, `No worker has number ${id}; it may have left.`);
    const { name } = worker;
    switch (action) {
      case 'pause':
        run.control({ type: 'mode', worker: id, mode: 'paused' });
        return `${name} is granted nothing more until it may continue.`;
      case 'continue':
        run.control({ type: 'mode', worker: id, mode: 'working' });
        return `${name} works again.`;
      case 'drain':
        run.control({ type: 'mode', worker: id, mode: 'draining' });
        return `${name} finishes what it holds and then goes.`;
      case 'remove':
        run.control({ type: 'remove', worker: id, reason: 'The operator removed it.' });
        this.#revokeOwn(id);
        return `${name} was removed.`;
    }
  }

  /** Whoever was sent away does not come back with a credential; with the link that all share it may. */
  #revokeOwn(connection: number): void {
    const token = this.#guests.ownToken(connection);
    if (token === null) return;
    this.#options.access
      .revoke({ token })
      .catch((error: Error) => this.notice(`The credential could not be revoked: ${error.message}`));
  }

  async revokeLinks(role: RevocableRole): Promise<{ readonly message: string; readonly join: JoinInfo }> {
    const what: Revoked = { role };
    await this.#options.access.revoke(what);
    const message = `The operator has revoked all links of the role ${role}.`;
    const { connections } = this.#settled.server;
    for (const id of this.#guests.of(what)) connections.get(id)?.end('revoked', message);
    for (const listener of this.#listeners) listener.revoked(role);
    this.#event('info', 'control', message);
    return { message: `${message} New ones hold from now on.`, join: await this.joinInfo() };
  }

  controlLocal(name: string, action: LocalAction): string {
    const sentence = this.#settled.locals.act(name, action);
    if (sentence === null) throw new StationError(404, `There is no local worker "${name.slice(0, 64)}".`);
    this.#event('info', 'control', sentence);
    return sentence;
  }

  addLocal(): string {
    const name = this.#settled.locals.add();
    if (name === null) {
      throw new StationError(
        409,
        `There are ${LOCAL_WORKERS_MAX} local workers already, which is the limit.`,
      );
    }
    const sentence = `${name} is started on this machine.`;
    this.#event('info', 'control', sentence);
    return sentence;
  }

  parameters(): { readonly runId: string; readonly globalStep: number; readonly vector: Float32Array } {
    const run = this.#current;
    if (run === null) throw new StationError(404, 'There is no run whose parameters could be had.');
    return {
      runId: run.record.runId,
      globalStep: run.state.progress.globalStep,
      vector: run.parameters(),
    };
  }

  manifests(): Welcome['data'] {
    const run = this.#current;
    if (run === null) throw new StationError(404, 'There is no run whose data could be had.');
    return run.blocks.manifests;
  }

  block(sha256: string): Uint8Array | null {
    return this.#current?.blocks.get(sha256) ?? null;
  }
}

/** Errors of the system that came while the folder was written become a sentence. */
function asUserError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new UserError(
    `The run's folder ${folder} cannot be written (${error.message}). Free some space or mend its permissions; the last checkpoint stays.`,
  );
}
