/** What is known of how far workers can be believed, and what of it the shell gives at the start. */
import type { Vouchers } from '@shoal/core';
import { type Ledger, newLedger } from '../history/ledger.ts';
import { newSnapshots, type SnapshotRecord, type Snapshots } from '../history/snapshots.ts';
import type { TrustPolicy } from '../model/belief.ts';
import type { CheckId } from '../model/ids.ts';
import type { Scrutiny } from '../model/scrutiny.ts';
import type { Grant, Task } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import type { Progressing } from '../progress/progressing.ts';
import type { Secret } from './chance.ts';
import type { Norms } from './norms.ts';

/** What is remembered of this run and of earlier ones; the shell gives it at the start. */
export type TrustStart = {
  readonly convicted: readonly string[];
  readonly verifiedAnswers: ReadonlyMap<string, number>;
  readonly ledger: Vouchers;
  /** States to go back to; the run's beginning is one of them. */
  readonly snapshots: readonly SnapshotRecord[];
};

export type TrustState = {
  policy: TrustPolicy;
  readonly convicted: Set<string>;
  /** Answers found right, by identity. */
  readonly verifiedAnswers: Map<string, number>;
  /** By the identity of a gateway: the addresses of those whose answers it brought that were found right, and wrong. */
  readonly broughtBy: Map<string, { readonly right: Set<string>; readonly wrong: Set<string> }>;
  readonly ledger: Ledger;
  readonly snapshots: Snapshots;
  readonly norms: Norms;
  /** What the trusted worker has been asked for and has not answered. */
  readonly checks: Map<CheckId, Inquiry>;
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
    convicted: new Set(start.convicted),
    verifiedAnswers: new Map(start.verifiedAnswers),
    broughtBy: new Map(),
    ledger: newLedger(start.ledger),
    snapshots: newSnapshots(start.snapshots),
    norms: new Map(),
    checks: new Map(),
    nextCheck: 1,
    fresh: new Set(),
    settling: new Set(),
    mended: 0,
    isShort: false,
  };
}

/** A grant whose answers do not count before they are found right, and the task that it is part of. */
export type Inquiry = { readonly task: Task; readonly grant: Grant; readonly scrutiny: Scrutiny };

/** Null where the first answer counts, and where the grant is no part of the task any more. */
export function inquiryOf(task: Task | null, grant: Grant): Inquiry | null {
  const { scrutiny } = grant;
  return task === null || scrutiny === null || !task.grants.has(grant) ? null : { task, grant, scrutiny };
}

/** What trust knows of a run. */
export type Trusting = Progressing & { readonly trust: TrustState };

/** A turn in which something may be drawn. */
export type DrawingTurn = Turn<Trusting> & { readonly secret: Secret };
