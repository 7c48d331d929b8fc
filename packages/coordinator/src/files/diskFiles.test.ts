import { appendFile, cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { diskFiles } from './diskFiles.ts';
import { testKeptFiles } from './keptFiles.suite.ts';

testKeptFiles('on disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'shoal-kept-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return { files: diskFiles, root, reopened: async () => diskFiles };
});

test('what was changed long ago has a mark, which another file, more of one, or another folder of the name changes', async () => {
  const root = await mkdtemp(join(tmpdir(), 'shoal-mark-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'run');
  const file = join(folder, 'epochs.jsonl');
  const age = async (...paths: string[]) => {
    for (const path of paths) await utimes(path, new Date(86_400_000), new Date(86_400_000));
  };
  await mkdir(folder);
  await writeFile(file, 'one');
  expect(await diskFiles.mark(folder, ['epochs.jsonl'])).toBeNull();
  await age(file, folder);
  const mark = await diskFiles.mark(folder, ['epochs.jsonl']);
  expect(mark).toEqual(expect.any(String));
  expect(await diskFiles.mark(folder, ['epochs.jsonl'])).toBe(mark);
  await appendFile(file, ' more');
  await age(file, folder);
  const grown = await diskFiles.mark(folder, ['epochs.jsonl']);
  expect(grown).not.toBe(mark);
  // A copy that keeps every time takes the place of the folder.
  await cp(folder, join(root, 'copy'), { recursive: true, preserveTimestamps: true });
  await rm(folder, { recursive: true });
  await cp(join(root, 'copy'), folder, { recursive: true, preserveTimestamps: true });
  await age(file, folder);
  expect(await diskFiles.mark(join(root, 'copy'), ['epochs.jsonl'])).not.toBe(grown);
});
