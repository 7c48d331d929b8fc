/** The parts of the coordinator that a simulation drives under a virtual clock and a simulated network. */
export { DEFAULT_SERVER_LIMITS } from './access/limits.ts';
export { DataBlocks } from './run/blocks.ts';
export { CheckpointWriter } from './run/checkpointWriter.ts';
export { RunDoor } from './run/door.ts';
export { RunDriver } from './run/driver.ts';
export { type PreparedRun, prepareRun, probeAnswer } from './run/prepare.ts';
export type { FrameSocket } from './server/connection.ts';
export { WorkerConnection } from './server/connection.ts';
export type { EndRecord, StepRecord } from './transition/effects.ts';
export type { RunState } from './transition/state.ts';
export { initialProgress, startRun } from './transition/transition.ts';
