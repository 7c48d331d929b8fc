import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAtomically, writeAtomically } from './atomicFile.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file is made and replaced as a whole, and nothing else stays behind', async () => {
  const file = join(folder, 'state');
  await writeAtomically(file, 'a long first content');
  await writeAtomically(file, Uint8Array.of(104, 105));
  expect(await readFile(file, 'utf8')).toBe('hi');
  expect(await readdir(folder)).toEqual(['state']);
});

test('a write that fails leaves the old content', async () => {
  const file = join(folder, 'state');
  await writeAtomically(file, 'old');
  await expect(writeAtomically(file, null as unknown as string)).rejects.toThrow(/data/);
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['state']);
});

test('several that write one file at once do not disturb each other, nor does what a crash has left', async () => {
  const file = join(folder, 'state');
  await writeFile(`${file}.part`, 'left by a crash');
  await utimes(`${file}.part`, 1, 1);
  const contents = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(1000 + i));
  await Promise.all(contents.map((content) => writeAtomically(file, content)));
  expect(contents).toContain(await readFile(file, 'utf8'));
  expect(await readdir(folder)).toEqual(['state']);
});

test('of several that make one file at once, one does, and all find what it wrote', async () => {
  const file = join(folder, 'key');
  const found = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      await makeAtomically(file, `${i}`.repeat(1000));
      return readFile(file, 'utf8');
    }),
  );
  expect(new Set(found).size).toBe(1);
  await makeAtomically(file, 'later');
  expect(await readFile(file, 'utf8')).toBe(found[0]);
  expect(await readdir(folder)).toEqual(['key']);
});

test('a write that cannot take its place removes what was begun', async () => {
  const file = join(folder, 'taken');
  await mkdir(join(file, 'inside'), { recursive: true });
  await expect(writeAtomically(file, 'new')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
  expect(await readdir(folder)).toEqual(['taken']);
});
