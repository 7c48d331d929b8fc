/** The parts of the coordinator that a simulation drives under a virtual clock and a simulated network. */
export { DEFAULT_SERVER_LIMITS } from './access/limits.ts';
export { DataBlocks } from './run/blocks.ts';
export { CheckpointWriter } from './run/checkpointWriter.ts';
export { RunDoor } from './run/door.ts';
export { type DriverOptions, RunDriver } from './run/driver.ts';
export { isTainted, usableHistory } from './run/history.ts';
export type { ComputedNode, KeptState, TrustedPort } from './run/ports.ts';
export { type PreparedRun, prepareRun, probeAnswer } from './run/prepare.ts';
export { beginningOf, SnapshotStore } from './run/snapshotStore.ts';
export type { FrameSocket } from './server/connection.ts';
export { WorkerConnection } from './server/connection.ts';
export type { EndRecord, Evidence, StepRecord, VerifyEffect } from './transition/effects.ts';
export { DEFAULT_SCHEDULING, type RunState } from './transition/state.ts';
export { initialProgress, startRun, transition } from './transition/transition.ts';
export { checkProbability, type TrustStart } from './transition/trust.ts';
