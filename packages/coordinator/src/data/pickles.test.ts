import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { load, writeFiles } from './madeFiles.suite.ts';

const PICKLE = Buffer.from('\x80\x04\x95\x0a', 'latin1');

test.each([
  ['a file', { 'data.pkl': PICKLE }, 'data.pkl'],
  ['a file without an ending', { data_batch_1: PICKLE }, 'data_batch_1'],
  ['CIFAR-10 for Python', { 'batches.meta': PICKLE, data_batch_1: PICKLE, test_batch: PICKLE }, '.'],
  ['CIFAR-100 for Python', { meta: PICKLE, train: PICKLE, test: PICKLE }, '.'],
])('%s that is a pickle is told, and never read', async (_, files, name) => {
  const root = await mkdtemp(join(tmpdir(), 'shoal-pickle-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await writeFiles(root, files);
  await expect(load(join(root, name))).rejects.toThrow(
    /holds a pickle of Python, which is not read because that could run a program\. Store arrays with numpy\.savez/,
  );
});
