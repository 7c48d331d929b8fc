import { expect, test } from 'vitest';
import { tableDataSet } from '../../data/tables.ts';
import { sentence } from '../../words/sentence.ts';
import { findPreset } from '../presets/presets.ts';
import { explainOutcome as explain, type OutcomeEpoch, type OutcomeInput } from './explainOutcome.ts';
import { isLinearlySeparable } from './separable.ts';

const epoch = (number: number, fields: Partial<OutcomeEpoch>): OutcomeEpoch => ({
  epoch: number,
  trainLoss: 1,
  trainAccuracy: 0.1,
  trainErrors: 2,
  validationLoss: null,
  validationAccuracy: null,
  layerNorms: [],
  ...fields,
});

/** Of MNIST, as far as nothing else is said: the English sentence, or null where there is nothing to say. */
const explainOutcome = (
  input: Pick<OutcomeInput, 'spec' | 'epochs' | 'outputs'> & Partial<OutcomeInput>,
): string | null => {
  const fact = explain({
    stepsPerEpoch: 430,
    samples: { train: 55_000, validation: 5_000 },
    commonest: 0.1124,
    test: null,
    ...input,
  });
  return fact === null ? null : sentence(fact, 'en');
};

const losses = (values: readonly number[], fields: Partial<OutcomeEpoch> = {}): OutcomeEpoch[] =>
  values.map((trainLoss, i) => epoch(i + 1, { trainLoss, ...fields }));

test('of the truth tables only xor is not separated by a line', () => {
  const separable = (['and', 'or', 'not', 'xor'] as const).filter((table) =>
    isLinearlySeparable(tableDataSet(table).train),
  );
  expect(separable).toEqual(['and', 'or', 'not']);
});

test('a perceptron that fails on xor is told why, one that fails on and is not told an untruth', () => {
  const epochs = losses([1, 1, 1]);
  const said = (name: string) => explainOutcome({ spec: findPreset(name), epochs, outputs: 1 });
  expect(said('perceptron-xor')).toContain('xor is not linearly separable');
  expect(said('perceptron-and')).toBeNull();
});

test('a network with a hidden layer is not told that xor is impossible', () => {
  const epochs = losses([0.5, 0.4, 0.1]);
  expect(explainOutcome({ spec: findPreset('mlp-xor'), epochs, outputs: 1 }) ?? '').not.toContain(
    'separable',
  );
});

test('a vanished gradient is told with the norms that show it', () => {
  const layerNorms = [
    { layer: 'dense2', norm: 1e-7 },
    { layer: 'dense18', norm: 0.3 },
  ];
  const spec = findPreset('mnist-deep-sigmoid');
  const said = explainOutcome({
    spec,
    epochs: losses([2.31, 2.306, 2.304], { layerNorms }),
    outputs: 10,
  });
  expect(said).toContain('from a norm of 0.3 at dense18 to 1e-7 at dense2');
});

test('a loss thrown above guessing is laid to the learning rate', () => {
  const spec = findPreset('mnist-lr-too-large');
  const said = explainOutcome({ spec, epochs: losses([400, 2.4, 2.35]), outputs: 10 });
  expect(said).toContain('as high as 400: steps with optimizer.lr 10 overshoot');
});

test('neurons that an overshoot has silenced are not taken for a vanishing gradient', () => {
  const layerNorms = [
    { layer: 'dense2', norm: 0 },
    { layer: 'dense4', norm: 0.12 },
  ];
  const epochs = losses([163, 2.336, 2.338], { layerNorms });
  const spec = findPreset('mnist-lr-too-large');
  expect(explainOutcome({ spec, epochs, outputs: 10 })).toContain('overshoot');
});

test('a loss that falls steadily and slowly is laid to a small learning rate', () => {
  const spec = findPreset('mnist-lr-too-small');
  const said = explainOutcome({ spec, epochs: losses([2.3, 2.2, 2.1]), outputs: 10 });
  expect(said).toContain('from 2.3 in epoch 1 only to 2.1 in epoch 3: optimizer.lr 0.0001 is too small');
  expect(explainOutcome({ spec, epochs: losses([2.3, 0.5, 0.4]), outputs: 10 })).toBeNull();
});

test('overfitting is told with the epoch at which the validation loss turned', () => {
  const epochs = [
    epoch(1, { trainLoss: 1, trainAccuracy: 0.7, validationLoss: 0.9, validationAccuracy: 0.7 }),
    epoch(2, { trainLoss: 0.5, trainAccuracy: 0.9, validationLoss: 0.6, validationAccuracy: 0.85 }),
    epoch(3, { trainLoss: 0.1, trainAccuracy: 1, validationLoss: 0.8, validationAccuracy: 0.86 }),
  ];
  const spec = findPreset('mnist-overfit');
  expect(explainOutcome({ spec, epochs, outputs: 10 })).toBe(
    'It overfits: since epoch 2 the validation loss rose from 0.6 to 0.8 while the training loss fell from 0.5 to 0.1; 100.0 % of the training samples are right, but 86.0 % of the held-out ones.',
  );
});

test('one step at which most digits are read is no failure to learn', () => {
  const spec = findPreset('mnist-softmax');
  const epochs = [
    epoch(1, { trainLoss: 2.31, trainAccuracy: 0.09, validationLoss: 1.9, validationAccuracy: 0.67 }),
  ];
  expect(explainOutcome({ spec, epochs, outputs: 10, stepsPerEpoch: 1 })).toBeNull();
  // With more steps the training loss alone would say so; what was measured at the end says otherwise.
  expect(explainOutcome({ spec, epochs, outputs: 10 })).toBeNull();
  const test = { loss: 1.9, accuracy: 0.67, samples: 10_000 };
  expect(explainOutcome({ spec, epochs: losses([2.31]), outputs: 10, test })).toBeNull();
});

test('naming always the commonest class is no better than guessing, and a little beyond is', () => {
  const spec = findPreset('mnist-softmax');
  const after = (accuracy: number) =>
    explainOutcome({
      spec,
      epochs: losses([2.298, 2.304]),
      outputs: 10,
      test: { loss: 2.301, accuracy, samples: 10_000 },
    });
  // 1,135 of the 10,000 test digits are ones, and the share of the training digits is 11.24 %.
  expect(after(0.1135)).toBe('After 2 epochs the training loss is 2.3, no better than guessing (2.3).');
  // Three standard errors of a share of 0.12 among 10,000 are 0.0098.
  expect(after(0.125)).toBeNull();
});

test('a handful of held-out samples does not make a judgement', () => {
  const epochs = [
    epoch(1, { trainLoss: 0.5, trainAccuracy: 0.9, validationLoss: 0.6, validationAccuracy: 0.9 }),
    epoch(2, { trainLoss: 0.1, trainAccuracy: 1, validationLoss: 0.8, validationAccuracy: 0.9 }),
  ];
  const spec = findPreset('mnist-overfit');
  const after = (validation: number) =>
    explainOutcome({ spec, epochs, outputs: 10, samples: { train: 1000, validation } });
  expect([10, 40].map(after)).toEqual([null, null]);
  expect(after(1000)).toContain('It overfits: since epoch 1');
});
