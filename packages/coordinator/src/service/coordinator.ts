/**
 * A coordinator as long as its process lives: at most one run at a time. Runs follow one another; workers wait in
 * between.
 */
import {
  type DepartureFact,
  type Fact,
  type Hello,
  type RunSpec,
  reasonOf,
  type WorkerSaying,
} from '@shoal/core';
import type { Access } from '../access/access.ts';
import type { ClusterMember } from '../cluster/member.ts';
import type { WorkerConnection } from '../connection/workerConnection.ts';
import { UserError } from '../errors.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { CoordinatorLimits } from '../limits/limits.ts';
import type { NewsStream, RunNews } from '../news/news.ts';
import { RepeatGuard } from '../news/repeatGuard.ts';
import { ActiveRun, type RunLead } from '../run/activeRun.ts';
import { LEADING_ALONE } from '../run/admission/workerRegistry.ts';
import { keptInitial } from '../run/folder/initialModels.ts';
import { LockedError, lockRun, type RunLock } from '../run/folder/lock.ts';
import { openRecord, type RunStart } from '../run/folder/openRecord.ts';
import { restore } from '../run/folder/restore.ts';
import { hasEnded, type RunRecord } from '../run/folder/runFolder.ts';
import { FIRST_TERM, frameBytesMax, type PreparedRun, prepareRun } from '../run/preparation/prepare.ts';
import { helpedArena } from '../run/preparation/vectorThreads.ts';
import { ControlError } from '../server/coordinatorControl.ts';
import { standsBy } from '../server/standby.ts';
import type { EndRecord } from '../transition/model/effects.ts';
import type { Contributor } from '../transition/model/events.ts';
import { type Arrival, WaitingRoom } from './waitingRoom.ts';

export type CoordinatorOptions = {
  /** The folder that holds runs, one folder each. */
  readonly runsFolder: string;
  /** Where that folder lies. */
  readonly files: KeptFiles;
  readonly access: Access;
  readonly news: NewsStream;
  /** Where workers reach it; a run's folder remembers it. */
  readonly port: number;
  /** Another run may follow when one has ended, and workers are told to wait for it. */
  readonly staysOpen: boolean;
  /** A first run is about to be opened. */
  readonly awaitsRun: boolean;
  /** Largest frame that a worker sends as long as there is no run. */
  readonly frameBytesMax: number;
  readonly limits: CoordinatorLimits;
  /** The pace that each run begins with, in steps a second; null for none. */
  readonly stepsPerSecond: number | null;
  /** Whether the curves of runs are written for TensorBoard as well. */
  readonly tensorBoard: boolean;
  /** The cluster that it is one of; null where it is alone. */
  readonly cluster: ClusterMember | null;
};

/** In the time that a leader may be silent, workers hear from it so often … */
export const HEARTBEATS = 4;
/** … and for so many times that time they wait for a word before they look elsewhere. */
const PATIENCE = 1.2;

type Parting = 'betweenRuns' | 'shutdown' | 'finished';

const NO_RUN = { type: 'noRunGoing' } as const;
const THE_END = { type: 'coordinatorEnded' } as const;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #waiting: WaitingRoom;
  /** What is printed, of the run and of everything else. */
  readonly #warnings: Readonly<Record<'run' | 'worker', RepeatGuard>>;
  /** The run that goes on, or the last one. */
  #current: ActiveRun | null = null;
  #isStarting = false;
  #isLeaving = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    const clock = (): number => performance.now();
    this.#waiting = new WaitingRoom(clock, (connection) => this.#turnAway(connection));
    const guard = (kind: 'run' | 'worker'): RepeatGuard =>
      new RepeatGuard({ clock, tell: (facts) => this.#warn(kind, facts) });
    this.#warnings = { run: guard('run'), worker: guard('worker') };
  }

  /* ── Workers that may compute ────────────────────────────────────────── */

  arrived(connection: WorkerConnection, arrival: Arrival): void {
    const run = this.#current;
    if (this.#options.cluster?.mayAct === false) return this.#standBy(connection, arrival);
    if (run !== null && run.result === null) return this.#admit(run, connection, arrival);
    const code = this.#codeBetweenRuns(run);
    if (code === 'betweenRuns') {
      const isSoon = this.#isStarting || (run === null && this.#options.awaitsRun);
      return this.#waiting.enter(connection, arrival, isSoon);
    }
    this.#waiting.forget(arrival.hello.identity);
    connection.end(code, THE_END);
  }

  /** Whoever comes while another leads is sent there; where nobody seems to, this one may in a moment. */
  #standBy(connection: WorkerConnection, arrival: Arrival): void {
    const { cluster } = this.#options;
    if (cluster?.leader !== null) return this.#turnAway(connection);
    this.#waiting.enter(connection, arrival, true);
  }

  #turnAway(connection: WorkerConnection): void {
    const { cluster } = this.#options;
    if (cluster?.mayAct === false) {
      connection.end('standby', { type: 'standsBy', leader: cluster.leader }, cluster.addresses);
    } else connection.end('betweenRuns', NO_RUN);
  }

  message(connection: WorkerConnection, message: Exclude<WorkerSaying, Hello>): void {
    this.#current?.workers.message(connection, message);
  }

  isGateway(connection: WorkerConnection): boolean {
    return this.#current?.workers.isGateway(connection.id) === true;
  }

  /** Somebody behind a gateway. @returns whether it may compute */
  guest(connection: WorkerConnection, who: Contributor, credential: string | null): boolean {
    return this.#current?.workers.guest(connection, who, credential) === true;
  }

  guestGone(connection: WorkerConnection, guest: number): void {
    this.#current?.workers.guestGone(connection, guest);
  }

  left(connection: WorkerConnection, why: DepartureFact): void {
    this.#waiting.leave(connection);
    this.#current?.workers.closed(connection, why);
  }

  /** The largest frame that may come on connections that are opened from now on: one partial of the run at hand. */
  get frameBytesMax(): number {
    return this.#current === null ? this.#options.frameBytesMax : frameBytesMaxOf(this.#current);
  }

  /** A connection from before this run may be one on which its answers cannot come. */
  #admit(run: ActiveRun, connection: WorkerConnection, { hello, proof }: Arrival): void {
    if (connection.answerBytesMax >= frameBytesMaxOf(run)) {
      this.#waiting.forget(hello.identity);
      return run.workers.hello(connection, hello, proof);
    }
    this.#waiting.sendAway(connection, hello.identity);
  }

  /** A coordinator that has yet to open its one run is asked again, too. */
  #codeBetweenRuns(run: ActiveRun | null): Parting {
    if (run !== null && run.ended !== null) return this.#farewell(run.ended);
    return this.#isLeaving ? 'finished' : 'betweenRuns';
  }

  #farewell(end: EndRecord): Parting {
    if (this.#options.staysOpen && !this.#isLeaving) return 'betweenRuns';
    return end.state === 'stopped' ? 'shutdown' : 'finished';
  }

  /** Workers that are to wait for a next run are expected back. */
  #takeLeave(end: EndRecord): Parting {
    const code = this.#farewell(end);
    const registered = this.#current?.workers.registered.values() ?? [];
    if (code === 'betweenRuns') for (const { hello } of registered) this.#waiting.expect(hello.identity);
    return code;
  }

  /* ── Runs ────────────────────────────────────────────────────────────── */

  get current(): ActiveRun | null {
    return this.#current;
  }

  /** A run goes on, or is about to. */
  get isBusy(): boolean {
    return this.#isStarting || (this.#current !== null && this.#current.result === null);
  }

  /** It outlives its runs. */
  get staysOpen(): boolean {
    return this.#options.staysOpen;
  }

  /** Another run may begin after the present one, or at once where there is none. */
  get mayGoOn(): boolean {
    return this.#options.staysOpen && !this.#isLeaving && this.#options.cluster?.mayAct !== false;
  }

  /**
   * Makes a run the current one; it goes on with `start`.
   * @throws ControlError while another goes on, UserError and its kin for what does not fit
   */
  async open(start: RunStart): Promise<ActiveRun> {
    if (this.isBusy) {
      throw new ControlError('runGoing', 'Another run is going on. Stop or finish it first.');
    }
    if (this.#isLeaving) throw new ControlError('closing', 'The coordinator is closing.');
    if (this.#options.cluster?.mayAct === false) {
      throw standsBy(this.#options.cluster.leader);
    }
    this.#isStarting = true;
    try {
      const term = this.#options.cluster?.term;
      const run = await this.#open(start);
      await this.#current?.close();
      this.#current = run;
      if (this.#options.cluster?.term !== term) {
        this.abandon();
        throw standsBy(this.#options.cluster?.leader ?? null);
      }
      return run;
    } finally {
      this.#isStarting = false;
    }
  }

  async #open(start: RunStart): Promise<ActiveRun> {
    const { runsFolder, access, limits, stepsPerSecond, port, cluster } = this.#options;
    const term = cluster?.term ?? FIRST_TERM;
    // All that follows is of this term: when it is over, this coordinator may lead in another before all of it has come to its end.
    const files = this.#options.files.asOfNow();
    const leads = cluster?.lock(term);
    // Whatever does not fit together is said before a folder is made.
    const prepare = (spec: RunSpec, initial: Uint8Array | null): PreparedRun =>
      prepareRun(spec, start.dataSet, {
        ...{ limits: limits.scheduling, term, openArena: helpedArena, initial },
      });
    const fresh = start.type === 'new' ? prepare(start.spec, start.initial ?? null) : null;
    if (start.type === 'resume') await cluster?.takes(start.runId, term);
    const record = await openRecord(files, runsFolder, start);
    const held = start.type === 'resume' ? start.lock : undefined;
    const lock = held ?? leads ?? (await lockFolder(record));
    try {
      await access.keepIn(record.folder);
      const run = fresh ?? prepare(record.spec, await keptInitial(files, record));
      return await ActiveRun.open({
        record,
        run,
        restored: start.type === 'resume' ? await restore(files, record, run) : null,
        lock,
        files,
        port,
        leading: this.#leading(term),
        tensorBoard: this.#options.tensorBoard,
        limits: limits.server,
        stepsPerSecond,
        farewell: (end) => this.#takeLeave(end),
        tell: (news) => this.#hear(record, news),
      });
    } catch (error) {
      await lock.release();
      // A run that never began leaves nothing behind.
      if (start.type === 'new') await files.discard(record.folder);
      throw asUserError(error, record.folder);
    }
  }

  #leading(term: number): RunLead {
    const { cluster, limits } = this.#options;
    if (cluster === null) return { ...LEADING_ALONE, isCluster: false };
    const { leaseMs } = cluster;
    return {
      term,
      addresses: () => cluster.addresses,
      // Whoever hears nothing for as long as a leader may be silent looks for another.
      patience: {
        silenceMs: Math.ceil(leaseMs * PATIENCE),
        heartbeatMs: Math.min(limits.server.heartbeatMs, Math.ceil(leaseMs / HEARTBEATS)),
      },
      mayGrant: () => cluster.term === term && cluster.mayAct,
      isCluster: true,
    };
  }

  /** Another leads by now: the run that goes on here is that one's. */
  abandon(): void {
    const run = this.#current;
    if (run === null || run.ended !== null) return;
    run.abandon(this.#options.cluster?.leader ?? null);
    this.#current = null;
  }

  /** The coordinators of the cluster are others than before. */
  coordinatorsChanged(): void {
    if (this.#current?.ended === null) this.#current.workers.tellCoordinators();
  }

  /** Workers that wait here for too long may find somebody elsewhere who grants them something. */
  sendElsewhere(): void {
    const run = this.#current;
    if (run?.ended === null) run.workers.sendElsewhere(this.#options.cluster?.leader ?? null);
  }

  /** Lets the run that was opened go on. */
  start(run: ActiveRun): void {
    run.start();
    this.#waiting.open((connection, arrival) => this.#admit(run, connection, arrival));
  }

  #hear({ folder }: RunRecord, news: RunNews): void {
    if (news.type === 'problem') return this.#warnings.run.post(news.fact);
    // The result is the last that is told of a run.
    if (news.type === 'result') for (const guard of Object.values(this.#warnings)) guard.flush();
    this.#options.news.publish(news);
    if (news.type === 'result' && news.state !== 'stopped') void this.#forgetKey(folder);
  }

  /** Nobody resumes a run that has ended; its folder is one to be copied and passed on. */
  async #forgetKey(folder: string): Promise<void> {
    try {
      // A result that could not be written can still be come to.
      if (await hasEnded(folder, this.#options.files)) await this.#options.access.leave(folder);
    } catch (error) {
      this.notice({ type: 'keyNotRemoved', folder, problem: reasonOf(error) });
    }
  }

  /* ── What is said of it, and its end ─────────────────────────────────── */

  /** Shown on pages and printed as a warning where somebody reads along. */
  notice(...facts: readonly Fact[]): void {
    this.#warnings.worker.post(...facts);
  }

  /** Of the process itself: shown on pages and kept in the log of the run that goes on, and not printed. */
  remark(fact: Fact): void {
    this.#options.news.publish({ type: 'remark', level: 'info', kind: 'run', facts: [fact] });
    if (this.#current?.ended === null) this.#current.remark('info', [fact]);
  }

  #warn(kind: 'run' | 'worker', facts: readonly Fact[]): void {
    const { news } = this.#options;
    news.publish({ type: 'remark', level: 'warn', kind, facts });
    if (kind === 'run') this.#current?.remark('warn', facts);
    news.publish({ type: 'notice', level: 'warn', facts });
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
}

async function lockFolder({ runId, folder }: RunRecord): Promise<RunLock> {
  try {
    return await lockRun(folder, runId);
  } catch (error) {
    if (error instanceof LockedError) throw new ControlError('runLocked', error.message);
    throw asUserError(error, folder);
  }
}

/** Errors of the system that came while the folder was written become a sentence. */
function asUserError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new UserError(
    `The run's folder ${folder} cannot be written (${error.message}). Free some space or mend its permissions; the last checkpoint stays.`,
  );
}

function frameBytesMaxOf({ prepared }: ActiveRun): number {
  return frameBytesMax(prepared.facts.spec, prepared.model);
}
