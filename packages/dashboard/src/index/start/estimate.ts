/**
 * How long a step would take: the arithmetic of the batch on the workers that are here, and the vectors on the network.
 * An estimate for choosing a model before a lecture, not a promise.
 */

export type Estimate = {
  readonly computeSeconds: number;
  readonly networkSeconds: number;
  /** Computing waits for the parameters, and the update for the gradients: the two add up. */
  readonly stepSeconds: number;
  /** Bytes of one vector: parameters down, a partial up. */
  readonly vectorBytes: number;
  /** Microbatches of a step; more workers than that have nothing to do in it. */
  readonly microbatches: number;
  readonly usefulWorkers: number;
  /** Whether speeds were measured, or `ASSUMED_FLOPS` stands in. */
  readonly measured: boolean;
  readonly networkDominates: boolean;
};

export type Circumstances = {
  readonly flopsPerSample: number;
  readonly vectorLength: number;
  readonly batch: number;
  readonly microbatch: number;
  /** Samples a second that each worker was measured at, 0 while unknown, with the model of `measuredFlops`. */
  readonly workers: readonly { readonly speed: number; readonly local: boolean }[];
  /** Operations of a sample of the run in which speeds were measured; null without one. */
  readonly measuredFlops: number | null;
  /** Of the coordinator's link. All remote workers share it, and on a wireless network both directions do. */
  readonly megabitsPerSecond: number;
  /** Workers on other machines that will be there; those that are here count at least. */
  readonly remoteWorkers: number;
};

/** Of one worker that nothing is known of: a laptop's browser with one thread. */
export const ASSUMED_FLOPS = 5e9;

export function estimateStep(circumstances: Circumstances): Estimate {
  const { flopsPerSample, vectorLength, batch, microbatch, megabitsPerSecond } = circumstances;
  const microbatches = Math.ceil(batch / microbatch);
  const { speeds, measured } = operationsPerSecond(circumstances);
  // Fast ones get work first.
  const useful = speeds.sort((a, b) => b - a).slice(0, microbatches);
  const computeSeconds = (batch * flopsPerSample) / useful.reduce((sum, speed) => sum + speed, 0);
  const vectorBytes = 4 * vectorLength;
  const remote = remoteCount(circumstances);
  const networkSeconds = (remote * vectorBytes * 2 * 8) / (megabitsPerSecond * 1e6);
  return {
    computeSeconds,
    networkSeconds,
    stepSeconds: computeSeconds + networkSeconds,
    vectorBytes,
    microbatches,
    usefulWorkers: useful.length,
    measured,
    networkDominates: networkSeconds > computeSeconds,
  };
}

const remoteHere = ({ workers }: Circumstances): number => workers.filter(({ local }) => !local).length;

/** Whoever has no microbatch to compute fetches nothing. */
function remoteCount(circumstances: Circumstances): number {
  const { batch, microbatch, remoteWorkers } = circumstances;
  return Math.min(Math.max(remoteWorkers, remoteHere(circumstances)), Math.ceil(batch / microbatch));
}

/** Of each worker, those that are still to come included; at least one. */
function operationsPerSecond(circumstances: Circumstances): { speeds: number[]; measured: boolean } {
  const { workers, measuredFlops, remoteWorkers } = circumstances;
  const known = measuredFlops === null ? [] : workers.filter(({ speed }) => speed > 0);
  const speeds = known.map(({ speed }) => speed * (measuredFlops ?? 0));
  const typical = speeds.length === 0 ? ASSUMED_FLOPS : speeds.reduce((a, b) => a + b) / speeds.length;
  const toCome = Math.max(0, remoteWorkers - remoteHere(circumstances));
  const others = Math.max(speeds.length === 0 ? 1 : 0, workers.length - known.length + toCome);
  return {
    speeds: [...speeds, ...Array.from({ length: others }, () => typical)],
    measured: known.length > 0,
  };
}
