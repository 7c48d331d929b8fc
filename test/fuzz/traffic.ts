/** What an honest worker says in a whole run, frame by frame: the corpus that is mutated. */
import type { PreparedRun, probeAnswer } from '@shoal/coordinator/simulation';
import { decodeWorkerMessage } from '@shoal/core';
import { Disk } from '../simulation/disk.ts';
import type { Link } from '../simulation/link.ts';
import { SimCoordinator } from '../simulation/simCoordinator.ts';
import type { SimSocket } from '../simulation/simSocket.ts';
import { SimWorker } from '../simulation/simWorker.ts';
import type { Workbench } from '../simulation/workbench.ts';
import { World } from '../simulation/world.ts';

export type Probe = Awaited<ReturnType<typeof probeAnswer>>;
export type Life = NonNullable<SimCoordinator['life']>;
export type { PreparedRun };

export type Traffic = {
  readonly frames: readonly Uint8Array[];
  /** The right answer to the probe, the same for everyone. */
  readonly probeAnswer: Uint8Array;
};

class TappedCoordinator extends SimCoordinator {
  readonly heard: Uint8Array[] = [];

  override accept(link: Link, address: string): SimSocket | null {
    const socket = super.accept(link, address);
    socket?.on('message', (bytes: Uint8Array) => this.heard.push(bytes.slice()));
    return socket;
  }
}

export async function recordTraffic(bench: Workbench, probe: Probe): Promise<Traffic> {
  const world = new World({ seed: 1, trace: false });
  const watch = { moved: () => {}, step: () => {} };
  const coordinator = new TappedCoordinator({ world, bench, probe, disk: new Disk(world), watch });
  coordinator.start();
  for (const name of ['one', 'two']) {
    const quality = { latencyMs: 1, bytesPerMs: 1000 };
    new SimWorker({ world, bench, coordinator, name, threads: 1, leafMs: 20, quality }).start();
  }
  while (coordinator.end === null && world.step()) await Promise.resolve();
  const answer = coordinator.heard.find((frame) => {
    const message = decodeWorkerMessage(frame);
    return message.type === 'partial' && message.lease === 0;
  });
  if (answer === undefined) throw new Error('Nobody has answered the probe.');
  return { frames: coordinator.heard, probeAnswer: answer };
}
