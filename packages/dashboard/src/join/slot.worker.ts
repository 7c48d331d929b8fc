/** One slot of a tab. */
import { serveSlot } from '@shoal/worker/browser';

serveSlot(self as unknown as DedicatedWorkerGlobalScope);
