import { expect, test } from 'vitest';
import { NO_REVOCATIONS, REVOCATIONS_MAX, Revocations } from './revocations.ts';
import type { TokenClaims } from './tokens.ts';

const claims = (change: Partial<TokenClaims>): TokenClaims => ({
  role: 'worker',
  id: 'one',
  via: null,
  issuedAt: 100,
  expiresAt: 200,
  ...change,
});

test('one token is revoked, and with a link what was got by it, and nothing else', () => {
  const revocations = new Revocations(NO_REVOCATIONS);
  revocations.revoke('one', 200, 100);
  expect(revocations.isRevoked(claims({}))).toBe(true);
  expect(revocations.isRevoked(claims({ id: 'two', via: 'one' }))).toBe(true);
  expect(revocations.isRevoked(claims({ id: 'two', via: 'three' }))).toBe(false);
});

test('all tokens of a role up to now are revoked; new ones and other roles are not', () => {
  const revocations = new Revocations(NO_REVOCATIONS);
  revocations.revokeAll('worker', 150);
  expect(revocations.isRevoked(claims({ issuedAt: 150 }))).toBe(true);
  expect(revocations.isRevoked(claims({ issuedAt: revocations.validFrom('worker') }))).toBe(false);
  expect(revocations.isRevoked(claims({ role: 'operator' }))).toBe(false);
  // A clock that went back does not bring anybody back.
  revocations.revokeAll('worker', 50);
  expect(revocations.isRevoked(claims({ issuedAt: 150 }))).toBe(true);
});

test('the list comes back as it was written, without what has expired', () => {
  const revocations = new Revocations(NO_REVOCATIONS);
  revocations.revoke('old', 120, 100);
  revocations.revoke('new', 500, 130);
  revocations.revokeAll('viewer', 130);
  const again = new Revocations(structuredClone(revocations.record));
  expect([again.has('old'), again.has('new')]).toEqual([false, true]);
  expect(again.validFrom('viewer')).toBe(131);
});

test('the list is bounded, and says what to do instead', () => {
  const ids = Array.from({ length: REVOCATIONS_MAX }, (_, i): [string, number] => [`id-${i}`, 500]);
  const revocations = new Revocations({ ...NO_REVOCATIONS, ids });
  expect(() => revocations.revoke('one-more', 500, 100)).toThrow(/Revoke all of the role at once/);
  revocations.revoke('one-more', 900, 501);
  expect(revocations.record.ids).toEqual([['one-more', 900]]);
});
