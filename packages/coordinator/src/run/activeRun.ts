/** One run while it goes: its folder, driver, door and checkpoints, wired together, and what is known of it so far. */
import { appendFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  type ByeName,
  type EpochRecord,
  type EventView,
  exportModel,
  KERNEL_BUILD,
  type ProtocolLimits,
  publishedSpec,
  type RunProgress,
  type RunResult,
  reasonOf,
  type StepPoint,
  specSha256,
  stepsPerEpoch,
  type TrustSpec,
  vectorSha256,
} from '@shoal/core';

import type { Logger } from 'pino';
import { UserError } from '../errors.ts';
import { PRIVATE, writeAtomically } from '../files/atomicFile.ts';
import type { StepTimes } from '../news/news.ts';
import type { RunReport } from '../news/reports.ts';
import type { TrustPolicy } from '../transition/model/belief.ts';
import type { EndRecord, StepRecord } from '../transition/model/effects.ts';
import type { ControlEvent } from '../transition/model/events.ts';
import type { WorkerId } from '../transition/model/ids.ts';
import { shapeOf } from '../transition/task/workload.ts';
import { initialProgress, startRun } from '../transition/transition.ts';
import { DataBlocks } from './admission/blocks.ts';
import { RunDoor } from './door.ts';
import { RunDriver } from './driver/driver.ts';
import type { WorkersPort } from './driver/ports.ts';
import { CheckpointWriter } from './folder/checkpointWriter.ts';
import type { FolderLock } from './folder/lock.ts';
import type { Restored } from './folder/restore.ts';
import { keepTrust, type RunRecord, runFiles, writeResult } from './folder/runFolder.ts';
import { RunLog } from './folder/runLog.ts';
import { readSteps, StepFile } from './folder/stepFile.ts';
import { type PreparedRun, probeAnswer } from './prepare.ts';
import { Reporter } from './report/reporter.ts';
import { figuresOf } from './report/result.ts';
import type { StepHistory } from './report/stepHistory.ts';
import { openTrust, type TrustParts } from './trust/trustSetup.ts';

const TICK_MS = 50;

export type ActiveRunOptions = {
  readonly record: RunRecord;
  readonly run: PreparedRun;
  readonly restored: Restored;
  /** Held until the run ends. */
  readonly lock: FolderLock;
  readonly port: number;
  readonly workers: WorkersPort;
  readonly log: Logger;
  /** How workers are told that the run is over. */
  readonly farewell: (end: EndRecord) => ByeName;
  readonly onReport: (report: RunReport) => void;
  /** Something went wrong, and the run goes on. The same may be said again and again. */
  readonly onWarning: (message: string) => void;
  readonly onStep: (point: StepPoint) => void;
  readonly onStepTimes: (times: StepTimes, names: () => ReadonlyMap<WorkerId, string>) => void;
  readonly onEvent: (level: EventView['level'], kind: EventView['kind'], message: string) => void;
  readonly limits: ProtocolLimits;
};

export class ActiveRun {
  readonly record: RunRecord;
  readonly prepared: PreparedRun;
  readonly blocks: DataBlocks;
  readonly door: RunDoor;
  readonly epochs: EpochRecord[];
  readonly steps: StepHistory;
  readonly finished: Promise<RunResult>;
  readonly resumedFromStep: number;
  readonly specSha256: string;
  readonly #options: ActiveRunOptions;
  readonly #driver: RunDriver;
  readonly #reporter: Reporter;
  readonly #checkpoints: CheckpointWriter;
  readonly #stepFile: StepFile;
  readonly #trust: TrustParts;
  readonly #log: RunLog;
  #epochsWritten: Promise<void> = Promise.resolve();
  #ticks: NodeJS.Timeout | null = null;
  #resolveFinished: (result: RunResult) => void = () => {};
  #ended: EndRecord | null = null;
  #result: RunResult | null = null;
  #isDelivered = false;
  #gaveUp = false;

  /** Prepares everything; nothing goes on before `start`. @throws UserError when the folder cannot be written */
  static async open(options: ActiveRunOptions): Promise<ActiveRun> {
    const { record, run, restored } = options;
    const steps = await readSteps(runFiles(record.folder).steps, restored?.progress.globalStep ?? 0);
    const lost: { tell: (reason: string) => void } = { tell: () => {} };
    const trust = await openTrust({
      ...{ run, record, restored, runsFolder: dirname(record.folder) },
      onProblem: options.onWarning,
      onLost: (reason) => lost.tell(reason),
    });
    if (restored !== null) run.updater.importState(restored.parameters, restored.optimizer);
    const active = new ActiveRun(options, await probeAnswer(run), steps, trust);
    lost.tell = (reason) => active.giveUp(reason);
    options.lock.onLost((reason) => active.giveUp(reason));
    await active.#prepareFolder(options.port);
    return active;
  }

  private constructor(
    options: ActiveRunOptions,
    probe: Awaited<ReturnType<typeof probeAnswer>>,
    steps: StepHistory,
    trust: TrustParts,
  ) {
    const { record, run, restored, workers } = options;
    this.#options = options;
    this.#trust = trust;
    this.#log = new RunLog(runFiles(record.folder).log, () => new Date());
    this.record = record;
    this.specSha256 = specSha256(record.spec);
    this.prepared = run;
    this.steps = steps;
    this.resumedFromStep = restored?.progress.globalStep ?? 0;
    const epochsKept = restored?.progress.epoch ?? 0;
    this.epochs = record.epochs.filter((one) => one.epoch <= epochsKept);
    this.finished = new Promise((resolve) => {
      this.#resolveFinished = resolve;
    });
    this.blocks = new DataBlocks(run.data);
    this.#reporter = new Reporter({
      model: run.model,
      stepsPerEpoch: stepsPerEpoch(shapeOf(run.facts)),
      clock: () => performance.now(),
      emit: options.onReport,
    });
    const files = runFiles(record.folder);
    this.#stepFile = new StepFile(files.steps, options.onWarning);
    this.#checkpoints = new CheckpointWriter({
      model: run.model,
      specSha256: this.specSha256,
      kernels: KERNEL_BUILD,
      files,
      write: async (file, content) => {
        await this.#mayWrite();
        // They name who has vouched for what.
        await writeAtomically(file, content, PRIVATE);
      },
      remove: async (file) => {
        await this.#mayWrite();
        await rm(file, { force: true });
      },
      onProblem: options.onWarning,
    });
    const started = startRun(run.facts, restored?.progress ?? initialProgress(run.facts), trust.start);
    this.#driver = new RunDriver({
      state: started.state,
      pending: started.effects,
      arena: run.arena,
      updater: run.updater,
      best: restored?.best ?? null,
      epochs: this.epochs,
      leases: run.leases,
      probe,
      workers,
      checkpoints: {
        save: (snapshot, best) => {
          this.#checkpoints.save(snapshot, best);
          // A run that is resumed from here has its curve up to here.
          void this.#stepFile.flush();
        },
        keep: (mark, state) => this.#checkpoints.keep(mark, state),
        drop: (mark) => this.#checkpoints.drop(mark),
      },
      trust: trust.driver,
      observer: {
        stepDone: (step, times) => this.#stepDone(step, times),
        epochDone: (effect) => this.#epochDone(effect),
        rolledBack: (progress, reason) => this.#rolledBack(progress, reason),
        log: ({ level, message, about }) => {
          // A verdict is printed; what is printed is not logged a second time.
          if (about === 'trust' && level !== 'debug') options.onReport({ type: 'trust', level, message });
          else options.log[level](message);
          if (level !== 'debug') options.onEvent(level, about ?? 'schedule', message);
        },
        ended: (end) => void this.#end(end),
      },
      clock: () => performance.now(),
    });
    this.door = new RunDoor({
      runId: record.runId,
      spec: record.spec,
      kernels: KERNEL_BUILD,
      manifests: this.blocks.manifests,
      limits: options.limits,
      driver: this.#driver,
      onChange: (change) => {
        if (change.type === 'refused') {
          options.log.warn(`A worker was refused: ${change.reason}`);
          options.onEvent('warn', 'worker', `A worker was refused: ${change.reason}`);
        } else this.#reporter.worker(change.type, change.name, change.reason, change.workers);
      },
    });
  }

  /** The port, and the records of what the checkpoint knows of. */
  async #prepareFolder(port: number): Promise<void> {
    const { folder } = this.record;
    const files = runFiles(folder);
    try {
      await writeAtomically(files.port, `${port}\n`);
      await writeAtomically(files.epochs, this.epochs.map((one) => `${JSON.stringify(one)}\n`).join(''));
      await this.#stepFile.begin(this.steps);
    } catch (error) {
      const text = reasonOf(error);
      throw new UserError(
        `The run's folder ${folder} cannot be written (${text}). Free some space or mend its permissions; the last checkpoint stays.`,
      );
    }
  }

  start(): void {
    const { record, prepared } = this;
    const from = this.resumedFromStep > 0 ? `goes on from step ${this.resumedFromStep}` : 'begins';
    this.#log.add('info', `The run ${from}, in process ${process.pid}.`);
    this.#options.onReport({
      type: 'run',
      runId: record.runId,
      folder: record.folder,
      spec: record.spec,
      dataSet: record.dataSet,
      parameters: prepared.model.trainableLength,
      stepsPerEpoch: stepsPerEpoch(shapeOf(prepared.facts)),
      resumedFromStep: this.resumedFromStep,
    });
    this.#reporter.start();
    this.#driver.start();
    let due = performance.now() + TICK_MS;
    let before = performance.eventLoopUtilization();
    this.#ticks = setInterval(() => {
      const now = performance.now();
      const loop = performance.eventLoopUtilization();
      this.#driver.tick(Math.max(0, now - due), loop.active - before.active);
      due = now + TICK_MS;
      before = loop;
    }, TICK_MS);
  }

  /** For display only. */
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

  /** Model and result lie in the run's folder. */
  get isDelivered(): boolean {
    return this.#isDelivered;
  }

  get totals(): ReturnType<Reporter['totals']> {
    return this.#reporter.totals();
  }

  /** How workers are checked at present. */
  get trust(): TrustSpec {
    return { ...this.state.trust.policy, trim: this.record.spec.trust.trim };
  }

  outlook(steps: number): ReturnType<Reporter['outlook']> {
    return this.#reporter.outlook(steps);
  }

  /** As they are now, a copy; of a run that has ended, those that are delivered. */
  parameters(): Float32Array {
    return this.#driver.parameters();
  }

  control(event: ControlEvent): void {
    if (this.#ended !== null) return;
    this.#driver.dispatch(event);
    if (this.state.paused === null) this.#reporter.resumed();
    else this.#reporter.paused();
  }

  /**
   * Checks workers otherwise from now on, also once the run is resumed.
   * @param reason a sentence
   * @throws UserError when that cannot be written down; then nothing has changed
   */
  async changeTrust(policy: TrustPolicy, reason: string): Promise<void> {
    const { folder } = this.record;
    try {
      await keepTrust(folder, policy);
    } catch (error) {
      throw new UserError(
        `Nothing has changed: ${runFiles(folder).trust} cannot be written (${reasonOf(error)}). Free some space or mend its permissions, and try again.`,
      );
    }
    this.control({ type: 'trust', policy, reason });
  }

  /** Ends the run in order: a checkpoint is written, workers are told. */
  stop(reason: string): void {
    if (this.#ended === null) this.#driver.stop(reason);
  }

  /** The same when nobody asked for it: it cannot go on here. */
  giveUp(reason: string): void {
    this.#gaveUp ||= this.#ended === null;
    this.stop(reason);
  }

  /** It was stopped, though nobody asked for it. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /** @throws when the run is another coordinator's by now */
  async #mayWrite(): Promise<void> {
    if (!(await this.#options.lock.holds())) throw new Error('another coordinator has taken the run over');
  }

  /** Keeps a sentence in the log in the run's folder. */
  remark(level: 'info' | 'warn', message: string): void {
    this.#log.add(level, message);
  }

  #stepDone(step: StepRecord, times: StepTimes): void {
    this.#reporter.step(step);
    const { samplesPerSecond } = this.#reporter.outlook(0);
    const point: StepPoint = { ...step, samplesPerSecond };
    if (this.steps.add(point)) this.#stepFile.append(point);
    this.#options.onStep(point);
    this.#options.onStepTimes(
      times,
      () => new Map([...this.state.workers.values()].map(({ id, name }) => [id, name])),
    );
  }

  #epochDone(effect: Parameters<Reporter['epoch']>[0]): void {
    const record = this.#reporter.epoch(effect);
    this.epochs.push(record);
    const file = runFiles(this.record.folder).epochs;
    this.#writeEpochs(`of epoch ${record.epoch}`, () => appendFile(file, `${JSON.stringify(record)}\n`));
  }

  /** What was recorded after the state that the run is back in is void. */
  #rolledBack({ epoch, globalStep }: RunProgress, reason: string): void {
    const file = runFiles(this.record.folder).epochs;
    this.epochs.splice(0, this.epochs.length, ...this.epochs.filter((one) => one.epoch <= epoch));
    const lines = this.epochs.map((one) => `${JSON.stringify(one)}\n`).join('');
    this.#writeEpochs('of the epochs that remain', () => writeAtomically(file, lines));
    this.steps.forgetAfter(globalStep);
    this.#stepFile.beginAgain(this.steps);
    this.#reporter.rolledBack();
    this.#options.onReport({ type: 'rollback', epochs: epoch, globalStep, reason });
  }

  /** One after the other, so that what is written last is what holds. */
  #writeEpochs(which: string, write: () => Promise<void>): void {
    this.#epochsWritten = this.#epochsWritten
      .then(() => this.#mayWrite())
      .then(write)
      .catch((error: Error) =>
        this.#options.onWarning(`The record ${which} could not be written (${error.message}).`),
      );
  }

  async #end(end: EndRecord): Promise<void> {
    this.#ended = end;
    const { record, epochs } = this;
    const files = runFiles(record.folder);
    const parameters = this.parameters();
    const result: RunResult = {
      runId: record.runId,
      ...figuresOf(this.prepared, epochs, end, this.state.progress.ending),
      dataSet: record.dataSet.name,
      ...this.#reporter.totals(),
      parametersSha256: vectorSha256(parameters),
      modelFile: files.model,
      checkpointFolder: files.checkpoints,
    };
    await Promise.all([this.#checkpoints.flush(), this.#stepFile.flush(), this.#epochsWritten]);
    if (end.state !== 'stopped') await this.#deliver(parameters, result);
    this.#log.add('info', `The run has ended after step ${end.steps} (${end.state}): ${result.reason}`);
    this.#halt();
    await this.#options.lock.release();
    // Told at once with the result, so that nobody is reported to have left a run that has not ended yet.
    this.door.end(end, this.#options.farewell(end));
    this.#result = result;
    this.#options.onReport({ type: 'result', ...result });
    this.#resolveFinished(result);
  }

  async #deliver(parameters: Float32Array, result: RunResult): Promise<void> {
    const { record, prepared } = this;
    const files = runFiles(record.folder);
    try {
      await this.#mayWrite();
      await writeAtomically(
        files.model,
        exportModel(prepared.model, parameters, {
          spec: JSON.stringify(publishedSpec(record.spec)),
          dataSet: JSON.stringify(record.dataSet),
          runId: record.runId,
        }),
      );
      await writeResult(record.folder, result);
      this.#isDelivered = true;
    } catch (error) {
      const text = reasonOf(error);
      this.#options.onWarning(
        `The result could not be written to ${record.folder} (${text}). The last checkpoint stays; free some space and resume the run.`,
      );
    }
  }

  #halt(): void {
    if (this.#ticks !== null) clearInterval(this.#ticks);
    this.#ticks = null;
  }

  /** Resolves when nothing waits to be written. */
  async close(): Promise<void> {
    this.#halt();
    await this.#trust.close();
    await Promise.all([this.#checkpoints.flush(), this.#stepFile.flush(), this.#epochsWritten]);
    await this.#options.lock.release();
  }
}
