import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { diskFiles } from './diskFiles.ts';
import { testKeptFiles } from './keptFiles.suite.ts';

testKeptFiles('on disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'shoal-kept-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return { files: diskFiles, root, reopened: async () => diskFiles };
});
