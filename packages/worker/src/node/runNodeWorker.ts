/** A whole worker over a WebSocket in one call: what `shoal worker URL` runs. */
import { DEFAULT_LIMITS } from '@shoal/core';
import { blockFetcher } from '../blockLoader.ts';
import { fetchBlock } from '../httpBlocks.ts';
import { JoinUrlError, parseJoinUrl } from '../joinUrl.ts';
import type { SlotFactory } from '../shell/slots.ts';
import { inlineSlot } from './inlineSlot.ts';
import { nodeChannel } from './nodeChannel.ts';
import { runSession, type WhoAndHow, type WorkerOutcome } from './runSession.ts';
import { threadSlot } from './threadSlot.ts';

export type NodeWorkerOptions = WhoAndHow & {
  /** `http://host:port/#token`, also without the token, also `ws://`. */
  readonly url: string;
  /** Wins over the one in the address; null to take that. */
  readonly token: string | null;
};

/** Never rejects for what the network or the person does: that is an outcome with a sentence. */
export function runNodeWorker(options: NodeWorkerOptions): Promise<WorkerOutcome> {
  return runWorkerOnSlots(options, options.threads === 1 ? inlineSlot : threadSlot);
}

/** The same on slots of another kind. */
export async function runWorkerOnSlots(
  options: NodeWorkerOptions,
  slots: SlotFactory,
): Promise<WorkerOutcome> {
  const { url, token, threads } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    return {
      exitCode: 2,
      message: `A worker has 1 to 1024 threads, not ${threads}. Give --threads such a number.`,
      fact: null,
      why: null,
    };
  }
  let address: ReturnType<typeof parseJoinUrl>;
  try {
    address = parseJoinUrl(url, token);
  } catch (problem) {
    if (problem instanceof JoinUrlError)
      return { exitCode: 2, message: problem.message, fact: null, why: null };
    throw problem;
  }
  const { origin, basePath } = address;
  return runSession(options, {
    address: origin + basePath,
    token: address.token,
    openChannel: nodeChannel,
    dataOf: ({ blockSilenceMs: silenceMs }) => ({
      type: 'blocks',
      fetch: blockFetcher(
        (block, source, signal, onBytes) =>
          fetchBlock(block, {
            ...source,
            ...{ silenceMs, onBytes, signal },
          }),
        DEFAULT_LIMITS,
      ),
    }),
    slots,
  });
}
