import { tableDataSet } from '@shoal/core';
import { expect, test } from 'vitest';
import { truthTable } from './truthTable.ts';

test('each row shows the inputs, what was wanted and what the model says', () => {
  const text = truthTable(tableDataSet('xor').train, Float32Array.of(-1, 2, -0.5, -3), 'cross_entropy');
  expect(text.split('\n')).toEqual([
    'x1  x2  wanted  answer  output',
    '0   0   0       0       -1      right',
    '0   1   1       1       2       right',
    '1   0   1       0       -0.5    wrong',
    '1   1   0       0       -3      right',
  ]);
});

test('with square error the answer turns at one half', () => {
  const text = truthTable(tableDataSet('not').train, Float32Array.of(0.6, 0.4), 'mse');
  expect(text.match(/right/g)).toHaveLength(2);
});
