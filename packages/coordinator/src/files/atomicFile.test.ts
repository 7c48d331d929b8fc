import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomically } from './atomicFile.ts';

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
  // The place of the half-written file is taken by a folder, so it cannot be opened.
  await mkdir(`${file}.part`);
  await expect(writeAtomically(file, 'new')).rejects.toThrow(/EISDIR|EPERM|EACCES/);
  expect(await readFile(file, 'utf8')).toBe('old');
});

test('a write that cannot take its place removes what was begun', async () => {
  const file = join(folder, 'taken');
  await mkdir(join(file, 'inside'), { recursive: true });
  await expect(writeAtomically(file, 'new')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
  expect(await readdir(folder)).toEqual(['taken']);
});
