/** What the operator has asked of a coordinator, and what follows at once. `name` is a worker's. */
import type { BrokenOffFact } from './runFacts.ts';

/** A pause, and what lifts it. */
export type PauseFact =
  | { readonly type: 'operatorPaused' }
  /** The cluster does not answer, so that another coordinator may lead, for all that is known here. */
  | { readonly type: 'leadUncertain' };

export type ResumeFact =
  | { readonly type: 'operatorResumed' }
  /** Nobody else has led meanwhile. */
  | { readonly type: 'leadCertain' }
  /** The operator ends a run that was paused. */
  | { readonly type: 'resumedToEnd' };

export type ControlFact =
  | PauseFact
  | ResumeFact
  /** The run is paused; so many leases are still being computed. */
  | { readonly type: 'runPaused'; readonly because: PauseFact; readonly leases: number }
  /** The run ends with what is at hand. */
  | {
      readonly type: 'runFinishing';
      readonly because: Extract<BrokenOffFact, { readonly type: 'operatorFinished' }>;
      readonly after: 'step' | 'validation';
    }
  /** A run that is paused, or is from now on, does one step. */
  | { readonly type: 'operatorSteps' }
  /** So many steps begin in a second from now on, at most; null: as many as can. */
  | { readonly type: 'paceChanged'; readonly stepsPerSecond: number | null }
  | { readonly type: 'workerPaused'; readonly name: string }
  | { readonly type: 'workerContinues'; readonly name: string }
  | { readonly type: 'workerDrains'; readonly name: string }
  | { readonly type: 'workerRemoved'; readonly name: string; readonly staysAway: boolean }
  | { readonly type: 'workerLetIn'; readonly name: string }
  | { readonly type: 'linksRevoked'; readonly role: 'worker' | 'viewer' | 'gateway' }
  | { readonly type: 'credentialNotRevoked'; readonly problem: string }
  /** How workers are checked from now on: which part of their leases, and how many have to agree. */
  | TrustChangedFact
  /** It waits behind the run that goes on; `place` is 1 for the next. */
  | { readonly type: 'queueAdded'; readonly name: string; readonly place: number }
  | { readonly type: 'queueMoved'; readonly name: string; readonly place: number }
  | { readonly type: 'queueRemoved'; readonly name: string }
  /** What waited could not be begun, and waits no longer; `problem` is a whole English sentence. */
  | { readonly type: 'queueDropped'; readonly name: string; readonly problem: string }
  | { readonly type: 'sweepBegins'; readonly name: string; readonly trials: number; readonly left: number }
  | { readonly type: 'sweepStops'; readonly name: string }
  /** `best` is the number of the best trial, null where none has a figure. */
  | { readonly type: 'sweepEnds'; readonly name: string; readonly best: number | null }
  | { readonly type: 'localStarted'; readonly name: string }
  | { readonly type: 'localRestarted'; readonly name: string; readonly asNew: boolean }
  | { readonly type: 'localKilled'; readonly name: string }
  | { readonly type: 'localFrozen'; readonly name: string }
  | { readonly type: 'localSlowed'; readonly name: string }
  | { readonly type: 'localPoisoned'; readonly name: string }
  | { readonly type: 'localMended'; readonly name: string };

export type TrustChangedFact = {
  readonly type: 'trustChanged';
  readonly spotCheck: number;
  readonly quorum: number;
};
