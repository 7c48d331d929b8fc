/**
 * Answers that do not count yet. Under scrutiny, a grant keeps what it was answered, node by node, until enough
 * unrelated workers have given the same answer or the trusted worker has said which is right.
 *
 * Of a quorum all but the first are asked when the first has answered: who knows that a friend is asked for the same
 * range can arrange with it what both will say, and who has answered can arrange nothing any more.
 */
import type { Sums } from '@shoal/core';
import type { LeaseId, TensorId, WorkerId } from './ids.ts';

/** Who gave an answer. It outlives the connection: whoever lies and leaves is convicted all the same. */
export type Voter = {
  readonly worker: WorkerId;
  readonly identity: string;
  readonly name: string;
  /** Network address; null where it says nothing about who is behind it. */
  readonly origin: string | null;
  readonly lease: LeaseId;
  /** Identity of the gateway by which it came; null where it came by itself. */
  readonly via: string | null;
  /** Leases from this number on were granted after it had answered. */
  readonly answeredBefore: LeaseId;
};

/** One of the different answers to a node, with the tensor of the first who gave it. */
export type Candidate = {
  readonly digest: string;
  readonly sums: Sums<TensorId>;
  /** As in the answer's event. */
  readonly logNorm: number | null;
  readonly voters: Voter[];
  /** The trusted worker has given it, or agrees with it. */
  right: boolean;
  /** A worker of the coordinator's own has given it. */
  believed: boolean;
};

export type Scrutiny = {
  /** Whether the trusted worker computes the grant as well. */
  check: 'none' | 'asked' | 'done';
  /** Answers to nodes that are still open, by the node's key. */
  readonly candidates: Map<string, Candidate[]>;
  /** When it was granted or, later, first answered. */
  since: number;
  /** Who is to be asked for a further opinion as soon as it has room; null when nobody has been drawn. */
  drawn: WorkerId | null;
  /** The newest lease for which it was drawn whether it is checked. */
  drawnFor: LeaseId;
};

export function newScrutiny(now: number): Scrutiny {
  return { check: 'none', candidates: new Map(), since: now, drawn: null, drawnFor: 0 };
}

/** Something of it is worth keeping though no worker holds it: answers, or a check that will settle it. */
export function isPending(scrutiny: Scrutiny): boolean {
  return scrutiny.check !== 'none' || scrutiny.candidates.size > 0;
}

/** Those of a node's voters whose answers can be told from an arrangement, in the order in which they answered. */
export function independentAmong(voters: readonly Voter[]): readonly Voter[] {
  const [first, ...others] = voters;
  if (first === undefined) return [];
  return [first, ...others.filter(({ lease }) => lease >= first.answeredBefore)];
}

/** The most of these of which no two are the same identity or come from the same address. */
export function unrelatedAmong(
  them: Iterable<{ readonly identity: string; readonly origin: string | null }>,
): number {
  const seen = new Set<string>();
  let count = 0;
  for (const { identity, origin } of them) {
    const names = [`identity ${identity}`, ...(origin === null ? [] : [`origin ${origin}`])];
    if (names.some((name) => seen.has(name))) continue;
    for (const name of names) seen.add(name);
    count += 1;
  }
  return count;
}

export function isRelated(
  a: { readonly identity: string; readonly origin: string | null },
  b: { readonly identity: string; readonly origin: string | null },
): boolean {
  return a.identity === b.identity || (a.origin !== null && a.origin === b.origin);
}
