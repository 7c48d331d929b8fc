/** The coordinator as a library: open a run, watch its reports, close it. */

export { TrustedProxies } from './access/trustedProxies.ts';
export { loadDataSet } from './data/load.ts';
export { collectGarbageLazily, compileSoon } from './engineFlags.ts';
export { UserError } from './errors.ts';
export { type OpenGateway, type OpenGatewayOptions, openGateway } from './gateway/openGateway.ts';
export { readLimits } from './limits/limits.ts';
export type { RunReport } from './news/reports.ts';
export { listRuns, readRun } from './run/folder/runFolder.ts';
export { openRun, type RunHost, type RunHostOptions } from './service/runHost.ts';
