/** Fetches the blocks of a data set, for as long as it takes, and puts the sets together. */
import {
  type BackoffBounds,
  BlockAssembler,
  type BlockInfo,
  backoffMs,
  type ConnectionFact,
  type DataSplits,
  reasonOf,
} from '@shoal/core';
import type { SplitManifests } from './session/events.ts';

export type BlockLoaderOptions = {
  readonly manifests: SplitManifests;
  /** The content of this block, or a rejection; it is checked here. */
  readonly fetchBlock: (block: BlockInfo) => Promise<Uint8Array>;
  /** Rejects when the loading is no longer wanted. */
  readonly wait: (ms: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly jitter: () => number;
  readonly log: (level: 'info' | 'warn', fact: ConnectionFact) => void;
  readonly limits: BackoffBounds;
};

/** Rejects only when `wait` does; a block that cannot be had now is asked for again, later and later. */
export async function loadBlocks(options: BlockLoaderOptions): Promise<DataSplits> {
  const { train, validation, test } = options.manifests;
  const splits = {
    train: await loadSet(train, options),
    validation: await loadSet(validation, options),
    test: await loadSet(test, options),
  };
  const samples = splits.train.count + splits.validation.count + splits.test.count;
  options.log('info', { type: 'dataFetched', samples });
  return splits;
}

async function loadSet(
  manifest: SplitManifests['train'],
  options: BlockLoaderOptions,
): Promise<DataSplits['train']> {
  const assembler = new BlockAssembler(manifest);
  for (const [index, block] of assembler.manifest.blocks.entries()) {
    for (let attempt = 0; !assembler.has(index); attempt += 1) {
      try {
        assembler.accept(index, await options.fetchBlock(block));
      } catch (problem) {
        if (attempt === 0) options.log('warn', { type: 'blockNotFetched', why: reasonOf(problem) });
        await options.wait(backoffMs(attempt, options.jitter(), options.limits));
      }
    }
  }
  return assembler.samples;
}
