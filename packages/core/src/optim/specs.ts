/** What the user writes about the update: optimizer, learning-rate schedule, clipping, regularisation. Plain JSON. */

/** Defaults stand in `spec/defaults.ts`; a resolved spec has every field. `weightDecay` of all but adamw is L2 added to the gradient, as in PyTorch. */
export type OptimizerSpec =
  | { readonly type: 'sgd'; readonly lr: number; readonly weightDecay: number }
  | {
      readonly type: 'momentum' | 'nesterov';
      readonly lr: number;
      readonly momentum: number;
      readonly weightDecay: number;
    }
  | { readonly type: 'adagrad'; readonly lr: number; readonly epsilon: number; readonly weightDecay: number }
  | {
      readonly type: 'rmsprop';
      readonly lr: number;
      readonly decay: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    }
  | {
      readonly type: 'adam' | 'adamw';
      readonly lr: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    };

/**
 * Learning rate at step t (from 0, counted over the whole run) is lr × factor(t). With `warmup` = w > 0 steps
 * the factor is first multiplied by min(1, (t+1)/w).
 * - step: gamma^⌊t / every⌋ · exponential: gamma^t · inverse_sqrt: 1/√(t+1)
 * - cosine: from 1 to `floor` over `steps`, (1+cos(π·min(t,steps)/steps))/2 scaled; `steps` null = the run's steps
 * `unit` says whether t counts steps or epochs.
 */
export type ScheduleSpec =
  | { readonly type: 'constant'; readonly warmup: number }
  | {
      readonly type: 'step';
      readonly every: number;
      readonly gamma: number;
      readonly unit: 'step' | 'epoch';
      readonly warmup: number;
    }
  | {
      readonly type: 'exponential';
      readonly gamma: number;
      readonly unit: 'step' | 'epoch';
      readonly warmup: number;
    }
  | { readonly type: 'inverse_sqrt'; readonly unit: 'step' | 'epoch'; readonly warmup: number }
  | {
      readonly type: 'cosine';
      readonly steps: number | null;
      readonly floor: number;
      readonly warmup: number;
    };

/** Elementwise to [−value, value], then the whole trainable gradient to Euclidean length `norm`; null = off. */
export type ClipSpec = { readonly value: number | null; readonly norm: number | null };

/** λ₁·Σ|w| + λ₂·Σw² over weights (not biases, scales, shifts, slopes), added to the mean loss: gradient λ₁·sign(w) + 2·λ₂·w. */
export type RegularizationSpec = { readonly l1: number; readonly l2: number };
