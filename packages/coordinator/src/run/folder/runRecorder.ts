/**
 * What one run writes into its folder while it goes: port, curve, epochs, checkpoints, log, and in the end model and
 * result. Nothing of it waits for the disk; a write that fails is told, and the run goes on.
 */
import {
  type EpochRecord,
  exportModel,
  hasAccuracy,
  KERNEL_BUILD,
  type Model,
  publishedSpec,
  type RunFact,
  type RunResult,
  reasonOf,
  type StepPoint,
  specSha256,
  vectorSha256,
} from '@shoal/core';
import { UserError } from '../../errors.ts';
import type { KeptFiles } from '../../files/keptFiles.ts';
import type { EndRecord } from '../../transition/model/effects.ts';
import type { CheckpointsPort } from '../ports.ts';
import type { StepHistory } from '../report/stepHistory.ts';
import { CheckpointWriter } from './checkpointWriter.ts';
import { EventFile } from './eventFile.ts';
import { KeptStates } from './keptStates.ts';
import type { RunLock } from './lock.ts';
import { type RunRecord, runFiles, writeResult } from './runFolder.ts';
import { RunLog } from './runLog.ts';
import { StepFile } from './stepFile.ts';

export type RunRecorderOptions = {
  readonly record: RunRecord;
  readonly model: Model;
  /** Of the whole run. */
  readonly steps: number;
  readonly lock: RunLock;
  readonly files: KeptFiles;
  /** Resolves when the convictions so far are kept: no later checkpoint may be there without them. */
  readonly convictionsKept: () => Promise<void>;
  /** Whether the curves are written for TensorBoard as well. */
  readonly tensorBoard: boolean;
  /** So many steps are in the last checkpoint that is kept. */
  readonly onKept?: (step: number) => void;
  /** What part of the time checkpoints may be written at most; absent: any. */
  readonly partOfTime?: number;
  /** Something could not be written; a sentence. */
  readonly onProblem: (fact: RunFact) => void;
};

const lineOf = (record: EpochRecord): string => `${JSON.stringify(record)}\n`;

export class RunRecorder {
  readonly #options: RunRecorderOptions;
  readonly #files: ReturnType<typeof runFiles>;
  readonly #writer: CheckpointWriter;
  readonly #stepFile: StepFile;
  /** Null where it is not wanted. */
  readonly #events: EventFile | null;
  readonly #log: RunLog;
  #epochsWritten: Promise<void> = Promise.resolve();
  readonly checkpoints: CheckpointsPort;
  /** Parameters on the way. */
  readonly states: KeptStates;

  constructor(options: RunRecorderOptions) {
    const { record, model, files, onProblem } = options;
    this.#options = options;
    this.#files = runFiles(record.folder);
    this.#log = new RunLog(files, this.#files.log, () => new Date());
    this.#stepFile = new StepFile(this.#files.steps, onProblem, files);
    const { folder } = record;
    this.#events = options.tensorBoard
      ? new EventFile({ folder, files, onProblem, now: () => Date.now() })
      : null;
    this.#writer = new CheckpointWriter({
      model,
      specSha256: specSha256(record.spec),
      kernels: KERNEL_BUILD,
      files: this.#files,
      write: async (file, content) => {
        await this.#mayWrite();
        await options.convictionsKept();
        // They name who has vouched for what.
        await files.replace(file, content, true);
      },
      remove: async (file) => {
        await this.#mayWrite();
        await files.remove(file);
      },
      onProblem,
      ...(options.onKept !== undefined && { onKept: options.onKept }),
      ...(options.partOfTime !== undefined && { partOfTime: options.partOfTime }),
    });
    this.states = new KeptStates({
      ...{ folder: this.#files.states, files, model, steps: options.steps },
      ...(options.partOfTime !== undefined && { partOfTime: options.partOfTime }),
      mayWrite: () => this.#mayWrite(),
      clock: () => performance.now(),
      onProblem: (problem) => onProblem({ type: 'statesUnwritten', folder: this.#files.states, problem }),
    });
    this.checkpoints = {
      save: (snapshot, best) => {
        this.#writer.save(snapshot, best);
        // A run that is resumed from here has its curve up to here.
        void this.#stepFile.flush();
        void this.#events?.flush();
      },
      keep: (mark, state) => this.#writer.keep(mark, state),
      drop: (mark) => this.#writer.drop(mark),
    };
  }

  /** @throws when the run is another coordinator's by now */
  async #mayWrite(): Promise<void> {
    if (!(await this.#options.lock.holds())) throw new Error('another coordinator has taken the run over');
  }

  /**
   * The port, and the records of what the checkpoint knows of.
   * @throws UserError when the folder cannot be written
   */
  async begin(
    port: number,
    epochs: readonly EpochRecord[],
    steps: StepHistory,
    lastStep: number,
  ): Promise<void> {
    const { files } = this.#options;
    try {
      await files.replace(this.#files.port, `${port}\n`);
      await files.replace(this.#files.epochs, epochs.map(lineOf).join(''));
      await this.#stepFile.begin(steps);
      this.#events?.begin({ step: lastStep, epochs: epochs.length });
      await this.states.begin(lastStep);
    } catch (error) {
      throw new UserError(
        `The run's folder ${this.#options.record.folder} cannot be written (${reasonOf(error)}). Free some space or mend its permissions; the last checkpoint stays.`,
      );
    }
  }

  /** A line in the log of the run. */
  log(level: 'info' | 'warn', message: string): void {
    this.#log.add(level, message);
  }

  step(point: StepPoint): void {
    this.#stepFile.append(point);
    this.#events?.step(point);
  }

  /** `step`: the last of the epoch. */
  epoch(record: EpochRecord, step: number): void {
    const { epoch } = record;
    this.#events?.epoch(record, step, hasAccuracy(this.#options.record.spec.model));
    this.#writeEpochs(
      (problem) => ({ type: 'epochUnwritten', epoch, problem }),
      () => this.#options.files.append(this.#files.epochs, lineOf(record)),
    );
  }

  /** The run is back in an earlier state, which these belong to. */
  rolledBack(epochs: readonly EpochRecord[], steps: StepHistory, lastStep: number): void {
    const lines = epochs.map(lineOf).join('');
    this.#writeEpochs(
      (problem) => ({ type: 'epochsUnwritten', problem }),
      () => this.#options.files.replace(this.#files.epochs, lines),
    );
    this.#stepFile.beginAgain(steps);
    this.#events?.begin({ step: lastStep, epochs: epochs.length });
    this.states.forgetAfter(lastStep);
  }

  /** One after the other, so that what is written last is what holds. */
  #writeEpochs(unwritten: (problem: string) => RunFact, write: () => Promise<void>): void {
    this.#epochsWritten = this.#epochsWritten
      .then(() => this.#mayWrite())
      .then(write)
      .catch((error: Error) => this.#options.onProblem(unwritten(error.message)));
  }

  /** The run has ended: its result, and unless it was only stopped its model, are written. */
  async conclude(
    { state, steps }: EndRecord,
    parameters: Float32Array,
    figures: Omit<RunResult, 'runId' | 'dataSet' | 'parametersSha256' | 'modelFile' | 'checkpointFolder'>,
  ): Promise<{ readonly result: RunResult; readonly isDelivered: boolean }> {
    const { record } = this.#options;
    const result: RunResult = {
      runId: record.runId,
      ...figures,
      dataSet: record.dataSet.name,
      parametersSha256: vectorSha256(parameters),
      modelFile: this.#files.model,
      checkpointFolder: this.#files.checkpoints,
    };
    this.#events?.result(result);
    await this.flush();
    const isDelivered = state !== 'stopped' && (await this.#deliver(parameters, result));
    this.log('info', `The run has ended after step ${steps} (${state}): ${result.reason}`);
    return { result, isDelivered };
  }

  /** @returns whether model and result lie in the folder */
  async #deliver(parameters: Float32Array, result: RunResult): Promise<boolean> {
    const { record, model, files, onProblem } = this.#options;
    try {
      await this.#mayWrite();
      await files.replace(
        this.#files.model,
        exportModel(model, parameters, {
          spec: JSON.stringify(publishedSpec(record.spec)),
          dataSet: JSON.stringify(record.dataSet),
          runId: record.runId,
        }),
      );
      await writeResult(record.folder, { ...result, endedAt: new Date().toISOString() }, files);
      return true;
    } catch (error) {
      onProblem({ type: 'resultUnwritten', folder: record.folder, problem: reasonOf(error) });
      return false;
    }
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    await Promise.all([
      this.#writer.flush(),
      this.#stepFile.flush(),
      this.#events?.flush(),
      this.states.flush(),
      this.#epochsWritten,
    ]);
  }
}
