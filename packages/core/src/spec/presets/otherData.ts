/** Other data than digits: clothes, small photographs, and a table of numbers. */
import { resolveRunSpec } from '../resolve.ts';
import type { RunSpec } from '../runSpec.ts';
import { photoNet, referenceCnn } from './models.ts';

export const otherDataPresets: readonly RunSpec[] = [
  resolveRunSpec({
    name: 'fashion-mnist',
    about: 'The network of mnist-cnn on pictures of clothes, which are harder to tell apart than digits.',
    data: { source: 'idx', from: 'fashion-mnist', augment: { shift: 1 } },
    model: referenceCnn,
    batch: 256,
    microbatch: 32,
    epochs: 12,
    optimizer: { type: 'adam', lr: 0.002 },
    schedule: { type: 'cosine', floor: 0.01 },
    earlyStopping: { metric: 'validationAccuracy', patience: 5 },
  }),
  resolveRunSpec({
    name: 'cifar10-residual',
    about:
      'Small photographs in colour of ten kinds of things: a residual network with batch norm, on pictures that are shifted a little.',
    data: { source: 'cifar', augment: { shift: 3, rotate: 5 } },
    model: photoNet,
    batch: 128,
    microbatch: 32,
    epochs: 15,
    optimizer: { type: 'adam', lr: 0.002 },
    schedule: { type: 'cosine', floor: 0.01 },
  }),
  resolveRunSpec({
    name: 'houses',
    about:
      'A number in place of a class: the rents of four hundred made-up houses from their area, age and city, by squared error.',
    data: { source: 'tabular', from: 'houses', label: 'rent', validation: 40 },
    model: {
      input: [8],
      layers: [
        { type: 'dense', units: 32 },
        { type: 'relu' },
        { type: 'dense', units: 32 },
        { type: 'relu' },
        { type: 'dense', units: 1 },
      ],
      loss: 'squared_error',
    },
    batch: 20,
    microbatch: 20,
    epochs: 60,
    optimizer: { type: 'adam', lr: 0.003 },
    schedule: { type: 'cosine', floor: 0.01 },
  }),
];
