/**
 * For volunteers behind slow lines: a step is a round of many local updates of eight replicas, and what they have changed
 * travels in four bits, so that it is hundreds of times less. Plain gradient descent with momentum inside, since its
 * moments begin each round empty, and little momentum outside, since there are few rounds.
 */
import { resolveRunSpec } from '../resolve.ts';
import type { RunSpec } from '../runSpec.ts';
import { referenceCnn, referenceMlp } from './models.ts';

const ROUNDS = {
  batch: 32,
  microbatch: 32,
  epochs: 15,
  steps: {
    type: 'localSteps',
    replicas: 8,
    localSteps: 200,
    outer: { type: 'nesterov', lr: 0.9, momentum: 0.5 },
  },
  coding: { up: 'int4', down: 'int4' },
  schedule: { type: 'cosine' },
  // The best epoch is delivered, but none is left out: the rate falls to the end, and what it still gains comes late.
  earlyStopping: { metric: 'validationAccuracy', patience: 15 },
};

export const slowLinePresets: readonly RunSpec[] = [
  resolveRunSpec({
    name: 'mnist-cnn-slow-line',
    about:
      'The network of mnist-cnn in 33 rounds: each of eight replicas makes 200 steps by itself before anything travels, so that volunteers behind slow lines count, and still more than 99 of 100 digits are read.',
    data: { source: 'mnist', order: 'blocks', augment: { shift: 2 } },
    model: referenceCnn,
    ...ROUNDS,
    epochs: 30,
    earlyStopping: { metric: 'validationAccuracy', patience: 30 },
    optimizer: { type: 'momentum', lr: 0.05, momentum: 0.9 },
  }),
  resolveRunSpec({
    name: 'mnist-mlp-slow-line',
    about:
      'The same for the network of mnist-mlp, whose 2.7 MB would travel with every step: more than 98 of 100 digits after seventeen rounds.',
    data: { source: 'mnist', order: 'blocks', augment: { shift: 1 } },
    model: referenceMlp,
    ...ROUNDS,
    optimizer: { type: 'momentum', lr: 0.1, momentum: 0.9 },
  }),
];
