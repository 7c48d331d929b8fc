import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Action, forbidden, may } from './access.ts';
import { openSecretAccess } from './secretAccess.ts';

const NONE = { worker: null, operator: null };
const ROLES = ['viewer', 'worker', 'operator'] as const;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-access-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('each role has a secret of 128 bits of its own, by which it is known', async () => {
  const access = await openSecretAccess(null, NONE);
  const tokens = await Promise.all(ROLES.map((role) => access.tokenFor(role)));
  expect(new Set(tokens).size).toBe(3);
  for (const [i, token] of tokens.entries()) {
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(await access.identify(token)).toEqual({ role: ROLES[i] });
    for (const wrong of ['', ` ${token}`, token.slice(1), `${token}x`, token.toUpperCase()]) {
      expect(await access.identify(wrong)).toBeNull();
    }
  }
});

test('secrets that are kept in a folder are known again, readable by their owner alone', async () => {
  const access = await openSecretAccess(folder, { ...NONE, operator: 'mine' });
  await access.keepIn(folder);
  const again = await openSecretAccess(folder, NONE);
  for (const role of ROLES) expect(await again.tokenFor(role)).toBe(await access.tokenFor(role));
  expect(await readFile(join(folder, 'operator-token'), 'utf8')).toBe('mine\n');
  if (process.platform !== 'win32') {
    for (const name of ['join-token', 'watch-token', 'operator-token']) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  }
});

test('a given secret wins over the kept one and takes its place', async () => {
  await (await openSecretAccess(null, { worker: 'first', operator: null })).keepIn(folder);
  const given = await openSecretAccess(folder, { worker: 'second', operator: null });
  await given.keepIn(folder);
  expect(await (await openSecretAccess(folder, NONE)).identify('second')).toEqual({ role: 'worker' });
  expect(await given.identify('first')).toBeNull();
});

test('secrets that would give control away, or that do not fit into a hello, are refused with a sentence', async () => {
  await expect(openSecretAccess(null, { worker: 'same', operator: 'same' })).rejects.toThrow(
    /everyone who joins could control the run/,
  );
  await expect(openSecretAccess(null, { worker: 'x'.repeat(257), operator: null })).rejects.toThrow(
    'The join token must have 1 to 256 characters, not 257.',
  );
  await expect(openSecretAccess(null, { worker: null, operator: '' })).rejects.toThrow(/operator token/);
});

test('only the operator controls, and who may not is told why', () => {
  const allowed = (role: (typeof ROLES)[number]) =>
    (['watch', 'data', 'compute', 'control'] satisfies Action[]).filter((action) => may(role, action));
  expect(allowed('viewer')).toEqual(['watch']);
  expect(allowed('worker')).toEqual(['watch', 'data', 'compute']);
  expect(allowed('operator')).toEqual(['watch', 'data', 'compute', 'control']);
  expect(forbidden('viewer', 'control')).toMatch(
    /^Your link is for a viewer; only the operator may do this\./,
  );
});
