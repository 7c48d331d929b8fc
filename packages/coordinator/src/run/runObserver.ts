/** What has happened in a run so far, its curve and its epochs: kept for whoever asks, written down, and told. */
import {
  type EpochRecord,
  type RollbackFact,
  type RunProgress,
  type StepPoint,
  sentence,
  stepsOfEpoch,
  totalSteps,
} from '@shoal/core';
import type { RunNews, StepTimes } from '../news/news.ts';
import type { Effect, StepRecord } from '../transition/model/effects.ts';
import { shapeOf, stepsAtHand } from '../transition/task/workload.ts';
import type { RegistryChange } from './admission/workerRegistry.ts';
import type { DriverObserver } from './driver/driver.ts';
import type { RunRecord } from './folder/runFolder.ts';
import type { RunRecorder } from './folder/runRecorder.ts';
import type { PreparedRun } from './preparation/prepare.ts';
import { Reporter } from './report/reporter.ts';
import type { StepHistory } from './report/stepHistory.ts';

export type RunObserverOptions = {
  readonly run: PreparedRun;
  /** Of the epochs that count, oldest first. */
  readonly epochs: readonly EpochRecord[];
  readonly steps: StepHistory;
  readonly recorder: RunRecorder;
  readonly tell: (news: RunNews) => void;
  readonly clock: () => number;
  /** Bytes to and from workers on other machines since this process took up the run. */
  readonly bytes: () => number;
};

export class RunObserver implements Omit<DriverObserver, 'ended'> {
  readonly epochs: EpochRecord[];
  readonly steps: StepHistory;
  readonly reporter: Reporter;
  readonly #run: PreparedRun;
  readonly #recorder: RunRecorder;
  readonly #tell: (news: RunNews) => void;
  /** Steps done in all. */
  #globalStep = 0;

  constructor({ run, epochs, steps, recorder, tell, clock, bytes }: RunObserverOptions) {
    this.#run = run;
    this.epochs = [...epochs];
    this.steps = steps;
    this.#recorder = recorder;
    this.#tell = tell;
    const { bytes: bytesBefore = 0, blockBytes: blockBytesBefore = 0 } = epochs.at(-1) ?? {};
    this.reporter = new Reporter({
      model: run.model,
      stepsOf: (epoch) => stepsOfEpoch(shapeOf(run.facts), epoch),
      clock,
      emit: tell,
      bytes: () => bytesBefore + bytes(),
      blockBytes: () => blockBytesBefore + run.blocks.bytesFetched,
    });
  }

  started({ runId, folder, spec, dataSet }: RunRecord, resumedFromStep: number): void {
    const { model, facts } = this.#run;
    this.#globalStep = resumedFromStep;
    const from = resumedFromStep > 0 ? `goes on from step ${resumedFromStep}` : 'begins';
    this.#recorder.log('info', `The run ${from}, in process ${process.pid}.`);
    this.#tell({
      type: 'run',
      runId,
      folder,
      spec,
      dataSet,
      parameters: model.trainableLength,
      stepsPerEpoch: stepsAtHand(facts, 0),
      stepsInAll: totalSteps(shapeOf(facts)),
      resumedFromStep,
    });
  }

  stepDone(step: StepRecord, times: StepTimes): void {
    this.#globalStep = step.globalStep;
    this.reporter.step(step, times.begunAt);
    const { samplesPerSecond } = this.reporter.outlook(0);
    const point: StepPoint = { ...step, samplesPerSecond };
    if (this.steps.add(point)) this.#recorder.step(point);
    this.#tell({ type: 'stepDone', point, samples: step.samples, times });
  }

  epochDone(effect: Extract<Effect, { type: 'epochDone' }>): void {
    const record = this.reporter.epoch(effect);
    this.epochs.push(record);
    this.#recorder.epoch(record, this.#globalStep);
  }

  /** What was recorded after the state that the run is back in is void. */
  rolledBack({ epoch, globalStep }: RunProgress, reason: RollbackFact): void {
    this.epochs.splice(0, this.epochs.length, ...this.epochs.filter((one) => one.epoch <= epoch));
    this.steps.forgetAfter(globalStep);
    this.#recorder.rolledBack(this.epochs, this.steps, globalStep);
    this.#globalStep = globalStep;
    this.reporter.rolledBack();
    this.#tell({ type: 'rollback', epochs: epoch, globalStep, fact: reason });
  }

  log({ level, facts, about }: Extract<Effect, { type: 'log' }>): void {
    // A verdict is a report, which is printed; what is printed is not logged a second time.
    if (about === 'trust' && level !== 'debug') this.#tell({ type: 'trust', level, facts });
    else this.#tell({ type: 'decision', level, kind: about ?? 'schedule', facts });
  }

  workersChanged(change: RegistryChange): void {
    if (change.type !== 'refused') {
      const reason = change.type === 'joined' ? change.agent : sentence(change.why, 'en');
      return this.reporter.worker(change.type, change.name, reason, change.workers);
    }
    const facts = [{ type: 'workerRefused', why: change.why } as const];
    this.#tell({ type: 'decision', level: 'warn', kind: 'worker', facts });
  }
}
