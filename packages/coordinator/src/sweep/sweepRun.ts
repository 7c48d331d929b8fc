/** One sweep while it goes: what is known of its trials, which comes next, and how it is shown. */
import {
  type EpochRecord,
  type RunEnd,
  rungsOf,
  type Sweep,
  type SweepAxis,
  type SweepField,
  type SweepStanding,
  type SweepState,
  type SweepView,
  standingOf,
  type TrialRecord,
  type TrialState,
  type TrialView,
} from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import { type KnownTrial, readTrial, type TrialRun, trialRunsOf } from './trialRuns.ts';

/** Values that reach so far are drawn on a logarithmic axis. */
const LOG_RATIO_MIN = 30;

export type TrialOutcome = Pick<KnownTrial, 'state' | 'epochs'>;

/** Lets a trial's run begin or go on, until the end of an epoch or to its own end. */
export type TrainTrial = (trial: TrialRun, untilEpoch: number | null) => Promise<TrialOutcome>;

type Known = { readonly state: RunEnd | null; readonly record: TrialRecord };

export class SweepRun {
  readonly sweep: Sweep;
  readonly trials: readonly TrialRun[];
  readonly #known: Known[];
  /** The trial that is being trained. */
  #going: number | null = null;
  #isStopping = false;

  /** @throws SpecError or UserError */
  static async open(files: KeptFiles, runsFolder: string, sweep: Sweep): Promise<SweepRun> {
    const trials = trialRunsOf(sweep);
    const known: (KnownTrial | null)[] = [];
    for (const trial of trials) known.push(await readTrial(files, runsFolder, trial));
    return new SweepRun(sweep, trials, known);
  }

  private constructor(sweep: Sweep, trials: readonly TrialRun[], known: readonly (KnownTrial | null)[]) {
    this.sweep = sweep;
    this.trials = trials;
    this.#known = trials.map((trial, index) => knownOf(trial, known[index] ?? null));
  }

  get standing(): SweepStanding {
    return standingOf(
      this.sweep,
      this.#known.map(({ record }) => record),
    );
  }

  get isDone(): boolean {
    return this.standing.next === null;
  }

  /** Trials that nothing is left to do of. */
  get done(): number {
    const { next, rungs } = this.standing;
    if (next === null) return this.trials.length;
    const highest = Math.max(0, ...rungs);
    return this.#known.filter(({ record }, trial) => record.hasEnded || (rungs[trial] ?? 0) < highest).length;
  }

  /** What is trained at present. */
  get goingTrial(): TrialRun | null {
    return this.#going === null ? null : (this.trials[this.#going] ?? null);
  }

  /** No further trial begins. */
  stop(): void {
    this.#isStopping = true;
  }

  /** An epoch of the trial that is being trained is over. */
  epochDone(record: EpochRecord): void {
    this.#change((epochs) => [...epochs.filter(({ epoch }) => epoch < record.epoch), record]);
  }

  /** Its epochs after so many are void. */
  wentBack(epochs: number): void {
    this.#change((records) => records.filter(({ epoch }) => epoch <= epochs));
  }

  #change(change: (epochs: readonly EpochRecord[]) => readonly EpochRecord[]): void {
    const known = this.#going === null ? undefined : this.#known[this.#going];
    if (this.#going === null || known === undefined) return;
    const { state, record } = known;
    this.#known[this.#going] = { state, record: { ...record, epochs: change(record.epochs) } };
  }

  /** Trains one trial after another until there is none left, or it is stopped. Rejects where a run cannot begin. */
  async carryOut(train: TrainTrial, onChange: () => void): Promise<void> {
    for (let next = this.standing.next; next !== null && !this.#isStopping; next = this.standing.next) {
      const trial = this.trials[next.trial];
      if (trial === undefined) return;
      this.#going = next.trial;
      onChange();
      try {
        const outcome = await train(trial, next.untilEpoch);
        const { state, record } = knownOf(trial, outcome);
        // Stopped before its time by somebody, who wants to see the others.
        const isShort = next.untilEpoch === null || (outcome.epochs.at(-1)?.epoch ?? 0) < next.untilEpoch;
        const isLeft = state === 'stopped' && isShort && !this.#isStopping;
        this.#known[next.trial] = { state, record: { ...record, isLeft } };
      } finally {
        this.#going = null;
        onChange();
      }
    }
  }

  /** `state` as others know it. */
  view(state: SweepState): SweepView {
    const { sweep, standing } = this;
    const { next, ranking, values } = standing;
    const [best = -1] = ranking;
    return {
      name: sweep.name,
      state: state === 'halted' && next === null ? 'done' : state,
      search: sweep.search.type,
      trials: this.trials.length,
      done: this.done,
      metric: sweep.objective.metric,
      goal: sweep.objective.goal,
      fields: sweep.axes.map(fieldOf),
      best: (values[best] ?? null) === null ? null : best + 1,
      table: this.trials.map((trial, index) => this.#trialView(trial, index, standing)),
    };
  }

  #trialView({ number, runId, values: varied }: TrialRun, trial: number, standing: SweepStanding): TrialView {
    const { values, rungs, ranking } = standing;
    const rung = rungs[trial] ?? 0;
    const state = this.#stateOf(trial, standing);
    const all = this.#known[trial]?.record.epochs ?? [];
    // What was trained beyond its rung before the stop came counts for nothing, and depends on how fast that was.
    const most =
      state === 'left' || state === 'kept' ? rungsOf(this.sweep, this.trials.length)[rung]?.epochs : null;
    const epochs = typeof most === 'number' ? all.filter(({ epoch }) => epoch <= most) : all;
    const figure = values[trial] ?? null;
    return {
      ...{ number, runId, values: varied, state, rung, figure },
      epochs: epochs.at(-1)?.epoch ?? 0,
      rank: figure === null ? null : ranking.indexOf(trial) + 1,
      seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  }

  #stateOf(trial: number, { next, rungs }: SweepStanding): TrialState {
    if (trial === this.#going) return 'training';
    const known = this.#known[trial];
    if (known === undefined || known.state === null) return 'planned';
    if (known.state !== 'stopped') return known.state;
    const rung = rungs[trial] ?? 0;
    if (rung < Math.max(0, ...rungs)) return 'left';
    const { untilEpoch = null } = next ?? {};
    const isKept = untilEpoch !== null && (known.record.epochs.at(-1)?.epoch ?? 0) >= untilEpoch;
    return isKept ? 'kept' : 'stopped';
  }
}

function knownOf({ spec }: TrialRun, known: TrialOutcome | null): Known {
  const state = known?.state ?? null;
  return {
    state,
    record: {
      epochs: known?.epochs ?? [],
      hasEnded: state !== null && state !== 'stopped',
      isLeft: false,
      restoresBest: spec.earlyStopping?.restoreBest === true,
    },
  };
}

function fieldOf(axis: SweepAxis): SweepField {
  const { path } = axis;
  if (axis.type === 'range') return { path, scale: axis.scale };
  const numbers = axis.values.filter((value) => typeof value === 'number');
  if (numbers.length < axis.values.length || numbers.length === 0) return { path, scale: 'categories' };
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return { path, scale: least > 0 && most / least >= LOG_RATIO_MIN ? 'log' : 'linear' };
}
