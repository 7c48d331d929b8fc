/** How the trials of a sweep stand: the figure of each, who is better, and which is to be trained next, for how long. */
import type { EpochRecord } from '../watch/records.ts';
import type { Sweep } from './sweep.ts';

/** What is known of a trial's run. */
export type TrialRecord = {
  readonly epochs: readonly EpochRecord[];
  /** Nothing more is trained of it. */
  readonly hasEnded: boolean;
  /** It is left as it is for now: the operator stopped it, or it could not be run. */
  readonly isLeft: boolean;
  /** Early stopping goes back to its best epoch. */
  readonly restoresBest: boolean;
};

/** All that are left are trained up to this epoch before any goes further. */
export type Rung = {
  /** Null: to the end. */
  readonly epochs: number | null;
  /** At most so many of those that have come here go on to the next. */
  readonly survivors: number;
};

/** What is to be trained; `untilEpoch` null to its end. */
export type NextTrial = { readonly trial: number; readonly untilEpoch: number | null };

export type SweepStanding = {
  /** Null once everything is trained. */
  readonly next: NextTrial | null;
  /** Of each trial: the rung that it is on or was left at, from 0. */
  readonly rungs: readonly number[];
  /** Of each trial, at that rung; null where there is none. */
  readonly values: readonly (number | null)[];
  /** Trials (from 0), the best first; those of a higher rung stand before all others. */
  readonly ranking: readonly number[];
};

/** The rungs of a sweep of so many trials; one, to the end, unless it halves. */
export function rungsOf({ search }: Sweep, trials: number): readonly Rung[] {
  if (search.type !== 'successiveHalving') return [{ epochs: null, survivors: trials }];
  const { eta, minEpochs, maxEpochs } = search;
  const rungs: Rung[] = [];
  let left = trials;
  for (let epochs = minEpochs; epochs < maxEpochs; epochs = Math.min(maxEpochs, epochs * eta)) {
    left = Math.max(1, Math.floor(left / eta));
    rungs.push({ epochs, survivors: left });
  }
  return [...rungs, { epochs: null, survivors: left }];
}

/**
 * A function of the sweep and of what its trials have come to, whoever computed them and when: a sweep that is gone on
 * with after a crash stands where it stood. `records` has one entry for each trial, in their order.
 */
export function standingOf(sweep: Sweep, records: readonly TrialRecord[]): SweepStanding {
  const rungs = records.map(() => 0);
  const values: (number | null)[] = records.map(() => null);
  const { objective } = sweep;
  const better = (a: number, b: number): number =>
    comparison(objective, values[a] ?? null, values[b] ?? null) || a - b;
  let next: NextTrial | null = null;
  let alive = records.map((_, trial) => trial);
  for (const [rung, { epochs, survivors }] of rungsOf(sweep, records.length).entries()) {
    const here = new Set(alive);
    records.forEach((record, trial) => {
      if (!here.has(trial)) return;
      rungs[trial] = rung;
      values[trial] = figureOf(objective, record, epochs);
    });
    const waiting = records.findIndex((record, trial) => here.has(trial) && !hasReached(record, epochs));
    if (waiting !== -1) {
      next = { trial: waiting, untilEpoch: epochs };
      break;
    }
    // Whoever has no figure at all is not among the best.
    const fit = alive.filter((trial) => values[trial] !== null);
    if (epochs !== null)
      alive = [...fit]
        .sort(better)
        .slice(0, survivors)
        .sort((a, b) => a - b);
  }
  const ranking = records.map((_, trial) => trial);
  ranking.sort((a, b) => (rungs[b] ?? 0) - (rungs[a] ?? 0) || better(a, b));
  return { next, rungs, values, ranking };
}

function hasReached({ epochs, hasEnded, isLeft }: TrialRecord, until: number | null): boolean {
  return hasEnded || isLeft || (until !== null && (epochs.at(-1)?.epoch ?? 0) >= until);
}

/**
 * The figure of the model that the trial would deliver after so many epochs: of the last of them, or of the best where
 * early stopping goes back to that. Null before the first, and where it is no number.
 */
export function figureOf(
  { metric }: Pick<Sweep['objective'], 'metric'>,
  { epochs, restoresBest }: Pick<TrialRecord, 'epochs' | 'restoresBest'>,
  until: number | null,
): number | null {
  const seen = until === null ? epochs : epochs.filter(({ epoch }) => epoch <= until);
  const record = (restoresBest ? seen.findLast(({ improved }) => improved) : undefined) ?? seen.at(-1);
  const value = record?.[metric] ?? null;
  return value === null || !Number.isFinite(value) ? null : value;
}

/** Negative where the first is better; one without a figure is worse than any other. */
function comparison({ goal }: Sweep['objective'], a: number | null, b: number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return goal === 'min' ? a - b : b - a;
}
