/** An arena in memory that other threads see: they read vectors where they lie, and may help to compute them. */
import { pagesOf, VectorArena } from './arena.ts';
import { createKernelTeam, type KernelTeam, TeamLead } from './kernelTeam.ts';
import { createSharedMemory, createSharedVectorKernels, MEMORY_PAGES_MAX } from './sharedKernels.ts';

/** @throws as the arena does */
export function sharedArena(options: { readonly length: number; readonly vectorsMax: number }): {
  readonly arena: VectorArena;
  /** What a thread that helps is given; see `serveKernelTeam`. */
  readonly team: KernelTeam;
} {
  const maximum = Math.min(MEMORY_PAGES_MAX, pagesOf(options.length, options.vectorsMax));
  const memory = createSharedMemory({ initial: 1, maximum });
  const team = createKernelTeam(memory);
  const led = new TeamLead(team, createSharedVectorKernels(memory));
  return { arena: new VectorArena({ ...options, within: { memory, address: 0, led } }), team };
}
