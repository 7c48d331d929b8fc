/** What is known of how far workers can be believed, and what of it the shell gives at the start. */
import type { Vouchers } from '@shoal/core';
import { Ledger } from '../history/ledger.ts';
import { type SnapshotRecord, Snapshots } from '../history/snapshots.ts';
import type { TrustPolicy } from '../model/belief.ts';
import type { CheckId, LeaseId } from '../model/ids.ts';
import type { Grant, Task } from '../model/task.ts';
import type { Progressing } from '../progress/progressing.ts';
import { NormBounds } from './norms.ts';

/** What the shell gives at the start: the secret, and what is remembered of this run and of earlier ones. */
export type TrustStart = {
  /** A number in [0, 1) for each lease, which nobody outside can foretell, and another for its negative. */
  readonly chance: (lease: LeaseId) => number;
  readonly convicted: readonly string[];
  readonly standing: ReadonlyMap<string, number>;
  readonly ledger: Vouchers;
  /** States to go back to; the run's beginning is one of them. */
  readonly snapshots: readonly SnapshotRecord[];
};

export type TrustState = {
  policy: TrustPolicy;
  readonly chance: (lease: LeaseId) => number;
  readonly convicted: Set<string>;
  /** Answers found right, by identity. */
  readonly standing: Map<string, number>;
  readonly ledger: Ledger;
  readonly snapshots: Snapshots;
  readonly norms: NormBounds;
  readonly checks: Map<CheckId, { readonly task: Task; readonly grant: Grant }>;
  nextCheck: CheckId;
  /** Grants with a lease for which it has not been drawn yet whether it is checked. */
  readonly fresh: Set<Grant>;
  /** Grants that the trusted worker has computed, and whose worker may still answer. */
  readonly settling: Set<Grant>;
  /** How many were convicted when the run was last looked over for what only they vouched for. */
  mended: number;
  /** Fewer unrelated workers are there than a quorum takes. */
  isShort: boolean;
};

export function newTrust(policy: TrustPolicy, start: TrustStart): TrustState {
  return {
    policy,
    chance: start.chance,
    convicted: new Set(start.convicted),
    standing: new Map(start.standing),
    ledger: new Ledger(start.ledger),
    snapshots: new Snapshots(start.snapshots),
    norms: new NormBounds(),
    checks: new Map(),
    nextCheck: 1,
    fresh: new Set(),
    settling: new Set(),
    mended: 0,
    isShort: false,
  };
}

/** What trust knows of a run. */
export type Trusting = Progressing & { readonly trust: TrustState };
