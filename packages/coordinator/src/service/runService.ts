/** What pages see of a coordinator and ask of it: views of the run, its workers and the folder of runs, and control. */
import { join } from 'node:path';
import {
  aboutIn,
  type BrokenOffFact,
  type ClusterView,
  type ControlFact,
  type DataOffer,
  type EpochRecord,
  type EventView,
  emptyColumns,
  type Fact,
  flopsPerSample,
  type Invitation,
  type JoinInfo,
  type LocalAction,
  type LocalWorkerView,
  type QueueEntry,
  type QueueView,
  RANKING_MAX,
  type RunDetail,
  type RunListView,
  type RunQuery,
  type RunSpec,
  type RunSummary,
  type RunsMark,
  type RunView,
  resolveRunSpec,
  type StepColumns,
  type SweepSummary,
  type SweepView,
  sentence,
  type Welcome,
  type WorkerView,
} from '@shoal/core';
import type { Access } from '../access/access.ts';
import type { ClusterMember } from '../cluster/member.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { NewsStream } from '../news/news.ts';
import { FolderLock } from '../run/folder/lock.ts';
import { type RunStart, refuseEnded } from '../run/folder/openRecord.ts';
import { isRunThere, newRunId } from '../run/folder/runFolder.ts';
import type { LocalWorkers } from '../run/local/localWorkers.ts';
import { fittingOfRun, planRun } from '../run/preparation/plan.ts';
import { checkRun } from '../run/preparation/prepare.ts';
import { specFromFields } from '../run/preparation/specFromFields.ts';
import { curvesCsv } from '../run/report/curvesCsv.ts';
import type {
  CoordinatorControl,
  LabelChange,
  PaceReport,
  RemovedWorker,
  RevocableRole,
  RunAction,
  SharedBytes,
  SpecCheck,
  Submitted,
  SweepCheck,
  TrustChange,
  TrustReport,
  WorkerAction,
} from '../server/coordinatorControl.ts';
import { packageVersion } from '../version.ts';
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

/** What is shown to whoever may join and has not yet. */
function invitedTo({ spec, dataSet, state, workers, parameters, epoch }: RunView): Invitation['run'] {
  const { name, epochs } = spec;
  const about = { en: aboutIn(spec, 'en'), zh: aboutIn(spec, 'zh') };
  return { name, about, dataSet: dataSet.name, parameters, state, workers, epoch, epochs };
}

/** Of those who came, not of the coordinator's own. */
function rankingOf(workers: readonly WorkerView[]): Invitation['ranking'] {
  return workers
    .filter(({ local, samples }) => !local && samples > 0)
    .map(({ name, samples }) => ({ name, samples }))
    .sort((a, b) => b.samples - a.samples)
    .slice(0, RANKING_MAX);
}

export class RunService implements CoordinatorControl {
  readonly version = packageVersion();
  readonly #options: RunServiceOptions;
  readonly #cache: DataCache;
  readonly #list: RunList;
  readonly #bytes: RunBytes;
  readonly #workers: WorkerControl;
  readonly #sweeps: Sweeps;
  readonly #queue: RunQueue;
  #keptStep: number | null = null;
  #scene: string | null = null;
  #showsRanking = false;

  constructor(options: RunServiceOptions) {
    const { cluster, runsFolder } = options;
    this.#options = options;
    this.#cache = new DataCache(options.data);
    this.#list = new RunList({ ...options, lock: cluster === null ? null : () => cluster.lock() });
    this.#bytes = new RunBytes(options.coordinator);
    this.#workers = new WorkerControl(options);
    this.#sweeps = new Sweeps({
      ...options,
      cache: this.#cache,
      waits: (name) => this.#queue.view.waiting.some(({ kind, id }) => kind === 'sweep' && id === name),
    });
    this.#queue = new RunQueue({
      ...options,
      // Whoever leads a cluster is the one.
      lock: async () =>
        cluster?.lock() ??
        FolderLock.take(join(runsFolder, 'queue.lock'), { what: `The queue of runs in ${runsFolder}` }),
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

  get runs(): RunsMark {
    return this.#list.mark;
  }

  askRuns(query: RunQuery): Promise<RunListView> {
    return this.#list.ask(query);
  }

  runDetail(runId: string): Promise<RunDetail> {
    return this.#list.detail(runId);
  }

  async curvesCsv(runId: string): Promise<string> {
    const { steps, records } = await this.#list.detail(runId);
    return curvesCsv(steps, records);
  }

  runModel(runId: string): Promise<SharedBytes> {
    return this.#list.model(runId);
  }

  runParameters(runId: string): Promise<SharedBytes & { readonly globalStep: number }> {
    return this.#list.parameters(runId);
  }

  labelRun(runId: string, change: LabelChange): Promise<RunSummary> {
    return this.#list.label(runId, change);
  }

  deleteRun(runId: string): Promise<void> {
    return this.#list.delete(runId);
  }

  keptSteps(runId: string): Promise<readonly number[]> {
    return this.#list.keptSteps(runId);
  }

  keptState(runId: string, step: number): Promise<SharedBytes> {
    return this.#list.keptState(runId, step);
  }

  /** The folders are read while nobody waits for them yet. */
  start(): void {
    void this.#list.refresh();
  }

  close(): void {
    this.#list.close();
  }

  joinInfo(): Promise<JoinInfo> {
    return this.#options.addresses.joinInfo(this.#options.access);
  }

  get invitation(): Invitation {
    const { by } = this.#options;
    const run = this.run === null ? null : invitedTo(this.run);
    return { by, scene: this.#scene, run, ranking: this.#showsRanking ? rankingOf(this.workers) : null };
  }

  get scene(): string | null {
    return this.#scene;
  }

  showScene(scene: string | null): void {
    if (scene === this.#scene) return;
    this.#scene = scene;
    this.#options.news.publish({ type: 'lecture', scene });
  }

  showRanking(isShown: boolean): void {
    this.#showsRanking = isShown;
  }

  parameters(): SharedBytes & { readonly runId: string; readonly globalStep: number } {
    return this.#bytes.parameters();
  }

  manifests(): { readonly runId: string; readonly manifests: Welcome['data'] } {
    return this.#bytes.manifests();
  }

  isShown(sha256: string): boolean {
    return this.#bytes.isShown(sha256);
  }

  block(
    sha256: string,
    mayPack: boolean,
    isWork: boolean,
  ): Promise<(SharedBytes & { readonly packed: boolean }) | null> {
    return this.#bytes.block(sha256, mayPack, isWork);
  }

  /* ── Runs ────────────────────────────────────────────────────────────── */

  offers(): Promise<readonly DataOffer[]> {
    return this.#cache.offers();
  }

  async checkSpec(input: unknown): Promise<SpecCheck> {
    const { spec, dataSet, notices } = await this.#plan(input);
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
    const written = specFromFields(input, { base: null, source: 'The spec' });
    // What is wrong with it is said now, also where it has to wait.
    const { spec, dataSet, notices } = await this.#planOf(written);
    checkRun(spec, dataSet);
    const { name } = written;
    const id = newRunId(name, new Date());
    const entry = { ...entryOf('run', id, name), spec: written };
    return this.#queue.submit(entry, () => this.#begin({ type: 'new', runId: id, spec, dataSet }, notices));
  }

  #plan(input: unknown) {
    return this.#planOf(specFromFields(input, { base: null, source: 'The spec' }));
  }

  #planOf(written: RunSpec) {
    return planRun(written, (data, fitting) => this.#cache.load(data, fitting));
  }

  async resumeRun(runId: string): Promise<Submitted> {
    const record = await this.#list.record(runId);
    refuseEnded(record);
    return this.#queue.submit(entryOf('resume', runId, record.spec.name));
  }

  async #resume(runId: string): Promise<Begun> {
    const { spec, dataSet: begunWith, dataPlace } = await this.#list.record(runId);
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
    if (kind === 'sweep') return this.#sweeps.begin(id);
    if (kind === 'resume' || (await isRunThere(runsFolder, id, files))) {
      // It had begun before the coordinator died, and may have ended.
      const { result } = await this.#list.record(id);
      return result === null ? this.#resume(id) : { ended: Promise.resolve() };
    }
    const { spec, dataSet, notices } = await this.#planOf(resolveRunSpec(written));
    return this.#begin({ type: 'new', runId: id, spec, dataSet }, notices);
  }

  /* ── What waits ──────────────────────────────────────────────────────── */

  get queue(): QueueView {
    return this.#queue.view;
  }

  /** Goes on with what a coordinator before this one has left. */
  takeUpQueue(): Promise<void> {
    return this.#queue.load();
  }

  /** Another coordinator leads, and carries out what waits. */
  abandonQueue(): void {
    this.#queue.abandon();
  }

  closeQueue(): Promise<void> {
    return this.#queue.close();
  }

  async moveQueued(id: string, place: number): Promise<ControlFact> {
    return this.#told(await this.#queue.move(id, place));
  }

  async removeQueued(id: string): Promise<ControlFact> {
    return this.#told(await this.#queue.remove(id));
  }

  #told(fact: ControlFact): ControlFact {
    this.#options.news.publish({ type: 'remark', level: 'info', kind: 'control', facts: [fact] });
    return fact;
  }

  /* ── Sweeps ──────────────────────────────────────────────────────────── */

  listSweeps(): Promise<readonly SweepSummary[]> {
    return this.#sweeps.list();
  }

  sweepView(name: string): Promise<SweepView> {
    return this.#sweeps.view(name);
  }

  /** That of the sweep which goes on; null where none does. */
  get goingSweep(): SweepView | null {
    return this.#sweeps.going;
  }

  checkSweep(input: unknown): Promise<SweepCheck> {
    return this.#sweeps.check(input);
  }

  async startSweep(input: unknown): Promise<Submitted> {
    const { name, trials } = await this.#sweeps.keep(input);
    return this.#queue.submit({ ...entryOf('sweep', name, name), trials: trials.length });
  }

  async resumeSweep(name: string): Promise<Submitted> {
    const trials = await this.#sweeps.sizeOf(name);
    return this.#queue.submit({ ...entryOf('sweep', name, name), trials });
  }

  stopSweep(name: string): ControlFact {
    return this.#sweeps.stop(name);
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

  /* ── Workers ─────────────────────────────────────────────────────────── */

  controlWorker(id: number, action: WorkerAction): ControlFact {
    return this.#workers.control(id, action);
  }

  get removed(): readonly RemovedWorker[] {
    return this.#workers.removed;
  }

  letIn(id: number): ControlFact {
    return this.#workers.letIn(id);
  }

  controlLocal(name: string, action: LocalAction, unchecked: boolean): ControlFact {
    return this.#workers.controlLocal(name, action, unchecked);
  }

  addLocal(): ControlFact {
    return this.#workers.addLocal();
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
