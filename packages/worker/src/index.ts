/** A Shoal worker: joins a coordinator and computes leases. */

export { loadBlock } from './blockLoader.ts';
export { fetchBlock } from './httpBlocks.ts';
export { type JoinAddress, JoinUrlError, parseJoinUrl } from './joinUrl.ts';
export { LIES, type LieName, lie } from './lies.ts';
export { WORKER_LIMITS, type WorkerLimits } from './limits.ts';
export { memoryChannel } from './memory/memoryChannel.ts';
export {
  Batch,
  type ConnectMessage,
  type ParametersPlace,
  type PostedToCoordinator,
  type PostedToWorker,
  sizeOf,
  WORKERS_WORD,
} from './memory/memoryMessages.ts';
export { SharedVector, SharedVectorPool } from './memory/sharedVector.ts';
export type { FromThread, LocalThreadData, ToThread } from './memory/threadMessages.ts';
export { type BlasSearch, findBlas } from './node/blas/library.ts';
export type { WorkerFault } from './node/faults.ts';
export { FramePool } from './node/framePool.ts';
export { GatheredSocket } from './node/gatheredSocket.ts';
export { endWithoutTerminal } from './node/lostTerminal.ts';
export { nodeChannel } from './node/nodeChannel.ts';
export { nodeEngineNamed, nodeEngines, openNodeComputer } from './node/nodeEngines.ts';
export { enableRelaxedSimd } from './node/relaxedSimd.ts';
export { type NodeWorkerOptions, runNodeWorker } from './node/runNodeWorker.ts';
export { threadSlot } from './node/threadSlot.ts';
export { findGpu, GPU_VARIABLE, type GpuSearch, gpuOfEnvironment } from './node/webgpu/library.ts';
export { BlockCache } from './session/blockCache.ts';
export type {
  BlockPlace,
  Relayed,
  SessionEffect,
  SessionEvent,
  SlotId,
  SplitManifests,
} from './session/events.ts';
export { Gathering } from './session/gathering.ts';
export { lending } from './session/lending.ts';
export type { RunContext } from './session/runContext.ts';
export { type Presence, WorkerSession } from './session/session.ts';
export type { SessionOptions } from './session/sessionOptions.ts';
export type { Channel, ChannelEvents, ChannelFactory } from './shell/channel.ts';
export { readFrame } from './shell/readFrame.ts';
export { type SessionOutcome, SessionShell } from './shell/sessionShell.ts';
export type { Slot, SlotFactory } from './shell/slots.ts';
export { engineNamed, engineNames } from './slot/engines.ts';
export type { ArrayAnswer, SlotAnswer, SlotRequest } from './slot/slotMessages.ts';
export { SlotProgram, type SlotProgramOptions } from './slot/slotProgram.ts';
