import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const bounds = { backoffFirstMs: 500, backoffMaxMs: 8000 };

describe('the wait before another attempt', () => {
  it('doubles up to its bound', () => {
    expect([0, 1, 2, 3, 4, 5, 60, 1e9].map((attempt) => backoffMs(attempt, 0, bounds))).toEqual([
      250, 500, 1000, 2000, 4000, 4000, 4000, 4000,
    ]);
  });

  it('is spread over its upper half', () => {
    expect(backoffMs(4, 0.5, bounds)).toBe(6000);
    expect(backoffMs(4, 0.999, bounds)).toBe(7996);
  });

  it('is never longer than its bound, also where the first wait is', () => {
    expect(backoffMs(0, 0.999, { backoffFirstMs: 9000, backoffMaxMs: 8000 })).toBe(7996);
  });
});
