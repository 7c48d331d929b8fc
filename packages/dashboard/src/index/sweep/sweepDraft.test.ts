import { expect, test } from 'vitest';
import { FIRST_DRAFT, sweepOfDraft, typedValues } from './sweepDraft.ts';

test.each([
  ['0.1, 0.01', [0.1, 0.01]],
  ['adam, sgd', ['adam', 'sgd']],
  ['[1, 2], null', [[1, 2], null]],
  ['', []],
  ['0.0001..0.1 log', { from: 0.0001, to: 0.1, scale: 'log' }],
  ['1e-4..1e-1', { from: 0.0001, to: 0.1 }],
  ['16..128 log whole', { from: 16, to: 128, scale: 'log', whole: true }],
  ['a..b', { from: 'a', to: 'b' }],
])('%j is taken as %j', (text, values) => {
  expect(typedValues(text)).toEqual(values);
});

test('a form is the file that "shoal sweep" takes, without what is left empty', () => {
  const fields = [...FIRST_DRAFT.fields, { path: ' ', values: '3' }];
  expect(sweepOfDraft({ ...FIRST_DRAFT, fields }, {})).toEqual({
    name: 'learning-rates',
    base: 'mnist-mlp',
    vary: { 'optimizer.lr': [0.1, 0.01, 0.001] },
    search: { type: 'grid' },
    objective: { metric: 'validationLoss' },
  });
  const halving = {
    ...FIRST_DRAFT,
    base: '',
    search: 'successiveHalving',
    trials: '9',
    maxEpochs: '',
  } as const;
  expect(sweepOfDraft(halving, { epochs: 4 })).toMatchObject({
    base: { epochs: 4 },
    search: { type: 'successiveHalving', trials: 9, seed: 1, eta: 3, minEpochs: 1 },
  });
  expect(sweepOfDraft(halving, {})).not.toHaveProperty('search.maxEpochs');
});
