/** The coordinator as a library: open a run, watch its reports, close it. */
export { readLimits } from './access/limits.ts';
export { TrustedProxies } from './access/trustedProxies.ts';
export { loadDataSet } from './data/load.ts';
export { UserError } from './errors.ts';
export { collectGarbageLazily } from './heap.ts';
export type { RunReport } from './run/reports.ts';
export { listRuns, readRun } from './run/runFolder.ts';
export { openRun, type RunHost, type RunHostOptions } from './run/runHost.ts';
