/**
 * The workers of a tab, by name: its hub, and its slots where it has several, which the hub makes where the browser lets
 * it. One script, since the hub of a tab with one thread computes, too: it is loaded once, and what both need is in it once.
 */
import { serveHub, serveSlot } from '@shoal/worker/browser';

/** What the page calls it. */
const HUB = 'shoal hub';

const scope = self as unknown as DedicatedWorkerGlobalScope;

if (scope.name === HUB) {
  serveHub(scope, () => new Worker(scope.location.href, { type: 'module', name: 'shoal slot' }));
} else {
  serveSlot(scope);
}
