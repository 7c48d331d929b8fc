import { expect, test } from 'vitest';
import { Removals } from './removals.ts';

test('whoever was removed stays so until let in again, by a number that says nothing of the identity', () => {
  let now = 0;
  const removals = new Removals(() => now);
  removals.add('identity-ada', 'token-ada', 'ada');
  now = 2_000;
  removals.add('identity-bob', 'token-bob', 'bob');
  now = 5_000;
  expect(removals.list).toEqual([
    { id: 2, name: 'bob', removedSecondsAgo: 3 },
    { id: 1, name: 'ada', removedSecondsAgo: 5 },
  ]);
  expect(removals.has('identity-ada')).toBe(true);
  expect(removals.forgive(1)).toBe('ada');
  expect(removals.forgive(1)).toBeNull();
  expect(removals.has('identity-ada')).toBe(false);
  expect(removals.has('identity-bob')).toBe(true);
});

test('removed twice is removed once, the later time', () => {
  const removals = new Removals(() => 0);
  removals.add('identity-ada', 'token-ada', 'ada');
  removals.add('identity-ada', 'token-ada', 'ada again');
  expect(removals.list).toEqual([{ id: 2, name: 'ada again', removedSecondsAgo: 0 }]);
});

test('beyond a thousand the first is forgotten', () => {
  const removals = new Removals(() => 0);
  for (let one = 0; one < 1_001; one += 1) removals.add(`identity-${one}`, `token-${one}`, 'x');
  expect(removals.list).toHaveLength(1_000);
  expect(removals.has('identity-0')).toBe(false);
  expect(removals.has('identity-1')).toBe(true);
});

test('who was let in again goes on as the same, and nobody else does', () => {
  const removals = new Removals(() => 0);
  removals.add('identity-ada', 'token-1', 'ada');
  expect(removals.provenBy('token-2', 'identity-ada')).toBe('token-2');
  removals.forgive(1);
  expect(removals.provenBy('token-3', 'identity-bob')).toBe('token-3');
  expect(removals.provenBy('token-4', 'identity-ada')).toBe('token-1');
  expect(removals.provenBy('token-4', null)).toBe('token-1');
  // Once: whoever says the same later is somebody new.
  expect(removals.provenBy('token-5', 'identity-ada')).toBe('token-5');
});
