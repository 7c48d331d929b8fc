import { expect, test } from 'vitest';
import { DEFAULT_ACCESS_LIMITS } from '../limits/limits.ts';
import type { Identity } from './access.ts';
import { Guests } from './presence.ts';

const link: Identity = { role: 'worker', token: 'link', via: null, issuedAt: null, expiresAt: null };
const own = (token: string): Identity => ({
  role: 'worker',
  token,
  via: 'link',
  issuedAt: null,
  expiresAt: null,
});

test('connections are counted by token: many with a link, few with a credential', () => {
  const limits = { ...DEFAULT_ACCESS_LIMITS, tokenConnectionsMax: 3, credentialConnectionsMax: 1 };
  const guests = new Guests(limits);
  expect([1, 2, 3].map((id) => guests.enter(id, link, `c${id}`))).toEqual([null, null, null]);
  expect(guests.enter(4, link, 'c4')).toMatch(/limit tokenConnectionsMax/);
  expect(guests.enter(5, own('c9'), null)).toBe(null);
  expect(guests.enter(6, own('c9'), null)).toMatch(/limit credentialConnectionsMax/);
  // One that was turned away gives nothing back.
  guests.leave(4);
  expect(guests.enter(7, link, null)).toMatch(/limit/);
  guests.leave(1);
  expect(guests.enter(7, link, null)).toBe(null);
});

test('what is a connection’s alone is the credential that it came with or was given', () => {
  const guests = new Guests(DEFAULT_ACCESS_LIMITS);
  guests.enter(1, link, 'c1');
  guests.enter(2, own('c2'), null);
  guests.enter(3, { role: 'operator', token: 'o', via: null, issuedAt: null, expiresAt: null }, null);
  guests.enter(4, { role: 'worker', token: 'local', via: null, issuedAt: null, expiresAt: null }, null);
  expect([1, 2, 3, 4].map((id) => guests.ownToken(id))).toEqual(['c1', 'c2', null, null]);
  guests.leave(2);
  expect(guests.ownToken(2)).toBe(null);
});
