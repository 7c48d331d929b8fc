import { expect, test } from 'vitest';
import type { Identity } from './access.ts';
import { Held } from './held.ts';

const known = (role: Identity['role'], token: string, more: Partial<Identity> = {}): Identity => ({
  role,
  token,
  via: null,
  issuedAt: null,
  expiresAt: null,
  ...more,
});

/** A link, a credential got by it, a credential that was given just now, an operator, this machine, and who has ended. */
function bench() {
  const held = new Held();
  const ended: string[] = [];
  const hold = (name: string, identity: Identity, credential: string | null = null) =>
    held.hold(identity, (code, why) => ended.push(`${name} ${code} ${why.type}`), credential);
  const leave = {
    link: hold('link', known('worker', 'link', { expiresAt: 100 }), 'c1'),
    own: hold('own', known('worker', 'c2', { via: 'link', expiresAt: 50 })),
    operator: hold('operator', known('operator', 'o')),
    local: hold('local', known('worker', 'local')),
  };
  return { held, ended, leave };
}

test.each([
  [{ token: 'c1' }, ['link revoked tokenRevoked']],
  [{ token: 'c2' }, ['own revoked tokenRevoked']],
  [{ token: 'link' }, ['link revoked tokenRevoked', 'own revoked tokenRevoked']],
  [{ role: 'worker' as const }, ['link revoked tokenRevoked', 'own revoked tokenRevoked']],
  [{ role: 'viewer' as const }, []],
])('revoking %j ends what is held by it, by what was got by it, and by its role, once', (what, sentences) => {
  const { held, ended } = bench();
  held.revoked(what, { type: 'tokenRevoked' });
  held.revoked(what, { type: 'tokenRevoked' });
  expect(ended).toEqual(sentences);
});

test('what has expired ends, at the second', () => {
  const { held, ended } = bench();
  held.expired(49, { type: 'tokenExpired' });
  expect(ended).toEqual([]);
  held.expired(50, { type: 'tokenExpired' });
  expect(ended).toEqual(['own badToken tokenExpired']);
  held.expired(1_000, { type: 'tokenExpired' });
  expect(ended).toHaveLength(2);
  expect(held.count).toBe(2);
});

test('what is over anyway is not ended again', () => {
  const { held, ended, leave } = bench();
  leave.link();
  held.revoked({ token: 'link' }, { type: 'tokenRevoked' });
  expect(ended).toEqual(['own revoked tokenRevoked']);
});
