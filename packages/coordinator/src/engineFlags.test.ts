import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EARLY_COMPILING, LAZY_COLLECTION } from './engineFlags.ts';

test('this Node.js knows the flags that it is given', async () => {
  const flags = [LAZY_COLLECTION, EARLY_COMPILING].filter((flag) => flag !== null);
  const { stderr } = await promisify(execFile)(process.execPath, [
    '-e',
    `for (const flag of ${JSON.stringify(flags)}) require('node:v8').setFlagsFromString(flag)`,
  ]);
  expect(stderr).toBe('');
});
