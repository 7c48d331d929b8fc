import { connectionMessage, DEFAULT_LIMITS } from '@shoal/core';
import { expect, test } from 'vitest';
import { loadBlocks } from './blockLoader.ts';
import { tinyBlocks, tinyData, tinyWelcome } from './tinyRun.suite.ts';

test('blocks that fail or come damaged are asked for again, later and later, until the data set is whole', async () => {
  const waits: number[] = [];
  const logs: string[] = [];
  const troubles = new Map<string, number>();
  const splits = await loadBlocks({
    manifests: tinyWelcome.data,
    fetchBlock: async ({ sha256 }) => {
      const attempt = troubles.get(sha256) ?? 0;
      troubles.set(sha256, attempt + 1);
      const content = tinyBlocks.get(sha256);
      if (content === undefined) throw new Error('There is no such block.');
      if (attempt === 0 && troubles.size === 2) throw new Error('The server answered 503.');
      if (attempt === 1 && troubles.size === 2) return content.map((byte) => byte ^ 1);
      return content;
    },
    wait: async (ms) => {
      waits.push(ms);
    },
    jitter: () => 0,
    log: (level, fact) => logs.push(`${level}: ${connectionMessage(fact)}`),
    limits: DEFAULT_LIMITS,
  });
  expect(splits).toEqual(tinyData);
  expect(waits).toEqual([125, 250]);
  expect(logs).toEqual([
    'warn: A block of the data set did not come: The server answered 503. It is asked for again.',
    'info: The data set is here: 57 samples.',
  ]);
});
