/** Runs that fit too well, and their cures. */
import { digitsSpec, stack } from '../train/specs.ts';

const FEW = {
  limit: 200,
  model: stack([64], { type: 'relu' }),
  optimizer: { type: 'adam', lr: 0.002 },
  batch: 20,
};

/** Two hundred samples, learned by heart. */
export const byHeart = digitsSpec({ ...FEW, name: 'lecture-by-heart', epochs: 60 });

export const PATIENCES = ['1', '3', '6', '10'] as const;

export const stopping = (patience: number) =>
  digitsSpec({
    ...FEW,
    name: 'lecture-early-stopping',
    epochs: 60,
    earlyStopping: { metric: 'validationLoss', patience },
  });

const DATA_STEPS = 1500;
const DATA_BATCH = 50;
export const AMOUNTS = [1000, 5000, 15_000] as const;

/** As many steps on more and more samples. */
export const onSamples = (limit: number) =>
  digitsSpec({
    ...{ name: `lecture-${limit}-samples`, limit, batch: DATA_BATCH },
    model: stack([64], { type: 'relu' }),
    optimizer: { type: 'adam', lr: 0.002 },
    epochs: (DATA_STEPS * DATA_BATCH) / limit,
  });

export const DECAYS = ['0.001', '0.003', '0.01'] as const;

export const decaying = (l2: number) =>
  digitsSpec({
    name: l2 === 0 ? 'lecture-no-decay' : 'lecture-decay',
    limit: 1000,
    model: stack([32], { type: 'relu' }),
    optimizer: { type: 'sgd', lr: 0.1 },
    epochs: 20,
    regularization: { l2 },
  });
