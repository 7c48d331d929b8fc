import { describe, expect, it } from 'vitest';
import { reconnectDelayMs } from './backoff.ts';

describe('reconnectDelayMs', () => {
  it('doubles up to eight seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 60].map((failed) => reconnectDelayMs(failed, 0))).toEqual([
      250, 500, 1000, 2000, 4000, 4000, 4000,
    ]);
  });

  it('spreads pages over the upper half of the wait', () => {
    expect(reconnectDelayMs(4, 0.5)).toBe(6000);
    expect(reconnectDelayMs(4, 0.999)).toBe(7996);
  });
});
