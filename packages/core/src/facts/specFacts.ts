/**
 * What can be wrong with a run spec. Fields are told by their dotted path (`at`; empty for the whole spec), values as the
 * JSON that was written, cut to what fits a line.
 */
import type { LossName } from '../nn/layers.ts';
import type { CodingName, EarlyStoppingSpec } from '../spec/runSpec.ts';
import type { Allowed } from './allowed.ts';

/** Names that could have been meant: the nearest one, and all of them. */
type Names = { readonly nearest: string | null; readonly known: readonly string[] };

/** The object that a field was looked for in: its path, and the tag that says which fields it has. */
export type Owner = {
  readonly at: string;
  readonly tag: { readonly field: string; readonly name: string } | null;
};

type ValidationMetric = Extract<EarlyStoppingSpec['metric'], `validation${string}`>;

export type SpecFact =
  /** The value is not among those that the field may have. */
  | {
      readonly type: 'fieldInvalid';
      readonly at: string;
      readonly allowed: Allowed;
      readonly value: string;
    }
  /** A field that has to be written is not there; `known` are the fields that may stand beside it. */
  | { readonly type: 'fieldMissing'; readonly at: string; readonly known: readonly string[] }
  /** The model, or a part of it that every model has, is not there. */
  | { readonly type: 'modelMissing'; readonly at: string }
  /** The field that decides which other fields there are is not there. */
  | { readonly type: 'tagMissing'; readonly at: string; readonly known: readonly string[] }
  /** The value is none of the names that the field may have; `nearest` is null where it was no text. */
  | ({ readonly type: 'nameUnknown'; readonly at: string; readonly value: string } & Names)
  /** Something else stands where an object with a `tag` belongs. */
  | { readonly type: 'objectExpected'; readonly at: string; readonly tag: string; readonly value: string }
  /** There is no such field; `tagFirst` is the path of a tag that brings other fields, where an override meets one. */
  | ({
      readonly type: 'fieldUnknown';
      readonly at: string;
      readonly owner: Owner;
      readonly tagFirst: string | null;
    } & Names)
  /** An override without a field or without `=`. */
  | { readonly type: 'overrideEmpty'; readonly override: string }
  /** An override names an entry that the list does not have. */
  | {
      readonly type: 'entryUnknown';
      readonly at: string;
      readonly list: string;
      readonly entries: number;
    }
  /** An override names a field of something that has none. */
  | { readonly type: 'fieldsMissing'; readonly at: string; readonly owner: string }
  /** An override names a field by more names than a spec can be deep. */
  | { readonly type: 'overrideTooDeep'; readonly names: number; readonly most: number }
  /** Objects and lists inside each other. */
  | { readonly type: 'specTooDeep'; readonly most: number }
  | { readonly type: 'specTooManyValues'; readonly most: number }
  /** Characters of all names and texts. */
  | { readonly type: 'specTextTooLong'; readonly most: number }
  | { readonly type: 'microbatchTooLarge'; readonly microbatch: number; readonly batch: number }
  /** Workers that agree are not found out where nothing is checked; `usual` is a part of the leases that would be. */
  | { readonly type: 'quorumNeedsChecks'; readonly quorum: number; readonly usual: number }
  /** Leaving out parts of a gradient has no place in an exact run. */
  | { readonly type: 'trimNeedsFast' }
  | { readonly type: 'trimTooLarge'; readonly trim: number; readonly microbatches: number }
  /** With local steps the parts of a step are its replicas. */
  | { readonly type: 'trimAboveReplicas'; readonly trim: number; readonly replicas: number }
  /** Leaves of a synchronous step are too many and too small for so few bits. */
  | { readonly type: 'codingNeedsLocalSteps'; readonly coding: CodingName }
  /** The whole numbers of more than `most` microbatches do not fit into 8 bits together. */
  | { readonly type: 'codingTooManyMicrobatches'; readonly microbatches: number; readonly most: number }
  /** After a round of local steps, right answers of unlike engines differ too much to be told from wrong ones. */
  | { readonly type: 'roundsHideLies'; readonly field: 'quorum' | 'spotCheck' }
  /** Early stopping watches a validation set that a truth table does not have. */
  | { readonly type: 'tableHasNoValidation'; readonly metric: ValidationMetric }
  /** Early stopping watches a validation set, but nothing is held out; `usual` samples would be. */
  /** What is right or wrong is counted of classes alone. */
  | { readonly type: 'nothingCounted'; readonly metric: EarlyStoppingSpec['metric'] }
  | { readonly type: 'nothingHeldOut'; readonly metric: ValidationMetric; readonly usual: number }
  | { readonly type: 'layersEmpty' }
  /** The model to begin with is not named. */
  | { readonly type: 'initialUnnamed' }
  /** More layers are to be taken than the model has entries. */
  | { readonly type: 'initialLayersTooMany'; readonly layers: number; readonly entries: number }
  /** The layers to be taken have no parameters. */
  | { readonly type: 'initialLayersEmpty'; readonly layers: number }
  /** Nothing is left to train; null: all of the model's entries were to be taken. */
  | { readonly type: 'initialFreezesAll'; readonly layers: number | null; readonly entries: number }
  /** A sample has neither one axis nor three. */
  | { readonly type: 'inputAxes'; readonly input: readonly number[] }
  | { readonly type: 'augmentNeedsImages' }
  | ({ readonly type: 'presetUnknown'; readonly name: string } & Names)
  /** The field `preset` holds something other than a name. */
  | { readonly type: 'presetInvalid'; readonly value: string };

/** What does not fit between a run spec and the data set that was found. */
export type DataFact =
  /** A round of all replicas takes more samples than an epoch has; `needed` = replicas × localSteps × batch. */
  | {
      readonly type: 'roundTooLarge';
      readonly replicas: number;
      readonly localSteps: number;
      readonly batch: number;
      readonly needed: number;
      readonly samples: number;
    }
  | MisfitFact
  /** So many samples are held out that none is left to train on. */
  | {
      readonly type: 'validationTooLarge';
      readonly validation: number;
      readonly dataSet: string;
      readonly samples: number;
    }
  | {
      readonly type: 'limitTooLarge';
      readonly limit: number;
      readonly dataSet: string;
      readonly remaining: number;
      readonly validation: number;
    };

/** What does not fit between a model and the data set. */
export type MisfitFact =
  | {
      readonly type: 'inputMisfit';
      readonly input: readonly number[];
      readonly dataSet: string;
      readonly shape: readonly number[];
    }
  | {
      readonly type: 'tooFewOutputs';
      readonly outputs: number;
      readonly dataSet: string;
      readonly classes: number;
    }
  /** A loss on classes and a label of numbers, or the other way round. */
  | {
      readonly type: 'lossMisfit';
      readonly loss: LossName;
      readonly dataSet: string;
      readonly wanted: LossName;
    };

/** What was changed in a preset's model so that it fits the data. */
export type FittingFact =
  /** A round of all replicas takes no more samples than there are now. */
  | { readonly type: 'localStepsFitted'; readonly dataSet: string; readonly localSteps: number }
  | { readonly type: 'inputFitted'; readonly dataSet: string; readonly shape: readonly number[] }
  /** For numbers in place of classes, or the other way round; `watched` is what early stopping watches instead. */
  | {
      readonly type: 'lossFitted';
      readonly dataSet: string;
      readonly loss: LossName;
      readonly watched: string | null;
    }
  /** Fewer samples are held out of a small set. */
  | { readonly type: 'validationFitted'; readonly dataSet: string; readonly validation: number }
  | { readonly type: 'unitsFitted'; readonly dataSet: string; readonly units: number };
