/** A worker on a line of its own gets the data blocks that its leases need, and no others, to the same bits. */
import { expect, test } from 'vitest';
import { Cluster, isEpoch, startWorker } from '../support/cluster.ts';
import { CountingLine } from '../support/countingLine.ts';
import {
  aloneOnDigits,
  BLOCKS_OF_TRAINING,
  roundsByBlocks,
  shuffledSteps,
  VECTOR_BYTES,
} from '../support/digitsRun.ts';

test.each([
  ['rounds of local steps in an order by blocks', roundsByBlocks, 4],
  ['microbatches in a shuffled order, whose first leases carry their values', shuffledSteps, 0],
])('%s', async (_, spec, blocksBeforeFirstAnswer) => {
  const cluster = await Cluster.of(spec);
  const coordinator = cluster.train(0);
  const line = await CountingLine.to(await coordinator.joinUrl());
  const worker = startWorker(line.url, 'ada');
  const result = await coordinator.result();
  const { parametersSha256 } = await aloneOnDigits(spec);
  expect(result).toMatchObject({ state: 'finished', parametersSha256 });
  expect((await worker.end()).code).toBe(0);

  // Each block at most once, and by the end of the epoch all of them.
  expect(new Set(line.blocks).size).toBe(line.blocks.length);
  expect(line.blocks.length).toBeGreaterThanOrEqual(BLOCKS_OF_TRAINING);
  // The answers to the probe and to the first lease have a vector each.
  expect(line.blocksAt(1.5 * VECTOR_BYTES)).toBeLessThanOrEqual(blocksBeforeFirstAnswer);
  // The coordinator counts them beside its messages; what it does not count are the heads of the answers.
  const { blockBytes } = await coordinator.line(isEpoch(1), 'The epoch');
  expect(Number(blockBytes)).toBeGreaterThan(
    0.8 * line.blockBytesDown * (BLOCKS_OF_TRAINING / line.blocks.length),
  );
  expect(Number(blockBytes)).toBeLessThan(line.blockBytesDown);
  // They come packed: a digit is mostly paper.
  expect(line.blockBytesDown / line.blocks.length).toBeLessThan((256 * 785) / 2);
});
