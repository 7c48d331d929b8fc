/** The hub of a tab, which makes its slots where the browser lets it. */
import { serveHub } from '@shoal/worker/browser';

serveHub(
  self as unknown as DedicatedWorkerGlobalScope,
  () => new Worker(new URL('./slot.worker.ts', import.meta.url), { type: 'module', name: 'shoal slot' }),
);
