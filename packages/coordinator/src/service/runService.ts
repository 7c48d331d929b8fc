/** What pages see of a coordinator and ask of it: views of the run, its workers and the folder of runs, and control. */
import { join } from 'node:path';
import {
  type BrokenOffFact,
  type ClusterView,
  type ControlFact,
  type DataOffer,
  type EpochRecord,
  type EventView,
  emptyColumns,
  type Fact,
  flopsPerSample,
  type InitialSpec,
  type JoinInfo,
  type LocalWorkerView,
  type QueueEntry,
  type RunSpec,
  type RunView,
  resolveRunSpec,
  type StepColumns,
  sentence,
  type WorkerView,
} from '@shoal/core';
import type { Access } from '../access/access.ts';
import type { ClusterMember } from '../cluster/member.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { NewsStream } from '../news/news.ts';
import { InitialModels } from '../run/folder/initialModels.ts';
import { FolderLock } from '../run/folder/lock.ts';
import { type RunStart, refuseEnded } from '../run/folder/openRecord.ts';
import { isRunThere, newRunId } from '../run/folder/runFolder.ts';
import type { LocalWorkers } from '../run/local/localWorkers.ts';
import { fittingOfRun, planRun } from '../run/preparation/plan.ts';
import { checkRun } from '../run/preparation/prepare.ts';
import { specFromFields } from '../run/preparation/specFromFields.ts';
import type {
  CoordinatorControl,
  PaceReport,
  RevocableRole,
  RunAction,
  SpecCheck,
  Submitted,
  TrustChange,
  TrustReport,
} from '../server/coordinatorControl.ts';
import { packageVersion } from '../version.ts';
import { Classroom } from './classroom.ts';
import type { Coordinator } from './coordinator.ts';
import type { CoordinatorAddresses } from './coordinatorAddresses.ts';
import { DataCache, type DataSource } from './dataCache.ts';
import type { EventLog } from './eventLog.ts';
import { type Begun, RunQueue } from './queue.ts';
import type { Reception } from './reception.ts';
import { RunBytes } from './runBytes.ts';
import { changePace, changeTrust, controlRun, goingOn, paceReport, trustReport } from './runControl.ts';
import { RunList } from './runList.ts';
import { runView } from './runView.ts';
import { Sweeps } from './sweeps.ts';
import type { Waiting } from './waitingList.ts';
import { WorkerControl } from './workerControl.ts';
import { workerViews } from './workerViews.ts';

export type RunServiceOptions = {
  readonly coordinator: Coordinator;
  readonly reception: Pick<Reception, 'removals' | 'ownToken'>;
  readonly locals: Pick<LocalWorkers, 'views' | 'act' | 'add'>;
  readonly addresses: CoordinatorAddresses;
  readonly access: Access;
  readonly runsFolder: string;
  readonly files: KeptFiles;
  readonly cluster: ClusterMember | null;
  /** Who invites others to compute, in words for them; null where nothing is said. */
  readonly by: string | null;
  readonly data: DataSource;
  readonly events: EventLog;
  readonly news: NewsStream;
};

const entryOf = (kind: QueueEntry['kind'], id: string, name: string): QueueEntry => ({
  ...{ kind, id, name, trials: 1 },
  queuedAt: new Date().toISOString(),
});

export class RunService implements CoordinatorControl {
  readonly version = packageVersion();
  readonly #options: RunServiceOptions;
  readonly #cache: DataCache;
  readonly #initials: InitialModels;
  readonly runs: RunList;
  readonly queue: RunQueue;
  readonly sweeps: Sweeps;
  readonly people: WorkerControl;
  readonly classroom: Classroom;
  readonly bytes: RunBytes;
  #keptStep: number | null = null;

  constructor(options: RunServiceOptions) {
    const { cluster, runsFolder } = options;
    this.#options = options;
    this.#cache = new DataCache(options.data);
    this.runs = new RunList({ ...options, lock: cluster === null ? null : () => cluster.lock() });
    this.#initials = new InitialModels({ ...options, begunWith: (sha256) => this.runs.begunWith(sha256) });
    this.bytes = new RunBytes(options.coordinator);
    this.people = new WorkerControl(options);
    this.classroom = new Classroom({ ...options, run: () => this.run, workers: () => this.workers });
    this.sweeps = new Sweeps({
      ...options,
      cache: this.#cache,
      initials: this.#initials,
      waits: (name) => this.queue.view.waiting.some(({ kind, id }) => kind === 'sweep' && id === name),
      submit: (name, trials) => this.queue.submit({ ...entryOf('sweep', name, name), trials }),
    });
    this.queue = new RunQueue({
      ...options,
      // Whoever leads a cluster is the one.
      lock: async () =>
        cluster?.lock() ??
        FolderLock.take(join(runsFolder, 'queue.lock'), { what: `The queue of runs in ${runsFolder}` }),
      isShared: cluster !== null,
      begin: (entry) => this.#beginWaiting(entry),
    });
    options.news.subscribe((item) => {
      if (item.type === 'kept') this.#keptStep = item.step;
      if (item.type === 'run') this.#keptStep = item.resumedFromStep === 0 ? null : item.resumedFromStep;
    });
  }

  get cluster(): ClusterView | null {
    const { cluster } = this.#options;
    if (cluster === null) return null;
    const { term, leader, addresses, record } = cluster;
    return {
      standing: term === null ? 'standsBy' : 'leads',
      term: term ?? record?.term ?? 0,
      leader,
      behindOneName: cluster.isBehindOneName,
      coordinators: addresses,
      keptStep: term === null ? null : this.#keptStep,
    };
  }

  /* ── What pages see ──────────────────────────────────────────────────── */

  get #current() {
    return this.#options.coordinator.current;
  }

  get run(): RunView | null {
    return this.#current === null ? null : runView(this.#current);
  }

  stepsAfter(globalStep: number): StepColumns {
    return this.#current?.steps.after(globalStep) ?? emptyColumns();
  }

  get epochs(): readonly EpochRecord[] {
    return this.#current?.epochs ?? [];
  }

  get workers(): readonly WorkerView[] {
    return this.#current === null ? [] : workerViews(this.#current, performance.now());
  }

  get locals(): readonly LocalWorkerView[] {
    return this.#options.locals.views;
  }

  get newestEvent(): number {
    return this.#options.events.newest;
  }

  eventsAfter(id: number): readonly EventView[] {
    return this.#options.events.after(id);
  }

  joinInfo(): Promise<JoinInfo> {
    return this.#options.addresses.joinInfo(this.#options.access);
  }

  /* ── Runs ────────────────────────────────────────────────────────────── */

  offers(): Promise<readonly DataOffer[]> {
    return this.#cache.offers();
  }

  async checkSpec(input: unknown): Promise<SpecCheck> {
    const { spec, dataSet, notices } = await this.#planOf(await this.#written(input));
    const { model } = checkRun(spec, dataSet);
    return {
      spec,
      parameters: model.trainableLength,
      vectorLength: model.vectorLength,
      flopsPerSample: flopsPerSample(model),
      notices: notices.map((notice) => sentence(notice, 'en')),
      facts: notices,
    };
  }

  async startRun(input: unknown): Promise<Submitted> {
    const written = await this.#written(input);
    // What is wrong with it is said now, also where it has to wait.
    const { spec, dataSet, notices, initial } = await this.#planOf(written);
    checkRun(spec, dataSet);
    const { name } = written;
    const id = newRunId(name, new Date());
    const entry = { ...entryOf('run', id, name), spec: written };
    const start = { type: 'new', runId: id, spec, dataSet, initial } as const;
    return this.queue.submit(entry, () => this.#begin(start, notices));
  }

  /** How a spec names the model that this run has delivered, to begin with it. */
  initialOf(runId: string): Promise<Pick<InitialSpec, 'sha256' | 'from'>> {
    return this.#initials.ofRun(runId);
  }

  async #written(input: unknown): Promise<RunSpec> {
    return specFromFields(await this.#initials.named(input), { base: null, source: 'The spec' });
  }

  #planOf(written: RunSpec) {
    return planRun(written, {
      load: (data, fitting) => this.#cache.load(data, fitting),
      initial: (spec) => this.#initials.of(spec),
    });
  }

  async resumeRun(runId: string): Promise<Submitted> {
    const record = await this.runs.record(runId);
    refuseEnded(record);
    return this.queue.submit(entryOf('resume', runId, record.spec.name));
  }

  async #resume(runId: string): Promise<Begun> {
    const { spec, dataSet: begunWith, dataPlace } = await this.runs.record(runId);
    const fitting = fittingOfRun(spec, begunWith);
    const { dataSet, notices } = await this.#cache.load(spec.data, fitting, dataPlace ?? null);
    return this.#begin({ type: 'resume', runId, dataSet }, notices);
  }

  async #begin(start: RunStart, notices: readonly Fact[]): Promise<Begun> {
    const { coordinator } = this.#options;
    const run = await coordinator.open(start);
    coordinator.start(run);
    for (const fact of notices) {
      if (fact.type === 'dataTaken') coordinator.remark(fact);
      else coordinator.notice(fact);
    }
    return { ended: run.finished };
  }

  /** What has waited: its data is read now. */
  async #beginWaiting({ kind, id, spec: written }: Waiting): Promise<Begun> {
    const { files, runsFolder } = this.#options;
    if (kind === 'sweep') return this.sweeps.begin(id);
    if (kind === 'resume' || (await isRunThere(runsFolder, id, files))) {
      // It had begun before the coordinator died, and may have ended.
      const { result } = await this.runs.record(id);
      return result === null ? this.#resume(id) : { ended: Promise.resolve() };
    }
    const { spec, dataSet, notices, initial } = await this.#planOf(resolveRunSpec(written));
    return this.#begin({ type: 'new', runId: id, spec, dataSet, initial }, notices);
  }

  /* ── The run that goes on ────────────────────────────────────────────── */

  controlRun(action: RunAction): ControlFact | BrokenOffFact {
    return controlRun(goingOn(this.#current), action);
  }

  get pace(): PaceReport {
    return paceReport(goingOn(this.#current));
  }

  changePace(stepsPerSecond: number | null): ControlFact {
    return changePace(goingOn(this.#current), stepsPerSecond);
  }

  get trust(): TrustReport {
    return trustReport(goingOn(this.#current));
  }

  async changeTrust(change: TrustChange): Promise<ControlFact> {
    return changeTrust(goingOn(this.#current), change);
  }

  async revokeLinks(role: RevocableRole): Promise<{ readonly fact: ControlFact; readonly join: JoinInfo }> {
    const { access, news } = this.#options;
    const fact = { type: 'linksRevoked', role } as const;
    await access.revoke({ role });
    const join = await this.joinInfo();
    news.publish({ type: 'linksRevoked', join });
    news.publish({ type: 'remark', level: 'info', kind: 'control', facts: [fact] });
    return { fact, join };
  }
}
