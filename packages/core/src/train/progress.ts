/**
 * Where a run stands, as plain JSON: with the parameters and the optimizer's state this is all that a checkpoint
 * needs to go on to the same bits. Every float is a float64 that JSON keeps exactly.
 */
import type { EndingFact } from '../facts/fact.ts';
import type { EarlyStoppingState } from './earlyStopping.ts';

export type RunProgress = {
  /** From 0; equal to the spec's epochs when all are done. */
  readonly epoch: number;
  /** Steps done in this epoch; all of them while the epoch's validation is pending. */
  readonly step: number;
  /** Optimizer updates in all. */
  readonly globalStep: number;
  /** Counts every change of the parameters; 0 are the initial ones. */
  readonly version: number;
  /** Sums over this epoch's steps, in step order. */
  readonly epochSums: EpochSums;
  readonly earlyStopping: EarlyStoppingState | null;
  /** Of the latest whole epoch. */
  readonly lastEpoch: LastEpoch | null;
  /** Why no further epoch follows; only the test is left to do. Null while training goes on. */
  readonly ending: EndingFact | null;
};

export type EpochSums = {
  readonly loss: number;
  readonly correct: number;
  readonly count: number;
  /** Sum of each layer's gradient norm over the steps, in layer order; empty before the first step. */
  readonly layerNorms: readonly number[];
};

export type LastEpoch = {
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
};

export const EMPTY_EPOCH: EpochSums = { loss: 0, correct: 0, count: 0, layerNorms: [] };
