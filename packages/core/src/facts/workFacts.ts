/**
 * Decisions on who computes what and whose answers are believed. `from` and `to` are microbatches of the task at hand, from
 * 0 and without `to`; steps count from 1. `name` is a worker's.
 */

type Range = { readonly from: number; readonly to: number };

/** Why the trusted worker computes a range as well, though no check was drawn. */
export type SecondLookFact =
  | ({ readonly type: 'answersDiffer' } & Range)
  | ({ readonly type: 'notFiniteChecked'; readonly name: string } & Range)
  /** The gradient's length is so many times that of others, or so small a part of it. */
  | ({ readonly type: 'gradientUnusual'; readonly name: string; readonly factor: number } & Range)
  | ({ readonly type: 'noSecondOpinion' } & Range);

export type RollbackFact =
  /** `step` is the one after which the state was; 0 for the beginning. `steps` are computed again. */
  { readonly type: 'wentBack'; readonly step: number; readonly steps: number };

export type WorkFact =
  | SecondLookFact
  | RollbackFact
  /** `name` computes what is late as well. */
  | ({ readonly type: 'leaseLate'; readonly name: string } & Range)
  | { readonly type: 'fallenBehind'; readonly ms: number; readonly leases: number }
  | { readonly type: 'notFinite'; readonly name: string }
  | ({ readonly type: 'convicted'; readonly name: string; readonly step: number } & Range)
  | { readonly type: 'taskBegunAgain' }
  | { readonly type: 'tooFewForQuorum'; readonly present: number; readonly quorum: number }
  | { readonly type: 'enoughForQuorum'; readonly quorum: number }
  /** Checking begins, and there are answers that were not checked. */
  | { readonly type: 'unverifiedBefore' };
