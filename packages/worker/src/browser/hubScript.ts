/** The script of the hub worker: the session, the socket and the data blocks of a tab, away from its page. */
import { WORKER_LIMITS } from '../limits.ts';
import { browserEngineNames } from './browserEngines.ts';
import { findTabGpu } from './gpu.ts';
import { Hub } from './hub.ts';
import type { HubCommand, HubReport } from './hubMessages.ts';
import { SlotsOfPage } from './pageSlots.ts';
import { webChannel } from './webChannel.ts';
import { nestedSlots, ownSlot } from './webSlot.ts';

const TICK_MS = 500;

/** `createSlot` starts a worker with the slot script; it is not called for one slot, nor where workers may have none. */
export function serveHub(scope: DedicatedWorkerGlobalScope, createSlot: () => Worker): void {
  const tell = (report: HubReport, transfer: Transferable[]): void => scope.postMessage(report, transfer);
  const pageSlots = new SlotsOfPage(tell);
  const hub = new Hub({
    engines: browserEngineNames(),
    spawn: typeof Worker === 'undefined' ? pageSlots.spawn : nestedSlots(createSlot),
    spawnOnly: ownSlot,
    findGpu: findTabGpu,
    openChannel: webChannel(WORKER_LIMITS),
    bytesOfBlock,
    show: (view) => tell({ type: 'view', view }, []),
    memoryBytesMax: memoryOfTab(navigator as { readonly deviceMemory?: number }),
    keepCredential: (credential) => tell({ type: 'credential', credential }, []),
  });
  scope.onmessage = ({ data }: MessageEvent<HubCommand>): void => {
    if (data.type === 'slotFailed') pageSlots.failed(data.slot, data.reason);
    else hub.command(data);
  };
  setInterval(() => hub.tick(Date.now()), TICK_MS);
}

/**
 * A quarter of the device's memory, which it shares with all else that is open. Few browsers tell how much that is, and
 * none more than 8 GiB.
 */
function memoryOfTab({ deviceMemory = 4 }: { readonly deviceMemory?: number }): number {
  return (deviceMemory * 1024 ** 3) / 4;
}

/**
 * The browser's own account of the request, where it keeps one: what came from its cache took no bytes, and what came
 * packed took fewer than it has.
 */
function bytesOfBlock(sha256: string, length: number): number {
  const entries = performance.getEntriesByType('resource');
  const entry = entries.findLast(({ name }) => name.endsWith(sha256));
  performance.clearResourceTimings();
  const { transferSize, encodedBodySize, decodedBodySize } = (entry ??
    {}) as Partial<PerformanceResourceTiming>;
  if (transferSize === 0 && decodedBodySize !== 0) return 0;
  return encodedBodySize || length;
}
