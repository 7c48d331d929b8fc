/** The parts of the coordinator that a simulation drives under a virtual clock and a simulated network. */
export { type FrameSocket, SocketConnection } from './connection/socketConnection.ts';
export { outgoing } from './connection/workerConnection.ts';
export { DEFAULT_SERVER_LIMITS } from './limits/limits.ts';
export { DataBlocks } from './run/admission/blocks.ts';
export { WorkerRegistry } from './run/admission/workerRegistry.ts';
export { type DriverOptions, RunDriver } from './run/driver/driver.ts';
export { CheckpointWriter } from './run/folder/checkpointWriter.ts';
export { isTainted, usableHistory } from './run/folder/restore.ts';
export type { KeptState, TrustedPort } from './run/ports.ts';
export { type PreparedRun, prepareRun, probeAnswer } from './run/preparation/prepare.ts';
export { beginningOf, SnapshotStore } from './run/trust/snapshotStore.ts';
export type { EndRecord, Evidence, StepRecord, VerifyEffect } from './transition/model/effects.ts';
export { DEFAULT_SCHEDULING } from './transition/model/facts.ts';
export type { RunState } from './transition/state.ts';
export { initialProgress, startRun, transition } from './transition/transition.ts';
export { checkProbability } from './transition/trust/trust.ts';
export type { TrustStart } from './transition/trust/trustState.ts';
