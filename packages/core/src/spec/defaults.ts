/** What a field of the run spec is when it is left out. */

export const DEFAULTS = {
  seed: 1,
  numerics: 'exact',
  batch: 256,
  microbatch: 64,
  epochs: 10,
  coding: 'f32',
  /** Held-out samples of the training set: of MNIST's 60,000 these leave 55,000. */
  validation: 5000,
  checkpointEverySteps: 100,
  /** Of the leases of every worker but the coordinator's own. */
  spotCheck: 0.05,
  quorum: 1,
  trim: 0,
  elasticSigma: 4,
} as const;

/** The usual starting values of each optimizer; moments and epsilons as in PyTorch (rmsprop's decay is its alpha). */
export const OPTIMIZER_DEFAULTS = {
  sgd: { lr: 0.1 },
  momentum: { lr: 0.05, momentum: 0.9 },
  nesterov: { lr: 0.05, momentum: 0.9 },
  adagrad: { lr: 0.01, epsilon: 1e-10 },
  rmsprop: { lr: 0.001, decay: 0.99, epsilon: 1e-8 },
  adam: { lr: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  adamw: { lr: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
} as const;

export const SCHEDULE_DEFAULTS = {
  step: { every: 1, gamma: 0.5, unit: 'epoch' },
  exponential: { gamma: 0.9, unit: 'epoch' },
  inverse_sqrt: { unit: 'step' },
  cosine: { floor: 0 },
} as const;

export const LOCAL_STEPS_DEFAULTS = { replicas: 8, localSteps: 32 } as const;

/** Few rounds want less momentum than many steps do. */
export const OUTER_DEFAULTS = { lr: 0.9, momentum: 0.5 } as const;

export const EARLY_STOPPING_DEFAULTS = {
  metric: 'validationLoss',
  patience: 5,
  minimumImprovement: 0,
  restoreBest: true,
} as const;
