import { expect, it } from 'vitest';
import { counted } from './counted.ts';

it('puts the noun into the number that it has', () => {
  expect([0, 1, 2].map((count) => counted(count, 'epoch'))).toEqual(['0 epochs', '1 epoch', '2 epochs']);
  expect(counted(2, 'entry', { many: 'entries' })).toBe('2 entries');
  expect(counted(12_345, 'step', { shown: '12,345' })).toBe('12,345 steps');
});
