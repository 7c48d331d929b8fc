import { describe, expect, it } from 'vitest';
import { bytes, clock, count, dateAndTime, percent, shortTime, significant } from './format.ts';

describe('numbers on the page', () => {
  it('are dashes where nothing is known', () => {
    for (const format of [count, percent, significant, clock, bytes, shortTime]) {
      expect([format(null), format(undefined), format(Number.NaN)]).toEqual(['–', '–', '–']);
    }
  });

  it('are grouped, rounded and short', () => {
    expect(count(34_826.4)).toBe('34,826');
    expect(percent(0.97349)).toBe('97.35 %');
    expect([0.0821349, 1.30249, 12_345.6, 0].map(significant)).toEqual(['0.08213', '1.302', '12350', '0']);
    expect([3.1e-7, 2_500_000].map(significant)).toEqual(['3.10e-7', '2.50e+6']);
  });

  it('tell time as clocks do', () => {
    expect([0, 59.6, 200, 3723].map(clock)).toEqual(['0:00', '1:00', '3:20', '1:02:03']);
    expect([0.0123, 3.44, 125].map(shortTime)).toEqual(['12 ms', '3.4 s', '2:05']);
  });

  it('give sizes in powers of a thousand', () => {
    expect([0, 999, 1000, 139_304, 2_678_824, 999_999_999].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '139 kB',
      '2.7 MB',
      '1.0 GB',
    ]);
  });

  it('leave a date alone that is none', () => {
    expect(dateAndTime('not a date')).toBe('not a date');
    expect(dateAndTime('2026-03-09T14:05:59')).toBe('2026-03-09 14:05');
  });
});
