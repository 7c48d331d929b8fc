import { expect, test } from 'vitest';
import { columnsOf, emptyColumns, pointOfRow, rowOf, STEP_FIELDS, type StepPoint } from './stepMetrics.ts';

const point: StepPoint = {
  globalStep: 12_345_678,
  loss: 1 / 3,
  learningRate: 1e-7 / 3,
  gradientNorm: 123_456_789,
  samplesPerSecond: 1234.5,
};

test('a point goes to a row and back with as many digits as are kept', () => {
  const row = rowOf(point);
  expect(row).toEqual([12_345_678, 0.333333, 3.33333e-8, 123_457_000, 1235]);
  expect(pointOfRow(JSON.parse(JSON.stringify(row)))).toEqual({
    globalStep: 12_345_678,
    loss: 0.333333,
    learningRate: 3.33333e-8,
    gradientNorm: 123_457_000,
    samplesPerSecond: 1235,
  });
});

test('columns have every field and one length', () => {
  const columns = columnsOf([point, point]);
  expect(Object.keys(columns)).toEqual(STEP_FIELDS);
  for (const field of STEP_FIELDS) expect(columns[field]).toHaveLength(2);
  expect(Object.values(emptyColumns())).toEqual(STEP_FIELDS.map(() => []));
});

test.each([null, {}, [], [1, 2, 3], [1, 2, 3, 4, 'x'], [1, 2, 3, 4, null], [1, 2, 3, 4, 5, 'x']])(
  '%j is no row',
  (row) => {
    expect(pointOfRow(row)).toBeNull();
  },
);
