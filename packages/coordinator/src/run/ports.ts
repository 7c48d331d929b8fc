/** What the driver needs of the world; the real ones are sockets, a disk and a clock, a simulation brings its own. */
import type { ByeName, OptimizerState, RunProgress } from '@shoal/core';
import type { WorkerId } from '../transition/events.ts';

export interface WorkersPort {
  /** Sends an encoded message; unknown workers are ignored. */
  send(worker: WorkerId, frame: Uint8Array): void;
  bye(worker: WorkerId, code: ByeName, message: string): void;
}

/** Everything that a resumed run needs, copied so that the run may go on while it is written. */
export type Snapshot = {
  readonly progress: RunProgress;
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
};

export interface CheckpointsPort {
  /** Takes the snapshot's bytes before returning; writes them in the background. */
  save(snapshot: Snapshot, best: boolean): void;
}
