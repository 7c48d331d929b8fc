/** One run while it goes: its folder, driver, workers and checkpoints, wired together, and what is known of it so far. */
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  type BrokenOffFact,
  type ByeName,
  type EpochRecord,
  type Fact,
  KERNEL_BUILD,
  type ProtocolLimits,
  type RunFact,
  type RunResult,
  sentences,
  specSha256,
  type TextFact,
  type TrustChangedFact,
  type TrustSpec,
  totalSteps,
} from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { RunNews } from '../news/news.ts';
import type { TrustPolicy } from '../transition/model/belief.ts';
import type { EndRecord } from '../transition/model/effects.ts';
import type { ControlEvent } from '../transition/model/events.ts';
import { shapeOf } from '../transition/task/workload.ts';
import { initialProgress, startRun } from '../transition/transition.ts';
import { type Leading, WorkerRegistry } from './admission/workerRegistry.ts';
import { RunDriver } from './driver/driver.ts';
import { Ticker } from './driver/ticker.ts';
import type { RunLock } from './folder/lock.ts';
import type { Restored } from './folder/restore.ts';
import { keepTrust, type RunRecord, runFiles } from './folder/runFolder.ts';
import { RunRecorder } from './folder/runRecorder.ts';
import { readSteps } from './folder/stepFile.ts';
import { type PreparedRun, probeAnswer } from './preparation/prepare.ts';
import type { ProbeAnswer } from './preparation/probeAnswer.ts';
import type { Reporter } from './report/reporter.ts';
import { figuresOf } from './report/result.ts';
import type { StepHistory } from './report/stepHistory.ts';
import { RunObserver } from './runObserver.ts';
import { openTrust, type TrustParts } from './trust/trustSetup.ts';

/** Writing into a cluster takes at most this part of the time. */
const CLUSTER_WRITING_PART = 1 / 20;

/** That this coordinator leads the run. */
export type RunLead = Leading & {
  /** It is one of several: what is kept is told. */
  readonly isCluster: boolean;
};

export type ActiveRunOptions = {
  readonly record: RunRecord;
  readonly run: PreparedRun;
  readonly restored: Restored;
  /** Held until the run ends. */
  readonly lock: RunLock;
  /** Where its folder lies. */
  readonly files: KeptFiles;
  readonly port: number;
  readonly leading: RunLead;
  /** Whether its curves are written for TensorBoard as well. */
  readonly tensorBoard: boolean;
  /** How workers are told that the run is over. */
  readonly farewell: (end: EndRecord) => ByeName;
  readonly tell: (news: RunNews) => void;
  readonly limits: ProtocolLimits;
  /** The pace that it begins with, in steps a second; null for none. */
  readonly stepsPerSecond: number | null;
};

export class ActiveRun {
  readonly record: RunRecord;
  readonly prepared: PreparedRun;
  readonly workers: WorkerRegistry;
  readonly finished: Promise<RunResult>;
  readonly resumedFromStep: number;
  readonly specSha256: string;
  readonly #options: ActiveRunOptions;
  readonly #driver: RunDriver;
  readonly #observer: RunObserver;
  readonly #recorder: RunRecorder;
  readonly #trust: TrustParts;
  readonly #ticker = new Ticker();
  #resolveFinished: (result: RunResult) => void = () => {};
  #ended: EndRecord | null = null;
  #result: RunResult | null = null;
  #isDelivered = false;
  #gaveUp = false;
  #isAbandoned = false;

  /** Prepares everything; nothing goes on before `start`. @throws UserError when the folder cannot be written */
  static async open(options: ActiveRunOptions): Promise<ActiveRun> {
    const { record, run, restored, lock, files, leading, tell } = options;
    const lastStep = restored?.progress.globalStep ?? 0;
    const steps = await readSteps(runFiles(record.folder).steps, lastStep, files);
    let active: ActiveRun | null = null;
    const onProblem = (fact: RunFact): void => {
      if (active === null || !active.#isAbandoned) tell({ type: 'problem', fact });
    };
    const runsFolder = dirname(record.folder);
    const trust = await openTrust({ run, record, restored, files, runsFolder, onProblem });
    const { convictionsKept } = trust;
    const recorder = new RunRecorder({
      ...{ record, model: run.model, lock, files, convictionsKept },
      steps: totalSteps(shapeOf(run.facts)),
      onProblem,
      tensorBoard: options.tensorBoard,
      ...(leading.isCluster && {
        onKept: (step: number) => tell({ type: 'kept', step, term: leading.term }),
        partOfTime: CLUSTER_WRITING_PART,
      }),
    });
    if (restored !== null) run.updater.importState(restored.parameters, restored.optimizer);
    const opened = new ActiveRun(options, await probeAnswer(run), steps, trust, recorder);
    active = opened;
    void trust.lost.then((reason) => opened.giveUp(reason));
    lock.onLost((reason) => {
      if (!opened.#isAbandoned) opened.giveUp(reason);
    });
    await recorder.begin(options.port, opened.epochs, steps, lastStep);
    return opened;
  }

  private constructor(
    options: ActiveRunOptions,
    probe: ProbeAnswer,
    steps: StepHistory,
    trust: TrustParts,
    recorder: RunRecorder,
  ) {
    const { record, run, restored, limits, leading, tell } = options;
    this.#options = options;
    this.#trust = trust;
    this.#recorder = recorder;
    this.record = record;
    this.specSha256 = specSha256(record.spec);
    this.prepared = run;
    this.resumedFromStep = restored?.progress.globalStep ?? 0;
    this.finished = new Promise((resolve) => {
      this.#resolveFinished = resolve;
    });
    const { convictionsKept } = trust;
    const clock = (): number => performance.now();
    const epochsKept = restored?.progress.epoch ?? 0;
    const epochs = record.epochs.filter((one) => one.epoch <= epochsKept);
    const bytes = (): number => this.workers.bytes;
    const observer = new RunObserver({ run, epochs, steps, recorder, tell, clock, bytes });
    this.#observer = observer;
    const progress = restored?.progress ?? initialProgress(run.facts);
    const started = startRun(run.facts, progress, trust.start, options.stepsPerSecond);
    this.#driver = new RunDriver({
      state: started.state,
      pending: started.effects,
      arena: run.arena,
      updater: run.updater,
      model: run.model,
      best: restored?.best ?? null,
      epochs,
      leases: run.leases,
      probe,
      workers: {
        send: (worker, outgoing) => this.workers.registered.get(worker)?.connection.send(outgoing),
        bye: (worker, code, why) => {
          const end = (): void => this.workers.registered.get(worker)?.connection.end(code, why);
          // Whoever was told that it is convicted is so after a crash as well.
          if (code === 'convicted') void convictionsKept().then(end);
          else end();
        },
        isGateway: (worker) => this.workers.isGateway(worker),
        contributors: (worker, by) => this.workers.contributors(worker, by),
        convicted: (identity) => void convictionsKept().then(() => this.workers.convicted(identity)),
      },
      checkpoints: recorder.checkpoints,
      trust: trust.driver,
      observer: {
        stepDone: (step, times) => {
          observer.stepDone(step, times);
          this.#keepState(step.globalStep);
        },
        epochDone: (effect) => observer.epochDone(effect),
        rolledBack: (progress, reason) => observer.rolledBack(progress, reason),
        log: (effect) => observer.log(effect),
        ended: (end) => void this.#end(end),
      },
      clock,
      mayGrant: leading.mayGrant,
    });
    this.workers = new WorkerRegistry({
      runId: record.runId,
      spec: record.spec,
      kernels: KERNEL_BUILD,
      manifests: run.blocks.manifests,
      limits,
      leading,
      driver: this.#driver,
      onChange: (change) => observer.workersChanged(change),
    });
  }

  start(): void {
    this.#observer.started(this.record, this.resumedFromStep);
    if (this.resumedFromStep === 0) this.#recorder.states.keepLast(0, this.parameters());
    this.#observer.reporter.start();
    this.prepared.threads.start();
    this.#driver.start();
    this.#ticker.start((lagMs, busyMs) => this.#driver.tick(lagMs, busyMs));
  }

  /* ── What is known of it ─────────────────────────────────────────────── */

  /** For display only. */
  get blocks(): PreparedRun['blocks'] {
    return this.prepared.blocks;
  }

  get state(): RunDriver['state'] {
    return this.#driver.state;
  }

  /** Null while it goes on; the result follows when it is written. */
  get ended(): EndRecord | null {
    return this.#ended;
  }

  get result(): RunResult | null {
    return this.#result;
  }

  get epochs(): readonly EpochRecord[] {
    return this.#observer.epochs;
  }

  get steps(): StepHistory {
    return this.#observer.steps;
  }

  /** Model and result lie in the run's folder. */
  get isDelivered(): boolean {
    return this.#isDelivered;
  }

  /** It was stopped, though nobody asked for it. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  get totals(): ReturnType<Reporter['totals']> {
    return this.#observer.reporter.totals();
  }

  /** How workers are checked at present. */
  get trust(): TrustSpec {
    return { ...this.state.trust.policy, trim: this.record.spec.trust.trim };
  }

  outlook(steps: number): ReturnType<Reporter['outlook']> {
    return this.#observer.reporter.outlook(steps);
  }

  /** As they are now, a copy; of a run that has ended, those that are delivered. */
  parameters(): Float32Array {
    return this.#driver.parameters();
  }

  /* ── What is asked of it ─────────────────────────────────────────────── */

  control(event: ControlEvent): void {
    if (this.#ended !== null) return;
    this.#driver.dispatch(event);
    if (this.state.paused === null) this.#observer.reporter.resumed();
    else this.#observer.reporter.paused();
  }

  /**
   * Checks workers otherwise from now on, also once the run is resumed.
   * @throws UserError when that cannot be written down; then nothing has changed
   */
  async changeTrust(policy: TrustPolicy, reason: TrustChangedFact): Promise<void> {
    await keepTrust(this.record.folder, policy, this.#options.files);
    this.control({ type: 'trust', policy, reason });
  }

  /** Ends the run in order: a checkpoint is written, workers are told. */
  stop(reason: BrokenOffFact | TextFact): void {
    if (this.#ended === null) this.#driver.stop(reason);
  }

  /** The same when nobody asked for it: it cannot go on here. */
  giveUp(reason: BrokenOffFact): void {
    this.#gaveUp ||= this.#ended === null;
    this.stop(reason);
  }

  /**
   * The run is another coordinator's by now: nothing is granted, written or told any more, and workers are sent there. It has
   * no end here.
   */
  abandon(leader: string | null): void {
    if (this.#ended !== null || this.#isAbandoned) return;
    this.#isAbandoned = true;
    this.#driver.silence();
    this.#ticker.stop();
    this.workers.sendElsewhere(leader);
    void this.prepared.threads.close();
    void this.#trust.close();
  }

  /** Keeps it in the log in the run's folder, in English. */
  remark(level: 'info' | 'warn', facts: readonly Fact[]): void {
    this.#recorder.log(level, sentences(facts, 'en'));
  }

  /** Resolves when nothing waits to be written. */
  async close(): Promise<void> {
    this.#ticker.stop();
    await this.prepared.threads.close();
    await this.#trust.close();
    await this.#recorder.flush();
    await this.#options.lock.release();
  }

  /* ── What comes of it ────────────────────────────────────────────────── */

  /** Once the driver has done with what the step leads to: its update is complete then, and nothing has followed it yet. */
  #keepState(step: number): void {
    const { states } = this.#recorder;
    if (!states.isDue(step)) return;
    queueMicrotask(() => {
      const { globalStep, ending } = this.state.progress;
      if (globalStep === step && ending === null && !this.#isAbandoned) states.keep(step, this.parameters());
    });
  }

  async #end(end: EndRecord): Promise<void> {
    this.#ended = end;
    // An earlier epoch's, where that was the best, are not those of the last step.
    const { earlyStopping } = this.record.spec;
    const isLast =
      earlyStopping?.restoreBest !== true || (end.bestEpoch === end.epochs && this.state.progress.step === 0);
    if (isLast && end.state !== 'diverged') this.#recorder.states.keepLast(end.steps, this.parameters());
    void this.prepared.threads.close();
    const { result, isDelivered } = await this.#recorder.conclude(end, this.parameters(), {
      ...figuresOf(this.prepared, this.epochs, end, this.record.dataSet.target),
      ...this.#observer.reporter.totals(),
    });
    this.#isDelivered = isDelivered;
    this.#ticker.stop();
    await this.#options.lock.release();
    // Told at once with the result, so that nobody is reported to have left a run that has not ended yet.
    this.workers.end(end, this.#options.farewell(end));
    this.#result = result;
    this.#options.tell({ type: 'result', ...result });
    this.#resolveFinished(result);
  }
}
