/** What a browser offers beyond the necessary. Most of it is withheld from pages that are not loaded over HTTPS. */

export type Extra = 'wakeLock' | 'battery' | 'relaxedSimd' | 'cores';

/** The little of `navigator` that is looked at. */
export type Host = {
  readonly wakeLock?: unknown;
  readonly getBattery?: unknown;
  readonly hardwareConcurrency?: number;
};

/** Those that are missing here. */
export function missingExtras(host: Host, relaxedSimd: boolean): Extra[] {
  const missing: Extra[] = [];
  if (host.wakeLock === undefined) missing.push('wakeLock');
  if (host.getBattery === undefined) missing.push('battery');
  if (!relaxedSimd) missing.push('relaxedSimd');
  if (host.hardwareConcurrency === undefined) missing.push('cores');
  return missing;
}

/** Where the browser does not say how many cores there are, two is a safe guess. */
const CORES_GUESS = 2;
const THREADS_MAX = 64;

export function coresOf(host: Host): number {
  return Math.max(1, Math.min(host.hardwareConcurrency ?? CORES_GUESS, THREADS_MAX));
}

/** One core is left to the person. */
export function defaultThreads(cores: number): number {
  return Math.max(1, cores - 1);
}
