/** One text for one value: JSON without spaces and with sorted keys, and its SHA-256. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { InitialSpec, RunSpec } from './runSpec.ts';

/** Keys are sorted by UTF-16 code units; fields that are undefined are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`);
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * SHA-256 (hex) of the resolved spec's canonical JSON in UTF-8: two runs with the same are the same run. How workers
 * are trusted is left out, since the parameters do not depend on it (but on a trimmed mean): a checked run has the hash
 * of an unchecked one. Specs from before there was trust, or another step rule than the synchronous one, keep theirs.
 */
export function specSha256(spec: RunSpec): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(publishedSpec(spec)))));
}

/** All that a run's parameters are a function of, and nothing of how its workers were checked. */
export function publishedSpec(spec: RunSpec): PublishedSpec {
  const { trim } = spec.trust;
  const { steps, coding, initial, ...rest } = withoutTrust(spec);
  return {
    ...rest,
    ...(initial !== undefined && { initial: withoutName(initial) }),
    ...(steps.type !== 'synchronous' && { steps }),
    ...((coding.up !== 'f32' || coding.down !== 'f32') && { coding }),
    ...(trim !== 0 && { trust: { trim } }),
  };
}

type PublishedSpec = Omit<RunSpec, 'trust' | 'steps' | 'coding' | 'initial'> &
  Partial<Pick<RunSpec, 'steps' | 'coding'>> & {
    readonly trust?: { readonly trim: number };
    readonly initial?: Omit<InitialSpec, 'from'>;
  };

/** A file is what it holds, whatever somebody calls it. */
function withoutName({ from: _, ...rest }: InitialSpec): Omit<InitialSpec, 'from'> {
  return rest;
}

/** The spec as workers are told it: who is checked is not theirs to know. */
export function withoutTrust(spec: RunSpec): Omit<RunSpec, 'trust'> {
  const { trust: _, ...rest } = spec;
  return rest;
}
