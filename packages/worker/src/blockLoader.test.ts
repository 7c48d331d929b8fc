import { connectionMessage, DEFAULT_LIMITS } from '@shoal/core';
import { expect, test } from 'vitest';
import { loadBlock } from './blockLoader.ts';
import { tinyBlocks, tinyWelcome } from './tinyRun.suite.ts';

test('a block that fails or comes damaged is asked for again, later and later, until it is what it should be', async () => {
  const waits: number[] = [];
  const logs: string[] = [];
  const block = tinyWelcome.data.train.blocks[1]!;
  const right = tinyBlocks.get(block.sha256)!;
  const answers = [null, right.map((byte) => byte ^ 1), right.subarray(1), right];
  const content = await loadBlock({
    index: 1,
    block,
    fetchBlock: async () => {
      const answer = answers.shift();
      if (answer === null || answer === undefined) throw new Error('The server answered 503.');
      return answer;
    },
    wait: async (ms) => {
      waits.push(ms);
    },
    jitter: () => 0,
    log: (level, fact) => logs.push(`${level}: ${connectionMessage(fact)}`),
    limits: DEFAULT_LIMITS,
  });
  expect(content).toBe(right);
  expect(answers).toEqual([]);
  expect(waits).toEqual([125, 250, 500]);
  expect(logs).toEqual([
    'warn: A block of the data set did not come: The server answered 503. It is asked for again.',
  ]);
});
