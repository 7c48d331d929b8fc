import { findPreset } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { epochNumber } from './epochNumber.ts';

const spec = { ...findPreset('mnist-cnn'), epochs: 3 };

describe('epochNumber', () => {
  it('is that of the epoch under way, and never more than there are', () => {
    expect([0, 2, 3].map((epoch) => epochNumber({ epoch, spec, result: null }))).toEqual([1, 3, 3]);
  });

  it('is that of the last complete one after the end', () => {
    const result = { runId: 'a' } as Parameters<typeof epochNumber>[0]['result'];
    expect(epochNumber({ epoch: 2, spec, result })).toBe(2);
  });
});
