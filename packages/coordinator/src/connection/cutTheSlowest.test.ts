import { expect, test } from 'vitest';
import { cutTheSlowest } from './cutTheSlowest.ts';

test.each([
  [100, []],
  [99, ['c']],
  [50, ['c']],
  [49, ['c', 'a']],
  [0, ['c', 'a', 'b']],
])('those furthest behind go until %d bytes or fewer wait', (bytesMax, gone) => {
  const waiting: Record<string, number> = { a: 30, b: 20, c: 50, d: 0 };
  const cut: string[] = [];
  cutTheSlowest(Object.keys(waiting), {
    bytesMax,
    bytesWaiting: (name) => waiting[name] ?? 0,
    cut: (name) => cut.push(name),
  });
  expect(cut).toEqual(gone);
});
