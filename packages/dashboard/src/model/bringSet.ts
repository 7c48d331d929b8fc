/** Brings the samples of a run from the coordinator to the worker that looks into its model. */
import { type BlocksManifest, sliceOf } from '@shoal/core';
import { api } from '../index/store.ts';
import { Cancelled } from './lab/pace.ts';
import type { ModelClient } from './modelClient.ts';
import type { SetName } from './modelMessages.ts';

type RunData = {
  readonly runId: string;
  readonly blocksPath: string;
  readonly manifests: { readonly train: BlocksManifest; readonly test: BlocksManifest };
};

/** How many samples the worker has of a set, and how many there are. */
export type LoadedSet = { readonly count: number; readonly whole: number };

type Options = {
  readonly progress: (done: number, total: number) => void;
  /** Whether samples of the run of this name, whose data the coordinator hands out, are still wanted. */
  readonly isStill: (runId: string) => boolean;
};

/** Hands a set's blocks to the worker, which checks their hashes. @throws Cancelled when they are not wanted any more */
export async function bringSet(
  client: ModelClient,
  set: SetName,
  { progress, isStill }: Options,
): Promise<LoadedSet> {
  const { runId, blocksPath, manifests } = await api.get<RunData>('/api/run/data');
  const stillWanted = (): void => {
    if (!isStill(runId)) throw new Cancelled('Another run has begun.');
  };
  stillWanted();
  const whole = set === 'test' ? manifests.test : manifests.train;
  const manifest = set === 'test' ? whole : sliceOf(whole);
  client.tell({ type: 'manifest', set, manifest });
  const folder = blocksPath.endsWith('/') ? blocksPath : `${blocksPath}/`;
  for (const [index, block] of manifest.blocks.entries()) {
    progress(index, manifest.blocks.length);
    const { buffer } = await api.bytes(folder + block.sha256);
    stillWanted();
    client.tell({ type: 'block', set, index, content: new Uint8Array(buffer) });
  }
  return { count: await client.ask('set', { set }), whole: whole.count };
}
