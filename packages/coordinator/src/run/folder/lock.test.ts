import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence } from '@shoal/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FolderLock, type LockOptions } from './lock.ts';
import { lifeOf, type ProcessIdentity, thisProcess } from './processIdentity.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-lock-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const ELSEWHERE: ProcessIdentity = { host: 'lab-3', pid: 4711, realm: 'other', start: '99' };

/** Virtual time: what happens meanwhile is done by `meanwhile`. */
function options(more: Partial<LockOptions> = {}, meanwhile: (ms: number) => Promise<void> = async () => {}) {
  const waited = { ms: 0 };
  const all: LockOptions = {
    what: 'The run r',
    wait: async (ms) => {
      waited.ms += ms;
      await meanwhile(waited.ms);
    },
    ...more,
  };
  return { all, waited };
}

test('one holds it, the next is told who, and after a release it is free at once', async () => {
  const folder = join(root, 'plain');
  const { all, waited } = options();
  const first = await FolderLock.take(folder, all);
  const refused = FolderLock.take(folder, all);
  await expect(refused).rejects.toThrow(
    `The run r is in use by process ${process.pid} on ${hostname()} (since `,
  );
  await expect(refused).rejects.toThrow(/end that one first \(Ctrl-C, or SIGTERM/);
  expect(await first.holds()).toBe(true);
  await first.release();
  await first.release();
  expect(await first.holds()).toBe(false);
  const second = await FolderLock.take(folder, all);
  expect(await readdir(folder)).toEqual(['2']);
  expect(waited.ms).toBe(0);
  await second.release();
});

test('of many that try at once exactly one gets it', async () => {
  for (const before of ['nobody', 'a holder that is gone']) {
    const folder = join(root, before);
    const gone = options({ lifeOf: (one) => (one.host === ELSEWHERE.host ? 'is gone' : lifeOf(one)) });
    // Its process ended without a word.
    if (before !== 'nobody') await FolderLock.take(folder, options({ self: ELSEWHERE }).all);
    const attempts = await Promise.allSettled(
      Array.from({ length: 12 }, () => FolderLock.take(folder, gone.all)),
    );
    const taken = attempts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(taken).toHaveLength(1);
    expect(await taken[0]?.holds()).toBe(true);
    await taken[0]?.release();
  }
});

test('a process that was killed holds nothing any more; its number may be another’s', () => {
  const self = thisProcess();
  expect(lifeOf({ ...self, pid: 0x3fffff })).toBe('is gone');
  expect(lifeOf({ ...self, host: 'another' })).toBe('unknown');
  if (process.platform !== 'linux') return;
  expect(lifeOf(self)).toBe('lives');
  expect(lifeOf({ ...self, start: '1' })).toBe('is gone');
  expect(lifeOf({ ...self, realm: 'another start of this machine' })).toBe('unknown');
});

test('a holder on another machine is watched: it keeps the lock by a sign of life, and loses it without', async () => {
  const folder = join(root, 'watched');
  const holder = await FolderLock.take(folder, options({ self: ELSEWHERE }).all);
  const beating = options({}, async (ms) => {
    if (ms === 3_000) {
      const later = new Date(Date.now() + 60_000);
      await utimes(join(folder, '1'), later, later);
    }
  });
  await expect(FolderLock.take(folder, beating.all)).rejects.toThrow('process 4711 on lab-3');
  expect(beating.waited.ms).toBe(3_000);

  const silent = options();
  const next = await FolderLock.take(folder, silent.all);
  expect(silent.waited.ms).toBe(10_000);

  // The one that was thought dead notices, and writes no more.
  const told: string[] = [];
  holder.onLost((reason) => told.push(sentence(reason, 'en')));
  expect(await holder.beat()).toBe(false);
  expect(await holder.holds()).toBe(false);
  expect(told).toEqual([
    expect.stringMatching(/^The run r was taken over by process \d+ on .*saw no sign of life/),
  ]);
  await holder.release();
  expect(await next.holds()).toBe(true);
  await next.release();
});

test('a holder that lets go while it is watched is not waited for', async () => {
  const folder = join(root, 'let-go');
  const holder = await FolderLock.take(folder, options({ self: ELSEWHERE }).all);
  const { all, waited } = options({}, async (ms) => {
    if (ms === 1_000) await holder.release();
  });
  const next = await FolderLock.take(folder, all);
  expect(waited.ms).toBe(1_000);
  await next.release();
});

test('a file that a crash left without content is waited out', async () => {
  const folder = join(root, 'torn');
  await (await FolderLock.take(folder, options().all)).release();
  await writeFile(join(folder, '1'), '');
  const { all, waited } = options();
  const lock = await FolderLock.take(folder, all);
  expect(waited.ms).toBe(10_000);
  expect(JSON.parse(await readFile(join(folder, '2'), 'utf8'))).toMatchObject({ pid: process.pid });
  await lock.release();
});
