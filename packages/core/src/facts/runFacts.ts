/**
 * The life of a run: how it begins and ends, why it is ended before its time, and what of it could not be written down.
 * `problem` is what the operating system said, without a full stop.
 */
import type { CompletedFact, DivergedFact, OutcomeFact } from './outcomeFacts.ts';
import type { StoppedFact } from './stoppingFacts.ts';
import type { TextFact } from './textFact.ts';

export const RUN_ENDS = ['finished', 'stopped', 'diverged', 'failed'] as const;
export type RunEnd = (typeof RUN_ENDS)[number];

/** Why a run ends although more could be trained. */
export type BrokenOffFact =
  /** With the best that it has: no further epoch. `epoch` is the one that was interrupted; steps of all epochs. */
  | { readonly type: 'operatorFinished'; readonly epoch: number; readonly step: number }
  | { readonly type: 'operatorStopped' }
  | { readonly type: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  /** `what` is the run, `by` who has it now. */
  | { readonly type: 'takenOver'; readonly what: string; readonly by: string }
  | { readonly type: 'trustedWorkerFailed'; readonly problem: string }
  | { readonly type: 'localWorkersGone' }
  /** The sweep that it belongs to trains others first, and goes on with it if it is among the best. */
  | { readonly type: 'rungReached'; readonly sweep: string; readonly epochs: number };

/** Why a run trains no further. */
export type EndedFact = StoppedFact | CompletedFact | DivergedFact | BrokenOffFact | TextFact;

/** The same, and what its records show. */
export type RunEndFact = EndedFact | OutcomeFact;

export type RunFact =
  | BrokenOffFact
  | { readonly type: 'runBegins'; readonly runId: string }
  | { readonly type: 'runGoesOn'; readonly runId: string; readonly step: number }
  | {
      readonly type: 'runEnded';
      readonly runId: string;
      readonly state: RunEnd;
      readonly why: readonly RunEndFact[];
    }
  | { readonly type: 'epochUnwritten'; readonly epoch: number; readonly problem: string }
  /** After the run went back: the epochs that remain. */
  | { readonly type: 'epochsUnwritten'; readonly problem: string }
  | { readonly type: 'resultUnwritten'; readonly folder: string; readonly problem: string }
  | { readonly type: 'checkpointUnwritten'; readonly file: string; readonly problem: string }
  /** Parameters on the way, for a replay. */
  | { readonly type: 'statesUnwritten'; readonly folder: string; readonly problem: string }
  | { readonly type: 'curveUnwritten'; readonly file: string; readonly problem: string }
  | { readonly type: 'standingUnwritten'; readonly file: string; readonly problem: string }
  | { readonly type: 'convictionUnwritten'; readonly file: string; readonly problem: string }
  | { readonly type: 'keyNotRemoved'; readonly folder: string; readonly problem: string }
  | { readonly type: 'runsUnreadable'; readonly problem: string }
  /** The index of runs was not there, or of no use. */
  | { readonly type: 'runIndexMade'; readonly folder: string; readonly runs: number }
  /** There is none, and cannot be: runs are read from their folders. */
  | { readonly type: 'runIndexUnusable'; readonly file: string; readonly problem: string }
  /** An address that is told of events could not be told this one. */
  | { readonly type: 'webhookFailed'; readonly host: string; readonly event: string; readonly why: string };
