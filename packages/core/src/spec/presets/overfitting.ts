/** Overfitting and its cures: a large network on a thousand training samples, then one remedy at a time. */
import { resolveRunSpec } from '../resolve.ts';
import type { RunSpec } from '../runSpec.ts';
import { memorizer } from './models.ts';

const FEW = { source: 'mnist', limit: 1000 };

const trained = (name: string, about: string, fields: { readonly [field: string]: unknown }): RunSpec =>
  resolveRunSpec({
    name,
    about,
    data: FEW,
    model: memorizer(0),
    batch: 64,
    microbatch: 32,
    epochs: 40,
    optimizer: { type: 'adam', lr: 0.001 },
    ...fields,
  });

export const overfittingPresets: readonly RunSpec[] = [
  trained(
    'mnist-overfit',
    'A thousand samples learned by heart: no training error is left, while the validation loss turns and rises.',
    {},
  ),
  trained(
    'mnist-early-stopping',
    'Early stopping ends the same run where the validation loss turns, and delivers the best epoch.',
    {
      earlyStopping: { metric: 'validationLoss', patience: 4 },
    },
  ),
  trained(
    'mnist-dropout',
    'Dropout leaves out half of the hidden neurons at random in every step, so that none can rely on another.',
    {
      model: memorizer(0.5),
    },
  ),
  trained(
    'mnist-weight-decay',
    'Weight decay pulls every weight towards zero, so that only what pays stays large: the validation loss no longer climbs.',
    {
      regularization: { l2: 0.001 },
    },
  ),
  trained(
    'mnist-augmented',
    'The same thousand samples, shifted, turned and scaled anew in every epoch: data that costs nothing.',
    {
      data: { ...FEW, augment: { shift: 2, rotate: 12, scale: 0.1 } },
    },
  ),
  trained(
    'mnist-5000-samples',
    'Five thousand samples, on the way to all of them: fewer of the errors outside the training set are left.',
    { data: { source: 'mnist', limit: 5000 }, epochs: 15 },
  ),
  trained('mnist-more-data', 'The best cure is more data: the same network on all 55,000 training samples.', {
    data: { source: 'mnist' },
    batch: 256,
    microbatch: 64,
    epochs: 5,
  }),
];
