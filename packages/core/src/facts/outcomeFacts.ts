/** How a run came to its end by itself, and what its records show. Epochs and steps count from 1. */

export type CompletedFact =
  | { readonly type: 'nothingToTrain' }
  | { readonly type: 'epochsDone'; readonly epochs: number };

/** The loss or a gradient was no longer a finite number. */
export type DivergedFact = {
  readonly type: 'diverged';
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
};

/** A run whose training loss ended where guessing would be. */
type Guessed = { readonly epochs: number; readonly trainLoss: number; readonly guessing: number };

type LayerNorm = { readonly layer: string; readonly norm: number };

/** What the records of a run show, where they show something out of the ordinary. */
export type OutcomeFact =
  /** One neuron was trained on a table whose classes no line parts. */
  | { readonly type: 'notSeparable'; readonly table: string }
  | ({ readonly type: 'learnedNothing' } & Guessed)
  /** The loss was thrown up to `worst` on the way. */
  | ({ readonly type: 'overshot'; readonly worst: number; readonly learningRate: number } & Guessed)
  /** From the last layer with parameters to the first the gradient's norm shrinks to next to nothing. */
  | ({ readonly type: 'gradientVanished'; readonly last: LayerNorm; readonly first: LayerNorm } & Guessed)
  | {
      readonly type: 'stillFalling';
      readonly first: { readonly epoch: number; readonly trainLoss: number };
      readonly last: { readonly epoch: number; readonly trainLoss: number };
      readonly learningRate: number;
    }
  | {
      readonly type: 'overfitted';
      readonly bestEpoch: number;
      readonly validationLoss: { readonly best: number; readonly last: number };
      readonly trainLoss: { readonly best: number; readonly last: number };
      readonly trainAccuracy: number;
      readonly validationAccuracy: number;
    };
