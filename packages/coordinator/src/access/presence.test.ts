import { expect, test } from 'vitest';
import { DEFAULT_ACCESS_LIMITS } from '../limits/limits.ts';
import type { Identity } from './access.ts';
import { Presence } from './presence.ts';

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
  const presence = new Presence(limits);
  expect([1, 2, 3].map((id) => presence.enter(id, link, `c${id}`))).toEqual([null, null, null]);
  expect(presence.enter(4, link, 'c4')).toMatchObject({ limit: 'tokenConnectionsMax' });
  expect(presence.enter(5, own('c9'), null)).toBe(null);
  expect(presence.enter(6, own('c9'), null)).toMatchObject({ limit: 'credentialConnectionsMax' });
  // One that was turned away gives nothing back.
  presence.leave(4);
  expect(presence.enter(7, link, null)).toMatchObject({ type: 'limitReached' });
  presence.leave(1);
  expect(presence.enter(7, link, null)).toBe(null);
});

test('what is a connection’s alone is the credential that it came with or was given', () => {
  const presence = new Presence(DEFAULT_ACCESS_LIMITS);
  presence.enter(1, link, 'c1');
  presence.enter(2, own('c2'), null);
  presence.enter(3, { role: 'operator', token: 'o', via: null, issuedAt: null, expiresAt: null }, null);
  presence.enter(4, { role: 'worker', token: 'local', via: null, issuedAt: null, expiresAt: null }, null);
  expect([1, 2, 3, 4].map((id) => presence.ownToken(id))).toEqual(['c1', 'c2', null, null]);
  presence.leave(2);
  expect(presence.ownToken(2)).toBe(null);
});
