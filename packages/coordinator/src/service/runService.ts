/** What pages see of a coordinator and ask of it: views of the run, its workers and the folder of runs, and control. */
import {
  type EpochRecord,
  type EventView,
  emptyColumns,
  flopsPerSample,
  type JoinInfo,
  type LocalWorkerView,
  mergeRunSpec,
  type RunDetail,
  type RunStateName,
  type RunSummary,
  type RunView,
  type StepColumns,
  sentence,
  type Welcome,
  type WorkerView,
} from '@shoal/core';
import type { Access } from '../access/access.ts';
import { REMOVED } from '../access/removals.ts';
import type { ActiveRun } from '../run/activeRun.ts';
import { readRun } from '../run/folder/runFolder.ts';
import { LOCAL_WORKERS_MAX, type LocalAction } from '../run/localWorkers.ts';
import { planRun } from '../run/plan.ts';
import { checkRun } from '../run/prepare.ts';
import { specFromFields } from '../run/specFromFields.ts';
import {
  type DeskListener,
  type RemovedWorker,
  type RevocableRole,
  type RunAction,
  type SharedBytes,
  type SpecCheck,
  type StationControl,
  StationError,
  type TrustChange,
  type TrustReport,
  type WorkerAction,
} from '../server/coordinatorControl.ts';
import { isChecked } from '../transition/model/belief.ts';
import type { WorkerState } from '../transition/model/worker.ts';
import { packageVersion } from '../version.ts';
import type { Station } from './coordinator.ts';
import { DataShelf, type DataSource } from './dataCache.ts';
import type { EventLog } from './eventLog.ts';
import { runView } from './runView.ts';
import { detailOf, readSummaries } from './summaries.ts';
import { workerViews } from './workerViews.ts';

export type DeskOptions = {
  readonly station: Station;
  readonly access: Access;
  readonly runsFolder: string;
  readonly data: DataSource;
  readonly events: EventLog;
};

const NO_RUN = 'No run is going on.';
const POISON_STAYS =
  'No answers are checked in this run, so that poison would stay in the model. Switch checking on first, or say that it may ("unchecked": true).';

export class Desk implements StationControl {
  readonly version = packageVersion();
  readonly #options: DeskOptions;
  readonly #shelf: DataShelf;
  readonly #listeners: DeskListener[] = [];
  #runs: readonly RunSummary[] = [];
  /** The last copy of the parameters that somebody asked for. */
  #parameters: { readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;
  /** Reads of the folder of runs, one after another: many at once would hold all that they have read. */
  #reading: Promise<unknown> = Promise.resolve();
  /** A reading of the list that has not begun, which serves everyone who asks meanwhile. */
  #nextList: Promise<readonly RunSummary[]> | null = null;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#shelf = new DataShelf(options.data);
    const refresh = (): void => {
      this.listRuns().catch((error: Error) =>
        options.events.add('warn', 'run', `The folder of runs cannot be read (${error.message}).`),
      );
    };
    options.station.listen({ runChanged: refresh, runEnded: refresh, step: () => {}, epoch: () => {} });
  }

  /* ── What pages see ──────────────────────────────────────────────────── */

  get #current() {
    return this.#options.station.current;
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
    const run = this.#current;
    if (run === null) return [];
    return workerViews(run, performance.now());
  }

  get locals(): readonly LocalWorkerView[] {
    return this.#options.station.ground.locals.views;
  }

  get newestEvent(): number {
    return this.#options.events.newest;
  }

  eventsAfter(id: number): readonly EventView[] {
    return this.#options.events.after(id);
  }

  get runs(): readonly RunSummary[] {
    return this.#runs.map((run) => ({ ...run, state: this.#liveState(run.runId) ?? run.state }));
  }

  joinInfo(): Promise<JoinInfo> {
    return this.#options.station.ground.addresses.joinInfo(this.#options.access);
  }

  listen(listener: DeskListener): void {
    this.#listeners.push(listener);
    this.#options.station.listen(listener);
  }

  listRuns(): Promise<readonly RunSummary[]> {
    this.#nextList ??= this.#inTurn(() => {
      this.#nextList = null;
      return this.#readList();
    });
    return this.#nextList;
  }

  #inTurn<T>(read: () => Promise<T>): Promise<T> {
    const turn = this.#reading.then(read);
    this.#reading = turn.catch(() => {});
    return turn;
  }

  async #readList(): Promise<readonly RunSummary[]> {
    const before = JSON.stringify(this.#runs);
    this.#runs = await readSummaries(this.#options.runsFolder, (runId) => this.#liveState(runId));
    if (JSON.stringify(this.#runs) !== before) {
      for (const listener of this.#listeners) listener.runsChanged();
    }
    return this.runs;
  }

  async runDetail(runId: string): Promise<RunDetail> {
    const detail = await this.#inTurn(async () =>
      detailOf(await this.#stored(runId), this.#liveState(runId)),
    );
    const run = this.#current;
    // What has not been written yet is known here.
    return run?.record.runId === runId ? { ...detail, steps: run.steps.after(0), trust: run.trust } : detail;
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
    if (record === null)
      throw new StationError('noSuchRun', `There is no run "${runId.slice(0, 128)}" here.`);
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
      notices: notices.map((notice) => sentence(notice, 'en')),
      facts: notices,
    };
  }

  async startRun(input: unknown): Promise<string> {
    const { station } = this.#options;
    const { spec, dataSet, notices } = await this.#plan(input);
    const run = await station.open({ type: 'new', spec, dataSet });
    station.start(run);
    for (const notice of notices) station.notice(sentence(notice, 'en'));
    return run.record.runId;
  }

  #plan(input: unknown) {
    const written = specFromFields(input, { base: null, source: 'The spec' });
    return planRun(written, (data) => this.#shelf.load(data));
  }

  async resumeRun(runId: string): Promise<string> {
    const { station } = this.#options;
    const { spec } = await this.#stored(runId);
    const { dataSet, notices } = await this.#shelf.load(spec.data);
    const run = await station.open({ type: 'resume', runId, dataSet });
    station.start(run);
    for (const message of notices) station.notice(message);
    return runId;
  }

  controlRun(action: RunAction): string {
    const run = this.#current;
    if (run === null || run.ended !== null) throw new StationError('noRun', NO_RUN);
    const isPaused = run.state.paused !== null;
    switch (action) {
      case 'pause': {
        if (isPaused) throw new StationError('pausedAlready', 'The run is paused already.');
        const reason = 'The operator paused the run.';
        run.control({ type: 'pause', reason });
        return reason;
      }
      case 'resume': {
        if (!isPaused) throw new StationError('notPaused', 'The run is not paused.');
        const reason = 'The operator lets the run go on.';
        run.control({ type: 'resume', reason });
        return reason;
      }
      case 'finish': {
        const { ending } = run.state.progress;
        if (ending !== null) {
          throw new StationError('endingAlready', `The run is ending already: ${sentence(ending, 'en')}`);
        }
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
    if (run === null || run.ended !== null) throw new StationError('noRun', NO_RUN);
    if (worker === undefined) {
      throw new StationError('noSuchWorker', `No worker has number ${id}: it has left.`);
    }
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
        return this.#remove(run, worker);
    }
  }

  #remove(run: ActiveRun, { id, identity, name }: WorkerState): string {
    const { station } = this.#options;
    // A worker of this machine is started again from here, if at all.
    const insider = run.door.inside.get(id);
    const isLocal = insider?.isLocal === true;
    if (insider !== undefined && !isLocal) station.removals.add(insider.hello.identity, identity, name);
    run.control({ type: 'remove', worker: id, reason: REMOVED });
    this.#revokeOwn(id);
    return isLocal ? `${name} was removed.` : `${name} was removed, and stays away until it is let in again.`;
  }

  get removed(): readonly RemovedWorker[] {
    return this.#options.station.removals.list;
  }

  letIn(id: number): string {
    const name = this.#options.station.removals.forgive(id);
    if (name === null) throw new StationError('notRemoved', `Nobody of number ${id} was removed.`);
    const sentence = `${name} may come in again.`;
    this.#options.events.add('info', 'control', sentence);
    return sentence;
  }

  /** Whoever was sent away does not come back with a credential either. */
  #revokeOwn(connection: number): void {
    const { station, access } = this.#options;
    const token = station.ownToken(connection);
    if (token === null) return;
    access
      .revoke({ token })
      .catch((error: Error) => station.notice(`The credential could not be revoked: ${error.message}`));
  }

  async revokeLinks(role: RevocableRole): Promise<{ readonly message: string; readonly join: JoinInfo }> {
    const { access, events } = this.#options;
    const message = `The operator has revoked all links of the role ${role}.`;
    await access.revoke({ role }, message);
    const join = await this.joinInfo();
    for (const listener of this.#listeners) listener.revoked(role, join);
    events.add('info', 'control', message);
    return { message: `${message} New ones hold from now on.`, join };
  }

  get trust(): TrustReport {
    const run = this.#goingOn();
    const { spotCheck, quorum } = run.trust;
    const { trust, workers } = run.state;
    let checked = 0;
    for (const worker of workers.values()) checked += worker.checked;
    return { runId: run.record.runId, spotCheck, quorum, checked, convicted: trust.convicted.size };
  }

  async changeTrust(change: TrustChange): Promise<string> {
    const run = this.#goingOn();
    const { trust } = mergeRunSpec({ ...run.record.spec, trust: run.trust }, { trust: change });
    const { spotCheck, quorum } = trust;
    const percent = `${Number((100 * spotCheck).toPrecision(6))} %`;
    const part = spotCheck === 0 ? 'No leases are' : `From now on ${percent} of the leases are`;
    const agree =
      quorum === 1 ? '' : `, and ${quorum} unrelated workers have to agree before an answer counts`;
    const reason = `${part} checked${agree}.`;
    await run.changeTrust({ spotCheck, quorum }, reason);
    return reason;
  }

  #goingOn() {
    const run = this.#current;
    if (run === null || run.ended !== null) throw new StationError('noRun', NO_RUN);
    return run;
  }

  controlLocal(name: string, action: LocalAction, unchecked: boolean): string {
    const run = this.#current;
    const nothingIsChecked = run !== null && run.ended === null && !isChecked(run.state.trust.policy);
    if (action === 'poison' && nothingIsChecked && !unchecked) {
      throw new StationError('poisonStays', POISON_STAYS);
    }
    const lied = nothingIsChecked ? 'checked' : 'suspected';
    const done = this.#options.station.ground.locals.act(name, action, lied);
    switch (done.type) {
      case 'unknown':
        throw new StationError('noSuchLocal', `There is no local worker "${name.slice(0, 64)}".`);
      case 'notRunning':
        throw new StationError('localNotRunning', `${name} is not running any more: restore it first.`);
      case 'done':
        this.#options.events.add('info', 'control', done.sentence);
        return done.sentence;
    }
  }

  addLocal(): string {
    const name = this.#options.station.ground.locals.add();
    if (name === null) {
      throw new StationError(
        'localsMax',
        `There are ${LOCAL_WORKERS_MAX} local workers already, which is the limit.`,
      );
    }
    const sentence = `${name} is started on this machine.`;
    this.#options.events.add('info', 'control', sentence);
    return sentence;
  }

  parameters(): SharedBytes & { readonly runId: string; readonly globalStep: number } {
    const run = this.#current;
    if (run === null) throw new StationError('noData', 'There is no run whose parameters could be had.');
    const { runId } = run.record;
    const { version, globalStep } = run.state.progress;
    const key = `parameters ${runId} ${version}`;
    return { runId, globalStep, key, make: () => this.#bytesOf(run, key) };
  }

  /** Copied once per version, since the vector changes in place. */
  #bytesOf(run: ActiveRun, key: string): Uint8Array<ArrayBuffer> {
    if (this.#parameters?.key !== key) {
      const { buffer } = run.parameters();
      this.#parameters = { key, bytes: new Uint8Array(buffer as ArrayBuffer) };
    }
    return this.#parameters.bytes;
  }

  manifests(): { readonly runId: string; readonly manifests: Welcome['data'] } {
    const run = this.#current;
    if (run === null) throw new StationError('noData', 'There is no run whose data could be had.');
    return { runId: run.record.runId, manifests: run.blocks.manifests };
  }

  isShown(sha256: string): boolean {
    return this.#current?.blocks.isShown(sha256) ?? false;
  }

  async block(
    sha256: string,
    mayPack: boolean,
  ): Promise<(SharedBytes & { readonly packed: boolean }) | null> {
    const blocks = this.#current?.blocks;
    if (blocks === undefined || !blocks.has(sha256)) return null;
    const packed = mayPack ? await blocks.packed(sha256) : null;
    if (packed !== null) return { key: `packed block ${sha256}`, make: () => packed, packed: true };
    return { key: `block ${sha256}`, make: () => blocks.get(sha256), packed: false };
  }
}
