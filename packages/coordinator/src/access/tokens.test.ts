import { randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it, test } from 'vitest';
import { issueToken, KEY_BYTES, verifyToken } from './tokens.ts';

const key = randomBytes(KEY_BYTES);
const NOW = 1_800_000_000;
const request = { role: 'worker', via: null, issuedAt: NOW, lifetimeSeconds: 60 } as const;

test('a token says again what it was issued for, until it expires', async () => {
  const { token, claims } = await issueToken(key, { ...request, via: 'link' });
  expect(await verifyToken(key, token, NOW * 1000)).toEqual({ type: 'valid', claims });
  expect(claims).toMatchObject({ role: 'worker', via: 'link', issuedAt: NOW, expiresAt: NOW + 60 });
  expect(await verifyToken(key, token, (NOW + 59) * 1000)).toMatchObject({ type: 'valid' });
  expect(await verifyToken(key, token, (NOW + 60) * 1000)).toEqual({ type: 'expired' });
});

test('a token fits into a hello and a link into a QR code that a phone reads', async () => {
  const { token } = await issueToken(key, { ...request, via: 'x'.repeat(12) });
  expect(token.length).toBeLessThan(230);
  expect(token).toMatch(/^[\w.-]+$/);
});

describe('what is not our token', () => {
  const sign = (payload: Record<string, unknown>, alg = 'HS256', by: Uint8Array = key) =>
    new SignJWT(payload).setProtectedHeader({ alg }).sign(by);
  const good = { role: 'operator', jti: 'a', iat: NOW, exp: NOW + 60 };

  it.each<[string, () => Promise<string> | string]>([
    ['nothing', () => ''],
    ['text', () => 'let me in'],
    ['three dots', () => '...'],
    ['another key', () => sign(good, 'HS256', randomBytes(KEY_BYTES))],
    ['an expired one of another key', () => sign({ ...good, exp: 1 }, 'HS256', randomBytes(KEY_BYTES))],
    ['no signature ("alg": "none")', () => new UnsecuredJWT(good).encode()],
    ['another algorithm', () => sign(good, 'HS512', randomBytes(64))],
    ['a role that does not exist', () => sign({ ...good, role: 'admin' })],
    ['no role', () => sign({ ...good, role: undefined })],
    ['no expiry', () => sign({ ...good, exp: undefined })],
    ['no id', () => sign({ ...good, jti: undefined })],
    ['an id that is no text', () => sign({ ...good, jti: ['a'] })],
    ['a megabyte', () => 'a'.repeat(2 ** 20)],
  ])('%s opens nothing', async (_name, made) => {
    expect(await verifyToken(key, await made(), NOW * 1000)).toEqual({ type: 'unknown' });
  });

  it('a token of which one character was changed', async () => {
    const { token } = await issueToken(key, request);
    let refused = 0;
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      const { type } = await verifyToken(key, changed, NOW * 1000);
      if (type === 'unknown') refused += 1;
      // The last character of a base64url text may have bits that mean nothing.
      else expect(at).toBe(token.length - 1);
    }
    expect(refused).toBeGreaterThanOrEqual(token.length - 1);
  });
});
