/** What there is to computing a leaf, whatever the step rule makes of it. */
import type { Samples } from '../data/dataSet.ts';
import type { SampleWriter } from '../data/fill.ts';
import type { Executor } from '../engine/engine.ts';
import type { Model } from '../nn/model.ts';
import type { Sums } from '../parallel/answer.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { VectorId } from '../vectors/arena.ts';
import type { EpochPiece } from './position.ts';

/** What leaves are computed with on one thread. */
export type LeafTools = {
  readonly spec: RunSpec;
  readonly model: Model;
  /** Compiled with `vectorsOf(spec)` vectors: the leaves' are among them. */
  readonly executor: Executor;
  readonly writer: SampleWriter;
  /** Samples of the training split. */
  readonly trainCount: number;
};

/** A leaf to compute. The executor holds the parameters of the request, and holds them again when the leaf is done. */
export type LeafWork = {
  readonly samples: Samples;
  /** Where in `samples` the leaf's samples lie. */
  readonly rows: Uint32Array;
  /** Their numbers in the set, which address their randomness; in the order of the stream. */
  readonly numbers: Uint32Array;
  /** Of which epochs' orders they are; their randomness is addressed by the epoch too. */
  readonly pieces: readonly EpochPiece[];
  /** Counted over the whole run. */
  readonly step: number;
  /** Samples of each update that is made within the leaf, where any is. */
  readonly batch: number;
  /** The vector of its left sibling, which the leaf's may be added to; null where there is none. */
  readonly onto: VectorId | null;
};

/** A leaf that is being computed, piece by piece: a pure function of the parameters and the leaf's address. */
export interface LeafComputation {
  /** Samples that are done with. */
  readonly done: number;
  /** Does a microbatch. @returns whether work remains */
  step(): boolean;
  /**
   * Once no work remains. The vector is `onto`, with the leaf's added to it, or belongs to the caller. What is not finite shows
   * in the sum of the vectors at the latest.
   */
  finish(): Sums<VectorId>;
  /** Gives up, and gives the memory back; at any time before `finish`. */
  discard(): void;
}

export interface LeafRule {
  /** One leaf at a time. */
  begin(work: LeafWork): LeafComputation;
}
