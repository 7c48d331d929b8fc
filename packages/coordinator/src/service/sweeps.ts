/** Sweeps of a coordinator: what there is in its folder, which goes on, and the runs that one is made of. */
import {
  type ControlFact,
  type Fact,
  reasonOf,
  type Sweep,
  type SweepState,
  type SweepSummary,
  type SweepView,
  valuesText,
} from '@shoal/core';
import { describeDataSet, isSameDataSet } from '../data/identity.ts';
import { UserError } from '../errors.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { NewsStream } from '../news/news.ts';
import type { InitialModels } from '../run/folder/initialModels.ts';
import type { RunStart } from '../run/folder/openRecord.ts';
import { isRunThere, readRun } from '../run/folder/runFolder.ts';
import { fittingOfRun, type PlanSources, planRun, type RunPlan } from '../run/preparation/plan.ts';
import { checkRun } from '../run/preparation/prepare.ts';
import { placed } from '../run/preparation/specFromFields.ts';
import {
  ControlError,
  type Submitted,
  type SweepCheck,
  type SweepsControl,
} from '../server/coordinatorControl.ts';
import { keepSweep, readSweep, sweepNames, sweepOf } from '../sweep/sweepFiles.ts';
import { SweepRun, type TrainTrial, type TrialOutcome } from '../sweep/sweepRun.ts';
import { labelTrial, readTrial, type TrialRun, trialRunsOf } from '../sweep/trialRuns.ts';
import type { Coordinator } from './coordinator.ts';
import type { DataCache } from './dataCache.ts';
import type { Begun } from './queue.ts';

export type SweepsOptions = {
  readonly coordinator: Coordinator;
  readonly files: KeptFiles;
  readonly runsFolder: string;
  readonly cache: DataCache;
  readonly initials: InitialModels;
  readonly news: NewsStream;
  /** Whether a sweep of this name waits for its turn. */
  readonly waits: (name: string) => boolean;
  /** Lets it begin, or wait for its turn. */
  readonly submit: (name: string, trials: number) => Promise<Submitted>;
};

export class Sweeps implements SweepsControl {
  readonly #options: SweepsOptions;
  #going: SweepRun | null = null;

  constructor(options: SweepsOptions) {
    this.#options = options;
  }

  /** The sweep that goes on. */
  get going(): SweepView | null {
    return this.#going?.view('going') ?? null;
  }

  /** Its trials, once all of them have been found right. @throws an error with a sentence */
  async check(input: unknown): Promise<SweepCheck> {
    return this.#check(await this.#options.initials.namedSweep(input));
  }

  async #check(named: unknown): Promise<SweepCheck> {
    const sweep = sweepOf(named);
    const trials = trialRunsOf(sweep);
    await this.#plan(trials);
    return { name: sweep.name, trials: trials.map(({ number, values }) => ({ number, values })) };
  }

  /** Writes it down, and lets it begin. @throws as `check`, or ControlError where it goes on or waits */
  async start(input: unknown): Promise<Submitted> {
    const { files, runsFolder, initials, submit } = this.#options;
    // What its trials begin with is settled now, whatever becomes of the run that is named.
    const named = await initials.namedSweep(input);
    const { name, trials } = await this.#check(named);
    this.#refuseGoing(name);
    await keepSweep(files, runsFolder, name, named);
    return submit(name, trials.length);
  }

  /** @throws ControlError where there is none, or it goes on or waits */
  async resume(name: string): Promise<Submitted> {
    const sweep = await this.#read(name);
    this.#refuseGoing(name);
    return this.#options.submit(name, trialRunsOf(sweep).length);
  }

  async list(): Promise<readonly SweepSummary[]> {
    const { files, runsFolder } = this.#options;
    const found: SweepSummary[] = [];
    for (const name of await sweepNames(files, runsFolder)) {
      // One that is damaged is told of when it is asked for.
      const view = await this.view(name).catch(() => null);
      if (view === null) continue;
      const { state, search, trials, done } = view;
      found.push({ name, state, search, trials, done });
    }
    return found;
  }

  /** @throws ControlError where there is none, UserError where it cannot be read */
  async view(name: string): Promise<SweepView> {
    if (this.#going?.sweep.name === name) return this.#going.view('going');
    const { files, runsFolder } = this.#options;
    const run = await SweepRun.open(files, runsFolder, await this.#read(name));
    const state: SweepState = this.#options.waits(name) ? 'waiting' : 'halted';
    return run.view(state);
  }

  /** Stops the trial at hand, and begins no other. @throws ControlError */
  stop(name: string): ControlFact {
    if (this.#going?.sweep.name !== name) {
      throw new ControlError('sweepNotGoing', `The sweep "${name.slice(0, 64)}" is not going on.`);
    }
    this.#going.stop();
    this.#options.coordinator.current?.stop({ type: 'operatorStopped' });
    const fact = { type: 'sweepStops', name } as const;
    this.#tell(fact);
    return fact;
  }

  /** Begins it, or goes on with it where its trials stand. @throws an error with a sentence */
  async begin(name: string): Promise<Begun> {
    const { files, runsFolder } = this.#options;
    const run = await SweepRun.open(files, runsFolder, await this.#read(name));
    const notices = await this.#plan(run.trials);
    return { ended: this.#carryOut(run, notices) };
  }

  async #carryOut(run: SweepRun, notices: readonly Fact[]): Promise<void> {
    const { coordinator, news } = this.#options;
    const { name } = run.sweep;
    this.#going = run;
    const trials = run.trials.length;
    this.#tell({ type: 'sweepBegins', name, trials, left: trials - run.done });
    for (const fact of notices) {
      if (fact.type === 'dataTaken') coordinator.remark(fact);
      else coordinator.notice(fact);
    }
    try {
      await run.carryOut(this.#trainOf(run), () => news.publish({ type: 'queueChanged' }));
      if (run.isDone) this.#tell({ type: 'sweepEnds', name, best: run.view('done').best });
    } catch (error) {
      if (coordinator.mayGoOn) coordinator.notice({ type: 'text', text: reasonOf(error) });
    } finally {
      this.#going = null;
      news.publish({ type: 'queueChanged' });
    }
  }

  #trainOf(sweep: SweepRun): TrainTrial {
    const { coordinator, files, runsFolder, news } = this.#options;
    const { name } = sweep.sweep;
    return async (trial, untilEpoch): Promise<TrialOutcome> => {
      const run = await coordinator.open(await this.#startOf(trial));
      // From opening to starting nothing waits: workers are let in as soon as it is open.
      const hearNoMore = news.subscribe((item) => {
        if (item.type === 'rollback') sweep.wentBack(item.epochs);
        if (item.type !== 'epoch') return;
        const { type: _type, ...record } = item;
        sweep.epochDone(record);
        if (untilEpoch === null || record.epoch < untilEpoch) return;
        // Not from within what tells of it.
        setImmediate(() => run.stop({ type: 'rungReached', sweep: name, epochs: untilEpoch }));
      });
      coordinator.start(run);
      const labelled = labelTrial(files, runsFolder, name, trial).catch((error) =>
        coordinator.notice({ type: 'text', text: reasonOf(error) }),
      );
      const [result] = await Promise.all([run.finished, labelled]);
      hearNoMore();
      if (!coordinator.mayGoOn) sweep.stop();
      // What has befallen this coordinator would befall the next trial, too.
      else if (run.gaveUp) throw new UserError(result.reason);
      return { state: result.state, epochs: run.epochs };
    };
  }

  get #sources(): PlanSources {
    const { cache, initials } = this.#options;
    return {
      load: (data, fitting) => cache.load(data, fitting),
      initial: (spec) => initials.of(spec),
    };
  }

  async #startOf({ runId, spec }: TrialRun): Promise<RunStart> {
    const { files, runsFolder, cache } = this.#options;
    if (!(await isRunThere(runsFolder, runId, files))) {
      const plan = await planRun(spec, this.#sources);
      return { type: 'new', runId, spec: plan.spec, dataSet: plan.dataSet, initial: plan.initial };
    }
    const { spec: begun, dataSet, dataPlace } = await readRun(runsFolder, runId, files);
    const loaded = await cache.load(begun.data, fittingOfRun(begun, dataSet), dataPlace ?? null);
    return { type: 'resume', runId, dataSet: loaded.dataSet };
  }

  /**
   * Whatever is wrong with any trial is said before the first begins.
   * @returns what the person must see @throws an error with a sentence
   */
  async #plan(trials: readonly TrialRun[]): Promise<readonly Fact[]> {
    const { files, runsFolder } = this.#options;
    const notices = new Map<string, Fact>();
    for (const trial of trials) {
      const plan = await atTrial(trial, async () => {
        const planned = await planRun(trial.spec, this.#sources);
        checkRun(planned.spec, planned.dataSet);
        return planned;
      });
      refuseOtherData(trial, plan, await readTrial(files, runsFolder, trial));
      for (const notice of plan.notices) notices.set(JSON.stringify(notice), notice);
    }
    return [...notices.values()];
  }

  async #read(name: string): Promise<Sweep> {
    const { files, runsFolder } = this.#options;
    const sweep = await readSweep(files, runsFolder, name);
    if (sweep === null) {
      throw new ControlError('noSuchSweep', `There is no sweep "${name.slice(0, 64)}" here.`);
    }
    return sweep;
  }

  #refuseGoing(name: string): void {
    if (this.#going?.sweep.name === name || this.#options.waits(name)) {
      throw new ControlError('sweepGoing', `The sweep ${name} goes on or waits already. Stop it first.`);
    }
  }

  #tell(fact: Fact): void {
    const { news } = this.#options;
    news.publish({ type: 'remark', level: 'info', kind: 'control', facts: [fact] });
    news.publish({ type: 'queueChanged' });
  }
}

/** What is wrong with a trial is said with its number and what varies. */
async function atTrial(trial: TrialRun, plan: () => Promise<RunPlan>): Promise<RunPlan> {
  try {
    return await plan();
  } catch (error) {
    const place = `trial ${trial.number} (${valuesText(trial.values)})`;
    const told = placed(error, place);
    if (told !== error) throw told;
    // A defect stays one.
    if (!(error instanceof Error) || !error.message.endsWith('.')) throw error;
    throw new UserError(`${place}: ${error.message}`);
  }
}

function refuseOtherData(
  { runId }: TrialRun,
  { dataSet: { info } }: RunPlan,
  known: Awaited<ReturnType<typeof readTrial>>,
): void {
  if (known === null || isSameDataSet(known.dataSet, info)) return;
  throw new UserError(
    `The trial ${runId} was trained on ${describeDataSet(known.dataSet)}, but the data set found is ${describeDataSet(info)}. Point --data to the original one, or give the sweep another name.`,
  );
}
