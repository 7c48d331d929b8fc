import { expect, test } from 'vitest';
import { CONTRIBUTORS_MAX, Contributions } from './contributions.ts';

test('a worker goes on counting where it was, whatever connection it comes back on', () => {
  const contributions = new Contributions();
  contributions.addSamples('ada', 40);
  contributions.addLease('ada');
  contributions.addSamples('grace', 60);
  contributions.addSamples('ada', 20);
  expect(contributions.of('ada')).toEqual({ samples: 60, leases: 1 });
  expect(contributions.of('nobody')).toEqual({ samples: 0, leases: 0 });
  expect(contributions.samples).toBe(120);
});

test('beyond the bound the longest idle is forgotten, and its samples still count in the sum', () => {
  const contributions = new Contributions();
  for (let i = 0; i < CONTRIBUTORS_MAX; i += 1) contributions.addSamples(`worker-${i}`, 1);
  contributions.addSamples('worker-0', 1);
  contributions.addSamples('one more', 1);
  expect(contributions.of('worker-0').samples).toBe(2);
  expect(contributions.of('worker-1').samples).toBe(0);
  expect(contributions.of('one more').samples).toBe(1);
  expect(contributions.samples).toBe(CONTRIBUTORS_MAX + 2);
});
