/** A coordinator that waits for runs, and what a page does with it. */
import type { Cluster } from './cluster.ts';
import { CoordinatorClient } from './coordinatorClient.ts';
import { ShoalProcess } from './shoalProcess.ts';

export type Served = { readonly coordinator: ShoalProcess; readonly client: CoordinatorClient };

/** In the folder of the cluster, at any free port, with so many workers of its own. */
export async function serve(
  { where }: Pick<Cluster, 'where'>,
  workers: number,
  more: readonly string[] = [],
): Promise<Served> {
  const words = ['serve', '--port', '0', '--workers', String(workers), ...where, ...more];
  const coordinator = ShoalProcess.start(words);
  return { coordinator, client: await CoordinatorClient.of(coordinator) };
}
