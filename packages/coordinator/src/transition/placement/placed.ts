/** What placing work knows of a run beside what every room sees. */
import type { RunCore } from '../model/core.ts';
import type { Load } from '../model/worker.ts';
import type { Watching } from '../task/watching.ts';
import type { WorkerOrder } from './order.ts';
import type { Serving } from './serving.ts';

export type Placed = RunCore &
  Watching & {
    /** Sums over the workers; see `load.ts`. */
    readonly load: Load;
    /** Who should take the next leaf; see `order.ts`. */
    readonly order: WorkerOrder;
    /** Leases that may be open at a time; infinite as long as the coordinator keeps up. */
    leasesOpenMax: number;
    /** When that was last lowered. */
    loweredAt: number;
    /** How many take part in the task at hand, at least 1. */
    takingPart: number;
    /** What serving workers costs this process; see `serving.ts`. */
    readonly serving: Serving;
  };
