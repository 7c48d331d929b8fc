import { tableDataSet } from '@shoal/core';
import { expect, test } from 'vitest';
import { truthTable } from './truthTable.ts';

test('each row shows the inputs, what was wanted and what the model says', () => {
  const lines = truthTable(tableDataSet('xor').train, Float32Array.of(-1, 2, -0.5, -3), 'cross_entropy');
  expect(lines).toEqual([
    'x1  x2  wanted  answer  output',
    '0   0   0       0       -1      right',
    '0   1   1       1       2       right',
    '1   0   1       0       -0.5    wrong',
    '1   1   0       0       -3      right',
  ]);
});

test('with square error the answer turns at one half', () => {
  const lines = truthTable(tableDataSet('not').train, Float32Array.of(0.6, 0.4), 'mse');
  expect(lines.filter((line) => line.endsWith('right'))).toHaveLength(2);
});
