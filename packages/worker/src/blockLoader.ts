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
import type { DataLoader } from './shell/sessionShell.ts';

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

/** Where the blocks of a run are, and the bearer for them. */
export type BlockPlace = { readonly blocksPath: string; readonly token: string };

/** A data set that comes block by block. `fetchBlock` throws an error that is a sentence. */
export function blocksLoader(
  fetchBlock: (block: BlockInfo, place: BlockPlace, signal: AbortSignal) => Promise<Uint8Array>,
  limits: BackoffBounds,
): DataLoader {
  return (wanted, log, signal) =>
    loadBlocks({
      manifests: wanted.manifests,
      fetchBlock: (block) => fetchBlock(block, wanted, signal),
      wait: (ms) => wait(ms, signal),
      jitter: Math.random,
      log,
      limits,
    });
}

/** Rejects as soon as the signal says that nobody waits any more. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}
