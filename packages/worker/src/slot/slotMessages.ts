/**
 * What a session and its slots say to each other. A slot is one thread with its own engine and memory; it takes
 * requests in order (a cancel at once) and answers each compute request exactly once, saying before that how far it is
 * where that takes long.
 */
import type { Answer, EngineName, LeafRequest, RunSpec } from '@shoal/core';

export type JobId = number;

/* ── Session to slot ───────────────────────────────────────────────────── */

/** The first request; the spec is resolved and its model is known to compile. */
export type SetupRequest = {
  readonly type: 'setup';
  readonly engine: EngineName;
  readonly spec: RunSpec;
  /** Samples of the training split. */
  readonly trainCount: number;
};

/** The parameters of all jobs that follow, until the next such request. */
export type ParametersRequest = {
  readonly type: 'parameters';
  readonly version: number;
  /** [vectorLength] float32, little-endian. */
  readonly vector: Uint8Array;
  /** The vector fills a buffer that the slot may keep for gradients; else the slot only reads it. */
  readonly given: boolean;
};

/** Nobody writes to the samples any more. Where no rows are given, they lie in the order of their numbers. */
export type ComputeRequest = Omit<LeafRequest, 'rows'> &
  Partial<Pick<LeafRequest, 'rows'>> & { readonly type: 'compute'; readonly job: JobId };

/** Stops a job between two microbatches, or before its first. */
export type CancelRequest = { readonly type: 'cancel'; readonly job: JobId };

/** The buffer of a gradient that has been sent, for a next one. */
export type RecycleRequest = { readonly type: 'recycle'; readonly buffer: ArrayBuffer };

export type SlotRequest = SetupRequest | ParametersRequest | ComputeRequest | CancelRequest | RecycleRequest;

/* ── Slot to session ───────────────────────────────────────────────────── */

/** An answer that can travel between threads: its vector is no handle. */
export type ArrayAnswer = Answer<Float32Array<ArrayBuffer>>;

export type SlotAnswer =
  /** One entry for each maximal complete node of the job's leaves, left to right. `computeMs` is the slot's own time. */
  | {
      readonly type: 'finished';
      readonly job: JobId;
      readonly answers: readonly ArrayAnswer[];
      /**
       * The vectors lie in the memory of the slot, which writes to them again once the answer has been taken: whoever looks at
       * them later copies them (`keptAnswer`). Else they have buffers of their own.
       */
      readonly lent?: boolean;
      readonly computeMs: number;
    }
  | { readonly type: 'cancelled'; readonly job: JobId }
  /** No answer yet: so many of the job's samples are done. */
  | { readonly type: 'progress'; readonly job: JobId; readonly done: number; readonly computeMs: number }
  | { readonly type: 'failed'; readonly job: JobId; readonly message: string };

/** The answer for whoever looks at it later. */
export function keptAnswer(answer: SlotAnswer): SlotAnswer {
  if (answer.type !== 'finished' || answer.lent !== true) return answer;
  const answers = answer.answers.map((one) => ({ ...one, vector: one.vector?.slice() ?? null }));
  return { ...answer, answers, lent: false };
}
