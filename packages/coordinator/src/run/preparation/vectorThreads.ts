/**
 * Threads that help the coordinator's own with arithmetic on the run's vectors. They have work where nobody else has: all
 * answers of a step are in, and its workers wait for the next parameters.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type KernelTeam, SHARED_OUT_MIN, sharedArena, type VectorArena } from '@shoal/core';

/** Beyond these, memory is what limits. */
const THREADS_MAX = 3;

/** They do nothing but call kernels. */
const HEAP = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 };

/** Node.js 20 starts no thread from TypeScript, so that from a source tree the built script is taken. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/run/preparation/vectorThread.js' : './vectorThread.js',
  import.meta.url,
);

export interface VectorThreads {
  start(): void;
  close(): Promise<void>;
}

/** An arena in shared memory and, where its vectors are long enough to share out, threads beside this one; none until they are started. */
export function helpedArena(
  options: { readonly length: number; readonly vectorsMax: number },
  threadsMax = Math.min(THREADS_MAX, availableParallelism() - 1),
): { readonly arena: VectorArena; readonly threads: VectorThreads } {
  const { arena, team } = sharedArena(options);
  const count = options.length < SHARED_OUT_MIN ? 0 : threadsMax;
  let threads: Worker[] = [];
  return {
    arena,
    threads: {
      start: () => {
        threads = Array.from({ length: count }, () => startThread(team));
      },
      close: async () => {
        await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
      },
    },
  };
}

function startThread(team: KernelTeam): Worker {
  const thread = new Worker(SCRIPT, {
    ...{ name: 'shoal vectors', workerData: team, resourceLimits: HEAP, env: {} },
  });
  // Nothing is lost with it: whoever leads does what nobody else does.
  thread.on('error', () => {});
  thread.unref();
  return thread;
}
