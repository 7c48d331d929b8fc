/** Why a run and its workers are in the state that a page shows. */
import type { PauseFact } from './controlFacts.ts';
import type { RunEndFact } from './runFacts.ts';

/** Epochs count from 1. */
export type RunStateFact =
  | RunEndFact
  | PauseFact
  | { readonly type: 'noWorkerThere' }
  | { readonly type: 'trainsEpoch'; readonly epoch: number; readonly epochs: number }
  | { readonly type: 'validatesEpoch'; readonly epoch: number; readonly epochs: number }
  | { readonly type: 'testsModel'; readonly because: RunEndFact };

export type WorkerStateFact =
  | { readonly type: 'showsBits' }
  /** `stalled`: nothing more is granted to it until it answers. */
  | { readonly type: 'answerOverdue'; readonly seconds: number; readonly stalled: boolean }
  | { readonly type: 'restsForOperator' }
  | { readonly type: 'finishesAndGoes' }
  | { readonly type: 'nothingLeftInStep' }
  | { readonly type: 'runIsPaused' }
  | { readonly type: 'computesRange'; readonly from: number; readonly to: number }
  | { readonly type: 'evaluatesRange'; readonly from: number; readonly to: number }
  | { readonly type: 'toldToStopRange'; readonly from: number; readonly to: number }
  /** What it computes is not told to everybody. */
  | { readonly type: 'computes' };

export type ViewFact = Exclude<RunStateFact, RunEndFact | PauseFact> | WorkerStateFact;
