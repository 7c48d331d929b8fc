/** A Shoal worker in a browser: what its page, its hub worker and its slot workers each take from here. */
export { type JoinAddress, JoinUrlError, parseJoinUrl } from '../joinUrl.ts';
export type { EndReason } from '../session/events.ts';
export { agentName } from './agentName.ts';
export { browserEngineNames, canCompute } from './browserEngines.ts';
export type { CurveView } from './curve.ts';
export type { Device, GpuView, HubCommand, HubPhase, HubReport, HubView, RunInHub } from './hubMessages.ts';
export { serveHub } from './hubScript.ts';
export type { LedgerView } from './ledger.ts';
export { openPageSlots, type PageSlots } from './pageSlots.ts';
export { serveSlot } from './slotScript.ts';
