import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@shoal/core';
import { expect, onTestFinished, test } from 'vitest';
import type { Identity } from './access.ts';
import { type AccessSettings, DEFAULT_ACCESS_SETTINGS } from './accessSettings.ts';
import { type GivenSecrets, openSignedAccess, type SignedAccess } from './signedAccess.ts';

const DAY = 86_400_000;
const NONE: GivenSecrets = { worker: null, operator: null };

async function folderOfTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-access-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function bench() {
  let now = 1_800_000_000_000;
  return {
    later: (ms: number): void => {
      now += ms;
    },
    open: (folder: string | null, given = NONE, settings: Partial<AccessSettings> = {}) =>
      openSignedAccess(folder, given, { ...DEFAULT_ACCESS_SETTINGS, ...settings }, () => now),
  };
}

const roleOf = async (access: SignedAccess, token: string): Promise<Role | string> => {
  const found = await access.identify(token);
  return found.type === 'known' ? found.identity.role : found.code;
};

async function identityOf(access: SignedAccess, token: string): Promise<Identity> {
  const found = await access.identify(token);
  if (found.type !== 'known') throw new Error(found.why.type);
  return found.identity;
}

test('each link opens what its role may, and a link of another coordinator opens nothing', async () => {
  const access = await bench().open(null);
  const other = await bench().open(null);
  for (const role of ['viewer', 'worker', 'operator'] as const) {
    const link = await access.tokenFor(role);
    expect(await roleOf(access, link)).toBe(role);
    expect(await roleOf(other, link)).toBe('badToken');
    expect(await access.tokenFor(role)).toBe(link);
  }
  expect(await access.identify('')).toMatchObject({ why: { type: 'tokenMissing' } });
});

test('whoever asks at the same time is given one link, and after a revocation none from before', async () => {
  const access = await bench().open(null);
  const [a, b] = await Promise.all([access.tokenFor('worker'), access.tokenFor('worker')]);
  expect(a).toBe(b);
  const late = access.tokenFor('worker');
  await access.revoke({ role: 'worker' });
  const [c, d] = await Promise.all([access.tokenFor('worker'), access.tokenFor('worker')]);
  expect(new Set([c, d, await late, await access.tokenFor('worker')])).toEqual(new Set([c]));
  expect(c).not.toBe(a);
});

test('a resumed coordinator takes the same links and credentials, and gives out the same links', async () => {
  const { open, later } = bench();
  const folder = await folderOfTest();
  const before = await open(folder);
  await before.keepIn(folder);
  const link = await before.tokenFor('worker');
  const credential = await before.credentialFor(await identityOf(before, link));
  later(DAY);
  const after = await open(folder);
  expect(await after.tokenFor('worker')).toBe(link);
  expect(await roleOf(after, link)).toBe('worker');
  expect(await roleOf(after, credential?.token ?? '')).toBe('worker');
});

test.skipIf(process.platform === 'win32')('what is kept is readable by its owner alone', async () => {
  const folder = await folderOfTest();
  const access = await bench().open(folder);
  await access.keepIn(folder);
  const [file = ''] = await readdir(folder);
  expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
});

test('links and credentials expire with a sentence, and a new link comes before the old one ends', async () => {
  const { open, later } = bench();
  const access = await open(null, NONE, { linkDays: 10 });
  const link = await access.tokenFor('worker');
  later(6 * DAY);
  const next = await access.tokenFor('worker');
  expect(next).not.toBe(link);
  expect(await roleOf(access, link)).toBe('worker');
  later(5 * DAY);
  expect(await access.identify(link)).toMatchObject({
    code: 'badToken',
    why: { type: 'tokenExpired' },
  });
  expect(await roleOf(access, next)).toBe('worker');
});

test('each volunteer gets a credential of its own, and one is revoked without touching the others', async () => {
  const access = await bench().open(null);
  const link = await access.tokenFor('worker');
  const one = await access.credentialFor(await identityOf(access, link));
  const two = await access.credentialFor(await identityOf(access, link));
  expect(one?.token).not.toBe(two?.token);
  // Whoever has one is given no other.
  expect(await access.credentialFor(await identityOf(access, two?.token ?? ''))).toBe(null);
  await access.revoke({ token: one?.id ?? '' });
  expect(await access.identify(one?.token ?? '')).toMatchObject({ code: 'revoked' });
  expect(await roleOf(access, two?.token ?? '')).toBe('worker');
  expect(await roleOf(access, link)).toBe('worker');
});

test('all links of a role are revoked at once, with all credentials, and stay so after a restart', async () => {
  const { open } = bench();
  const folder = await folderOfTest();
  const access = await open(folder);
  await access.keepIn(folder);
  const link = await access.tokenFor('worker');
  const credential = await access.credentialFor(await identityOf(access, link));
  const viewer = await access.tokenFor('viewer');
  await access.revoke({ role: 'worker' });
  const fresh = await access.tokenFor('worker');
  const after = await open(folder);
  for (const one of [access, after]) {
    expect(await roleOf(one, link)).toBe('revoked');
    expect(await roleOf(one, credential?.token ?? '')).toBe('revoked');
    expect(await roleOf(one, viewer)).toBe('viewer');
    expect(await roleOf(one, fresh)).toBe('worker');
  }
  expect(await roleOf(access, access.localToken)).toBe('worker');
});

test('a secret that somebody chose is taken as it is, is kept, and can be revoked', async () => {
  const { open } = bench();
  const folder = await folderOfTest();
  const access = await open(folder, { worker: 'blue fish', operator: 'captain' });
  await access.keepIn(folder);
  expect(await access.tokenFor('worker')).toBe('blue fish');
  expect(await access.tokenFor('operator')).toBe('captain');
  const after = await open(folder);
  expect(await roleOf(after, 'blue fish')).toBe('worker');
  expect(await roleOf(after, 'captain')).toBe('operator');
  expect(await roleOf(after, 'blue fisH')).toBe('badToken');
  const credential = await after.credentialFor(await identityOf(after, 'blue fish'));
  await after.revoke({ role: 'worker' });
  expect(await roleOf(after, 'blue fish')).toBe('revoked');
  expect(await roleOf(after, credential?.token ?? '')).toBe('revoked');
  // Nobody is left without a link.
  expect(await roleOf(after, await after.tokenFor('worker'))).toBe('worker');
  await expect(open(null, { worker: 'same', operator: 'same' })).rejects.toThrow(/are the same/);
  await expect(open(null, { worker: 'x'.repeat(257), operator: null })).rejects.toThrow(/1 to 256/);
});

test('in an open classroom everyone may compute and nobody more than that', async () => {
  const access = await bench().open(null, NONE, { openClassroom: true });
  expect(await access.tokenFor('worker')).toBe('open');
  for (const token of ['', 'open', 'anything']) expect(await roleOf(access, token)).toBe('worker');
  expect(await roleOf(access, await access.tokenFor('operator'))).toBe('operator');
  const credential = await access.credentialFor(await identityOf(access, ''));
  await access.revoke({ token: credential?.id ?? '' });
  expect(await roleOf(access, credential?.token ?? '')).toBe('revoked');
  expect(await roleOf(access, '')).toBe('worker');
});

test('of two that begin at once in a new folder, the first lays down key and links of both', async () => {
  const { open } = bench();
  const parent = await folderOfTest();
  const folder = join(parent, 'runs');
  const accesses = [await open(folder), await open(folder)];
  for (const access of accesses) await access.tokenFor('worker');
  expect(await readdir(parent)).toEqual([]);
  await Promise.all(accesses.map((access) => access.found(folder)));
  const [one, other] = accesses as [SignedAccess, SignedAccess];
  const link = await one.tokenFor('worker');
  expect(await other.tokenFor('worker')).toBe(link);
  expect(await roleOf(other, await one.tokenFor('operator'))).toBe('operator');
  for (const access of accesses) await access.keepIn(folder);
  expect(await roleOf(await open(folder), link)).toBe('worker');
});

test('a folder of an earlier release goes on with its join token', async () => {
  const folder = await folderOfTest();
  await writeFile(join(folder, 'join-token'), 'k3x9\n');
  const access = await bench().open(folder);
  expect(await roleOf(access, 'k3x9')).toBe('worker');
  expect(await access.tokenFor('worker')).toBe('k3x9');
});

test.each(['', '{', '{"key":"short"}', '[]'])(
  'a damaged file (%s) is told and not overwritten',
  async (text) => {
    const folder = await folderOfTest();
    const file = join(folder, 'access.json');
    await writeFile(file, text);
    await expect(bench().open(folder)).rejects.toThrow(/cannot be used .*Restore it, or remove it/);
    expect(await readFile(file, 'utf8')).toBe(text);
  },
);
