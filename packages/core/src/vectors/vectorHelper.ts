/**
 * What a thread loads that helps with kernels and does nothing else. It starts beside the workers of a run, so that whatever
 * else it loaded would hold them up.
 */
export { type KernelTeam, serveKernelTeam } from './kernelTeam.ts';
export { createSharedVectorKernels } from './sharedKernels.ts';
