/** Runs of one spec, which should have ended with one and the same bits. */
import type { RunSummary } from '@shoal/core';

/** How many are shown beside a result. */
const SHOWN_MAX = 5;

/** Other runs of the spec with this hash that have delivered a model, newest first. */
export function sameSpec(
  runs: readonly RunSummary[],
  of: { readonly runId: string; readonly spec: string },
): RunSummary[] {
  return runs
    .filter((run) => run.runId !== of.runId && run.specSha256 === of.spec && run.parametersSha256 !== null)
    .slice(0, SHOWN_MAX);
}
