import { describe, expect, it } from 'vitest';
import { preparedLength, prepareRow, type TablePreparation } from './preparation.ts';

const preparation: TablePreparation = {
  label: 'price',
  columns: [
    { type: 'number', name: 'area', mean: 100, deviation: 20 },
    { type: 'category', name: 'city', categories: ['Bonn', 'Köln'] },
  ],
};

const prepared = (...cells: (string | number | null)[]) => {
  const out = new Float32Array(preparedLength(preparation)).fill(9);
  return { fault: prepareRow(preparation, (column) => cells[column] ?? null, out, 0), values: [...out] };
};

describe('a row of a table', () => {
  it('has its numbers standardised and its categories one-hot', () => {
    expect(prepared('140', 'Köln')).toEqual({ fault: null, values: [2, 0, 1] });
    expect(prepared(80, 'Bonn').values).toEqual([-1, 1, 0]);
  });

  it('has the mean for a number that is missing, and zeros for a category that is missing or new', () => {
    for (const missing of [null, '', 'NA', ' n/a ', 'NaN', '?']) {
      expect(prepared(missing, 'Mainz'), String(missing)).toEqual({ fault: null, values: [0, 0, 0] });
    }
  });

  it('is refused with the column whose cell is no number', () => {
    expect(prepared('large', 'Bonn').fault).toBe(0);
    expect(prepared('1e999', 'Bonn').fault).toBe(0);
  });
});
