/** Tells workers that asked for it how the run stands and what they have done for it. Nothing depends on it. */
import { type EpochRecord, STANDING_RECORDS_MAX, type Standing, sentence } from '@shoal/core';
import type { EndRecord } from '../../transition/model/effects.ts';
import type { WorkerId } from '../../transition/model/ids.ts';
import type { RunStage } from '../../transition/model/task.ts';
import type { WorkerState } from '../../transition/model/worker.ts';
import { countedPerSecond, helpOf } from '../../transition/placement/credit.ts';
import type { RunState } from '../../transition/state.ts';
import { stepsAtHand } from '../../transition/task/workload.ts';

const EVERY_MS = 1_000;
const REASON_LENGTH_MAX = 1024;

/** What is each worker's own. */
type OwnPart = 'samples' | 'share' | 'leases' | 'rank' | 'speed' | 'samplesLate' | 'leasesLate' | 'help';

type Epoch = Pick<
  EpochRecord,
  'epoch' | 'trainLoss' | 'trainAccuracy' | 'validationLoss' | 'validationAccuracy'
>;

export type StandingsOptions = {
  readonly state: RunState;
  /** Of the epochs before a resumed run's, oldest first. */
  readonly epochs: readonly Epoch[];
  /** Else none is told. */
  readonly hasAccuracy: boolean;
  readonly send: (worker: WorkerId, standing: Standing) => void;
  /** Of a gateway: what its coordinator has told it; null before it has. Absent where the run is this process's own. */
  readonly told?: () => Standing | null;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
};

export class Standings {
  readonly #options: StandingsOptions;
  readonly #epochs: Epoch[];
  /** How many of the epochs each follower has been told of. */
  readonly #followers = new Map<WorkerId, number>();
  #loss: number | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;
  #end: EndRecord | null = null;

  constructor(options: StandingsOptions) {
    this.#options = options;
    this.#epochs = options.epochs.map((epoch) => this.#shown(epoch));
  }

  /** The worker asks; who asks twice is told no more often. */
  follow(worker: WorkerId): void {
    if (this.#followers.has(worker) || !this.#options.state.workers.has(worker)) return;
    this.#followers.set(worker, 0);
    this.#tell([worker]);
  }

  stepDone(loss: number): void {
    this.#loss = loss;
  }

  epochDone(epoch: Epoch): void {
    this.#epochs.push(this.#shown(epoch));
  }

  #shown(epoch: Epoch): Epoch {
    return this.#options.hasAccuracy ? epoch : { ...epoch, validationAccuracy: null };
  }

  /** So many epochs remain of those that were told; the others come again, and are told again. */
  rolledBack(epochs: number): void {
    const kept = this.#epochs.filter(({ epoch }) => epoch <= epochs);
    this.#epochs.splice(0, this.#epochs.length, ...kept);
    for (const [worker, told] of this.#followers) this.#followers.set(worker, Math.min(told, kept.length));
  }

  /** The run is over; its workers have not been sent away yet. */
  ended(end: EndRecord): void {
    this.#end = end;
    this.#tell(this.#followers.keys());
  }

  tick(): void {
    const now = this.#options.clock();
    if (this.#followers.size === 0 || now - this.#sentAt < EVERY_MS) return;
    this.#sentAt = now;
    this.#tell(this.#followers.keys());
  }

  #tell(followers: Iterable<WorkerId>): void {
    const { state, send, clock } = this.#options;
    const now = clock();
    const told = this.#options.told?.() ?? null;
    const run = this.#run(told);
    const workers = [...state.workers.values()];
    const ranks = ranksOf(workers.map((worker) => samplesOf(worker, state)));
    const total = told === null ? samplesOfAll(state) : told.share === 0 ? 0 : told.samples / told.share;
    for (const id of [...followers]) {
      const worker = state.workers.get(id);
      const toldBefore = this.#followers.get(id);
      if (worker === undefined || toldBefore === undefined) {
        this.#followers.delete(id);
        continue;
      }
      const records = this.#epochs.slice(toldBefore, toldBefore + STANDING_RECORDS_MAX).map(recordOf);
      this.#followers.set(id, toldBefore + records.length);
      const samples = samplesOf(worker, state);
      send(id, {
        ...run,
        records,
        workers: told?.workers ?? workers.reduce((sum, { crew }) => sum + (crew ?? 1), 0),
        samples,
        share: total === 0 ? 0 : Math.min(1, samples / total),
        leases: worker.leasesDone,
        rank: ranks.get(samples) ?? 1,
        speed: countedPerSecond(worker, now),
        samplesLate: worker.credit.samplesLate,
        leasesLate: worker.credit.leasesLate,
        help: helpOf({ state, now }, worker),
      });
    }
  }

  /** What is the same for all. */
  #run(told: Standing | null): Omit<Standing, 'records' | 'workers' | OwnPart> {
    if (told !== null) {
      const { records: _, workers: __, ...run } = told;
      return run;
    }
    const { facts, progress, stage, paused } = this.#options.state;
    const end = this.#end;
    return {
      type: 'standing',
      state: end?.state ?? (paused === null ? stateOf(stage) : 'paused'),
      ...whyOf(end),
      epoch: progress.epoch,
      step: progress.step,
      stepsPerEpoch: stepsAtHand(facts, progress.epoch),
      loss: this.#loss,
      testAccuracy: end?.testAccuracy ?? null,
    };
  }
}

function samplesOfAll({ contributed, workers }: RunState): number {
  let total = 0;
  for (const samples of contributed.values()) total += samples;
  for (const { samples } of workers.values()) total += samples;
  return total;
}

/** Why the run has ended; nothing is said as long as it goes on. */
function whyOf(end: EndRecord | null): Pick<Standing, 'reason' | 'facts'> {
  if (end === null) return { reason: '' };
  const reason = sentence(end.reason, 'en').slice(0, REASON_LENGTH_MAX);
  return end.reason.type === 'text' ? { reason } : { reason, facts: [end.reason] };
}

/** With those of its earlier connections. */
function samplesOf({ identity, samples }: WorkerState, { contributed }: RunState): number {
  return samples + (contributed.get(identity) ?? 0);
}

function stateOf(stage: RunStage): 'training' | 'validating' | 'testing' {
  return stage.type === 'validating' || stage.type === 'testing' ? stage.type : 'training';
}

/** The place of each number of samples among those of all workers; equal numbers share one. */
function ranksOf(samples: number[]): ReadonlyMap<number, number> {
  const ranks = new Map<number, number>();
  samples
    .sort((a, b) => b - a)
    .forEach((one, index) => {
      if (!ranks.has(one)) ranks.set(one, index + 1);
    });
  return ranks;
}

/** Only what is sent; a loss that left the finite numbers is told as none. */
function recordOf(epoch: Epoch): Standing['records'][number] {
  const { validationLoss } = epoch;
  return {
    epoch: epoch.epoch,
    trainLoss: epoch.trainLoss,
    trainAccuracy: epoch.trainAccuracy,
    validationLoss: validationLoss !== null && Number.isFinite(validationLoss) ? validationLoss : null,
    validationAccuracy: epoch.validationAccuracy,
  };
}
