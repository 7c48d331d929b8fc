/** Fetches blocks of a data set, each for as long as it takes, and checks them. */
import {
  type BackoffBounds,
  type BlockInfo,
  backoffMs,
  type ConnectionFact,
  checkBlock,
  reasonOf,
} from '@shoal/core';
import type { BlockSource } from './session/blockFetches.ts';
import type { BlockFetcher } from './shell/sessionShell.ts';

export type BlockLoadOptions = {
  readonly index: number;
  readonly block: BlockInfo;
  /** The content of the block, or a rejection; it is checked here. */
  readonly fetchBlock: () => Promise<Uint8Array>;
  /** Rejects when the loading is no longer wanted. */
  readonly wait: (ms: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly jitter: () => number;
  readonly log: (level: 'info' | 'warn', fact: ConnectionFact) => void;
  readonly limits: BackoffBounds;
};

/** Rejects only when `wait` does; a block that cannot be had now is asked for again, later and later. */
export async function loadBlock(options: BlockLoadOptions): Promise<Uint8Array> {
  const { index, block, fetchBlock, wait, jitter, log, limits } = options;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const content = await fetchBlock();
      checkBlock(index, block, content);
      return content;
    } catch (problem) {
      if (attempt === 0) log('warn', { type: 'blockNotFetched', why: reasonOf(problem) });
      await wait(backoffMs(attempt, jitter(), limits));
    }
  }
}

/** `fetchBlock` throws an error that is a sentence. */
export function blockFetcher(
  fetchBlock: (
    block: BlockInfo,
    source: BlockSource,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ) => Promise<Uint8Array>,
  limits: BackoffBounds,
): BlockFetcher {
  return (wanted, { log, onBytes, signal }) =>
    loadBlock({
      index: wanted.place.index,
      block: wanted.block,
      fetchBlock: () => fetchBlock(wanted.block, wanted, signal, onBytes),
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
