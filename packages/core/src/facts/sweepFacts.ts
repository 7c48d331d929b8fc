/** What can be wrong with a sweep. Fields of the spec are told by their dotted path (`at`). */

import type { SweepMetric } from '../sweep/sweep.ts';
import type { DataFact, SpecFact } from './specFacts.ts';

export type SweepFact =
  /** A problem that stands at this place: a file, or an entry of one. */
  | { readonly type: 'problemAt'; readonly place: string; readonly problem: SpecFact | DataFact | SweepFact }
  /** The name stands in those of folders and in addresses. */
  | { readonly type: 'sweepName'; readonly value: string; readonly most: number }
  /** No field is varied. */
  | { readonly type: 'sweepVariesNothing' }
  /** Of so many fields. */
  | { readonly type: 'sweepFieldsMost'; readonly fields: number; readonly most: number }
  | { readonly type: 'sweepValuesEmpty'; readonly at: string }
  | { readonly type: 'sweepValuesExpected'; readonly at: string; readonly value: string }
  /** Two values of one field are the same. */
  | { readonly type: 'sweepValueTwice'; readonly at: string; readonly value: string }
  | { readonly type: 'sweepRangeOrder'; readonly at: string; readonly from: number; readonly to: number }
  | { readonly type: 'sweepLogRange'; readonly at: string; readonly from: number }
  | { readonly type: 'sweepWholeRange'; readonly at: string; readonly from: number; readonly to: number }
  /** Each combination is a trial, and a range has no end of values. */
  | { readonly type: 'sweepRangeInGrid'; readonly at: string }
  | { readonly type: 'sweepTooManyTrials'; readonly trials: number; readonly most: number }
  /** More trials are asked for than there are combinations. */
  | { readonly type: 'sweepTooFewValues'; readonly trials: number; readonly distinct: number }
  | { readonly type: 'sweepEpochs'; readonly least: number; readonly most: number }
  /** Successive halving decides how long a trial is trained. */
  | { readonly type: 'sweepVariesEpochs' }
  /** The figure is not there in any run of this spec. */
  | {
      readonly type: 'sweepMetricMissing';
      readonly metric: SweepMetric;
      readonly why: 'noValidation' | 'noClasses';
    };
