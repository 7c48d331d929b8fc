/**
 * A coordinator as long as its process lives: it owns the server, the local workers and the list of runs, and at most
 * one run at a time. Runs follow one another; workers wait in between.
 */
import { rm } from 'node:fs/promises';
import { type ByeName, type EventView, type Hello, reasonOf, type WorkerMessage } from '@shoal/core';
import type { Logger } from 'pino';
import { type Access, type Credential, forbidden, type Identity, LOCAL_ID, may } from '../access/access.ts';
import { Guests } from '../access/presence.ts';
import { REMOVED, Removals } from '../access/removals.ts';
import { UserError } from '../errors.ts';
import type { CoordinatorLimits } from '../limits/limits.ts';
import type { StepTimes } from '../news/news.ts';
import { NoticeBoard } from '../news/repeatGuard.ts';
import type { RunReport } from '../news/reports.ts';
import { ActiveRun } from '../run/activeRun.ts';
import type { Proof } from '../run/door.ts';
import { type FolderLock, LockedError, lockRun } from '../run/folder/lock.ts';
import { openRecord, type RunStart } from '../run/folder/openRecord.ts';
import { restore } from '../run/folder/restore.ts';
import { hasEnded, type RunRecord } from '../run/folder/runFolder.ts';
import type { LocalWorkers } from '../run/localWorkers.ts';
import { frameBytesMax, prepareRun } from '../run/prepare.ts';
import type { WorkerConnection } from '../server/connection.ts';
import { StationError, type StationListener } from '../server/coordinatorControl.ts';
import type { CoordinatorServer } from '../server/server.ts';
import type { EndRecord } from '../transition/model/effects.ts';
import type { WorkerId } from '../transition/model/ids.ts';
import type { Addresses } from './coordinatorAddresses.ts';
import type { EventLog } from './eventLog.ts';
import { type Arrival, WaitingRoom } from './waitingRoom.ts';

export type StationOptions = {
  /** The folder that holds runs, one folder each. */
  readonly runsFolder: string;
  readonly access: Access;
  readonly events: EventLog;
  /** Another run may follow when one has ended, and workers are told to wait for it. */
  readonly staysOpen: boolean;
  /** A first run is about to be opened. */
  readonly awaitsRun: boolean;
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

const THE_END = 'The coordinator has ended.';

export class Station {
  readonly #options: StationOptions;
  readonly #waiting: WaitingRoom;
  readonly #guests: Guests;
  readonly removals = new Removals(() => performance.now());
  /** Of connections that are held open by a token. */
  readonly #releases = new Map<number, () => void>();
  readonly #refusals: NoticeBoard;
  /** What is printed, of the run and of everything else. */
  readonly #warnings: Readonly<Record<'run' | 'worker', NoticeBoard>>;
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
    this.#guests = new Guests(options.limits.server);
    const clock = (): number => performance.now();
    const warnings = (kind: 'run' | 'worker'): NoticeBoard =>
      new NoticeBoard({ clock, tell: (message) => this.#warn(kind, message) });
    this.#warnings = { run: warnings('run'), worker: warnings('worker') };
    this.#refusals = new NoticeBoard({
      clock,
      tell: (message) => {
        this.#event('warn', 'worker', message);
        options.log.warn(message);
      },
    });
  }

  settle(ground: StationGround): void {
    this.#ground = ground;
  }

  /* ── Workers at the door ─────────────────────────────────────────────── */

  async hello(connection: WorkerConnection, hello: Hello): Promise<void> {
    const { access } = this.#options;
    const identification = await access.identify(hello.token);
    const credential =
      identification.type === 'known' ? await access.credentialFor(identification.identity) : null;
    if (connection.isOver) return;
    // Whoever was removed comes back with a credential that was revoked, and is told what has happened all the same.
    const isRevoked = identification.type === 'refused' && identification.code === 'revoked';
    if (this.removals.has(hello.identity) && (isRevoked || identification.type === 'known')) {
      return connection.end('removed', REMOVED);
    }
    if (identification.type === 'refused') return this.#refuse(connection, identification);
    const { identity } = identification;
    if (!may(identity.role, 'compute')) {
      return this.#refuse(connection, { code: 'badToken', message: forbidden(identity.role, 'compute') });
    }
    const full = this.#guests.enter(connection.id, identity, credential?.id ?? null);
    if (full !== null) return this.#refuse(connection, { code: 'tooMany', message: full });
    const release = access.hold(
      identity,
      (code, message) => connection.end(code, message),
      credential?.id ?? null,
    );
    this.#releases.set(connection.id, release);
    const run = this.#current;
    const arrival = { hello, proof: this.#proofOf(hello, identity, credential) };
    if (run !== null && run.result === null) return this.#admit(run, connection, arrival);
    const code = this.#codeBetweenRuns(run);
    if (code === 'betweenRuns') {
      const isSoon = this.#isStarting || (run === null && this.#options.awaitsRun);
      return this.#waiting.enter(connection, arrival, isSoon);
    }
    this.#waiting.forget(hello.identity);
    connection.end(code, THE_END);
  }

  /**
   * Whoever comes with a credential is the one that it was minted for, and whoever gets one now is somebody new. The
   * workers of this machine and the operator are taken at their word: nobody else has their tokens.
   */
  #proofOf(hello: Hello, { role, token, via }: Identity, minted: Credential | null): Proof {
    const credential = minted?.token ?? null;
    if (token === LOCAL_ID) {
      const belief = this.ground.locals.beliefIn(hello.identity);
      return { identity: hello.identity, isLocal: true, belief, credential };
    }
    const stranger = { isLocal: false, belief: 'checked', credential } as const;
    if (role === 'operator') return { identity: hello.identity, ...stranger };
    const own = minted?.id ?? (via === null ? null : token);
    if (own === null) throw new Error('A worker that came by a shared link was given no credential.');
    const identity = this.removals.provenBy(own, minted === null ? null : hello.identity);
    return { identity, ...stranger };
  }

  /** A connection from before this run may be one on which its answers cannot come. */
  #admit(run: ActiveRun, connection: WorkerConnection, { hello, proof }: Arrival): void {
    if (connection.frameBytesMax >= frameBytesMax(run.prepared.model)) {
      this.#waiting.forget(hello.identity);
      return run.door.hello(connection, hello, proof);
    }
    this.#waiting.sendAway(connection, hello.identity);
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

  /** The id of the token that is this connection's alone; null where there is none. */
  ownToken(connection: number): string | null {
    return this.#guests.ownToken(connection);
  }

  message(connection: WorkerConnection, message: WorkerMessage): void {
    this.#current?.door.message(connection, message);
  }

  closed(connection: WorkerConnection, reason: string): void {
    this.#waiting.leave(connection);
    this.#guests.leave(connection.id);
    this.#releases.get(connection.id)?.();
    this.#releases.delete(connection.id);
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
      throw new StationError('runGoing', 'Another run is going on. Stop or finish it first.');
    }
    if (this.#isLeaving) throw new StationError('closing', 'The coordinator is closing.');
    this.#isStarting = true;
    try {
      const run = await this.#open(start, port, server);
      await this.#current?.close();
      this.#current = run;
      server.frameBytesMax = frameBytesMax(run.prepared.model);
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
    const lock = (start.type === 'resume' ? start.lock : undefined) ?? (await this.#lock(record));
    try {
      await access.keepIn(record.folder);
      const run = fresh ?? prepareRun(record.spec, start.dataSet, limits.scheduling);
      return await ActiveRun.open({
        record,
        run,
        restored: start.type === 'resume' ? await restore(record, run) : null,
        lock,
        port,
        limits: limits.server,
        workers: {
          send: (worker, frame) => server.connections.get(worker)?.sendFrame(frame),
          bye: (worker, code, message) => server.connections.get(worker)?.end(code, message),
        },
        log,
        farewell: (end) => this.#takeLeave(end),
        onReport: (report) => this.#report(record, report),
        onWarning: (message) => this.#warnings.run.post(message),
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
      await lock.release();
      // A run that never began leaves nothing behind.
      if (start.type === 'new') await rm(record.folder, { recursive: true, force: true });
      throw asUserError(error, record.folder);
    }
  }

  async #lock({ runId, folder }: RunRecord): Promise<FolderLock> {
    try {
      return await lockRun(folder, runId);
    } catch (error) {
      if (error instanceof LockedError) throw new StationError('runLocked', error.message);
      throw asUserError(error, folder);
    }
  }

  #farewell(end: EndRecord): 'betweenRuns' | 'shutdown' | 'finished' {
    if (this.#options.staysOpen && !this.#isLeaving) return 'betweenRuns';
    return end.state === 'stopped' ? 'shutdown' : 'finished';
  }

  /** Workers that are to wait for a next run are expected back. */
  #takeLeave(end: EndRecord): 'betweenRuns' | 'shutdown' | 'finished' {
    const code = this.#farewell(end);
    const inside = this.#current?.door.inside.values() ?? [];
    if (code === 'betweenRuns') for (const { hello } of inside) this.#waiting.expect(hello.identity);
    return code;
  }

  /** Lets the run that was opened go on. */
  start(run: ActiveRun): void {
    const from = run.resumedFromStep > 0 ? `goes on from step ${run.resumedFromStep}` : 'begins';
    this.#event('info', 'run', `The run ${run.record.runId} ${from}.`);
    run.start();
    this.#waiting.open((connection, arrival) => this.#admit(run, connection, arrival));
    for (const listener of this.#listeners) listener.runChanged();
  }

  #report({ runId, folder }: RunRecord, report: RunReport): void {
    // The result is the last that is told of a run.
    if (report.type === 'result') for (const board of Object.values(this.#warnings)) board.flush();
    for (const listener of this.#reportListeners) listener(report);
    if (report.type === 'epoch') {
      const { type: _type, ...record } = report;
      for (const listener of this.#listeners) listener.epoch(runId, record);
    }
    if (report.type === 'rollback') for (const listener of this.#listeners) listener.runChanged();
    if (report.type === 'result') {
      this.#event('info', 'run', `The run ${runId} has ended (${report.state}): ${report.reason}`);
      for (const listener of this.#listeners) listener.runEnded();
      if (report.state !== 'stopped') void this.#forgetKey(folder);
    }
  }

  /** Nobody resumes a run that has ended; its folder is one to be copied and passed on. */
  async #forgetKey(folder: string): Promise<void> {
    try {
      // A result that could not be written can still be come to.
      if (await hasEnded(folder)) await this.#options.access.leave(folder);
    } catch (error) {
      const text = reasonOf(error);
      this.notice(`The key in ${folder} could not be removed (${text}): leave access.json out of copies.`);
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
    this.#warnings.worker.post(message);
  }

  /** Of the process itself: shown on pages and kept in the log of the run that goes on, and not printed. */
  remark(message: string): void {
    this.#event('info', 'run', message);
    if (this.#current?.ended === null) this.#current.remark('info', message);
  }

  /** Printed where somebody reads along; what is printed is not logged a second time. */
  #warn(kind: 'run' | 'worker', message: string): void {
    this.#event('warn', kind, message);
    if (kind === 'run') this.#current?.remark('warn', message);
    if (this.#reportListeners.length === 0) this.#options.log.warn(message);
    for (const listener of this.#reportListeners) listener({ type: 'notice', level: 'warn', message });
  }

  /** No further run begins, and workers that ask are told that it is over. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Workers that wait for a next run are told that there is none; those that are about to ask are waited for. */
  async lastCall(): Promise<void> {
    this.leave();
    const code = this.#codeBetweenRuns(this.#current);
    await this.#waiting.close((connection) => connection.end(code, THE_END));
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
