/** What early stopping decided after an epoch, and by which figures. Epochs count from 1. */
import type { EarlyStoppingSpec } from '../spec/runSpec.ts';

type Metric = EarlyStoppingSpec['metric'];

/** Why no further epoch follows. */
export type StoppedFact =
  | {
      readonly type: 'targetReached';
      readonly epoch: number;
      readonly metric: Metric;
      readonly value: number;
      readonly target: number;
    }
  /** `best` is null where the metric was never a finite number. */
  | {
      readonly type: 'patienceOver';
      readonly epoch: number;
      readonly metric: Metric;
      /** Epochs without improvement. */
      readonly waited: number;
      readonly minimumImprovement: number;
      readonly best: { readonly epoch: number; readonly value: number } | null;
    };

export type StoppingFact =
  | StoppedFact
  | { readonly type: 'improved'; readonly epoch: number; readonly metric: Metric; readonly value: number }
  | {
      readonly type: 'notImproved';
      readonly epoch: number;
      readonly metric: Metric;
      readonly waited: number;
      readonly patience: number;
      readonly minimumImprovement: number;
      readonly best: { readonly epoch: number; readonly value: number } | null;
    };
