/**
 * What comes of a worker's answers: which of them counted, which came too late, and why. For people, volunteers first of
 * all, who should know whether they help. No decision depends on it.
 */
import type { Help } from '@shoal/core';
import type { Lease } from '../model/task.ts';
import type { Moment, Turn } from '../model/turn.ts';
import type { Credit, WorkerState } from '../model/worker.ts';
import { leafWorkOf, leavesOfTree } from '../task/workload.ts';
import { heardOfAt } from './lateness.ts';
import type { Placed } from './placed.ts';
import { isAtRest } from './stepPace.ts';

/** Over so long "a second" is averaged. */
const WINDOW_MS = 10_000;
/** A worker whose answer counted so lately helps, even if another came too late since. */
const LATELY_MS = 30_000;
/** So long nobody is told that nothing is left for it, or that its answer stays away. */
const SETTLING_MS = 10_000;
/** An answer that takes so many times what was expected will not be in time. */
const OVERDUE = 4;
/** Identities whose credit is remembered when they have left. */
const REMEMBERED_MAX = 10_000;

const newCredit = (now: number): Credit => ({
  countedAt: null,
  lateAt: null,
  lateBy: 'slow',
  told: false,
  samplesLate: 0,
  leasesLate: 0,
  ownSpeed: 0,
  windowFrom: now,
  inWindow: 0,
  inWindowBefore: 0,
});

/** An answer of the worker has entered the sums, or has vouched for one that did. `samples` are those of training that it brought. */
export function creditAnswer({ now, emit }: Turn<unknown>, worker: WorkerState, samples: number): void {
  const { credit } = worker;
  if (!credit.told) emit({ type: 'counted', worker: worker.id });
  credit.told = true;
  credit.countedAt = now;
  worker.samples += samples;
  const [inWindow, inWindowBefore] = windowsAt(credit, now);
  const rolled = Math.floor((now - credit.windowFrom) / WINDOW_MS);
  credit.windowFrom += rolled * WINDOW_MS;
  credit.inWindow = inWindow + samples;
  credit.inWindowBefore = inWindowBefore;
}

function windowsAt(
  { windowFrom, inWindow, inWindowBefore }: Credit,
  now: number,
): readonly [inWindow: number, before: number] {
  const passed = Math.floor((now - windowFrom) / WINDOW_MS);
  if (passed === 0) return [inWindow, inWindowBefore];
  return [0, passed === 1 ? inWindow : 0];
}

/** Training samples a second that counted, over the last ten seconds or since the worker joined. */
export function countedPerSecond({ credit, joinedAt }: WorkerState, now: number): number {
  const [inWindow, before] = windowsAt(credit, now);
  const intoWindowMs = (now - credit.windowFrom) % WINDOW_MS;
  const samples = inWindow + before * (1 - intoWindowMs / WINDOW_MS);
  // Less than a second says little.
  const ms = Math.max(1_000, Math.min(WINDOW_MS, now - joinedAt));
  return (samples / ms) * 1_000;
}

/** The lease is over: what of it did not count came too late. `computeMs` is null when its worker was told to stop. */
export function noteEnd(
  { now }: Moment<unknown>,
  worker: WorkerState,
  lease: Lease,
  computeMs: number | null,
): void {
  const { credit } = worker;
  const { work } = lease;
  if (computeMs !== null) credit.ownSpeed = work / Math.max(computeMs, 0.01);
  const missed = lease.grant.samples - lease.counted;
  if (missed <= 0) return;
  if (lease.task === 'gradient') credit.samplesLate += missed;
  if (lease.counted > 0) return;
  credit.leasesLate += 1;
  credit.lateAt = now;
  const begun = lease.alone ? lease.grantedAt : Math.max(lease.grantedAt, worker.busySince);
  const tookMs = now - begun;
  const computingMs = computeMs ?? work / credit.ownSpeed;
  credit.lateBy = computingMs * 2 < tookMs ? 'line' : 'machine';
}

/** Since when it has been waited for its probe or its oldest lease in vain; null when nothing is overdue. */
function overdueSince({ phase, held, joinedAt }: WorkerState, now: number): number | null {
  const [oldest] = held;
  const since = phase === 'probing' ? joinedAt : oldest === undefined ? undefined : heardOfAt(oldest);
  if (since === undefined) return null;
  return now - since > Math.max(SETTLING_MS, OVERDUE * (oldest?.expectedMs ?? 0)) ? since : null;
}

/** The worker is gone: what it was waited for in vain came too late, and what is known of it stays for when it comes back. */
export function keepCredit(moment: Moment<Pick<Placed, 'credits'>>, worker: WorkerState): void {
  const { credit, identity, held } = worker;
  const { state, now } = moment;
  const { credits } = state;
  if (overdueSince(worker, now) !== null) {
    credit.lateAt = now;
    for (const lease of held) noteEnd(moment, worker, lease, null);
  }
  if (credit.countedAt === null && credit.lateAt === null) return;
  credits.delete(identity);
  credits.set(identity, credit);
  const [oldest] = credits.keys();
  if (credits.size > REMEMBERED_MAX && oldest !== undefined) credits.delete(oldest);
}

/** That of an earlier connection of the same identity, as far as it is remembered. */
export function creditOf({ state, now }: Moment<Pick<Placed, 'credits'>>, identity: string): Credit {
  return { ...(state.credits.get(identity) ?? newCredit(now)), told: false };
}

/** Whether the worker helps the run as things are, and if not, why. */
export function helpOf(
  moment: Moment<Pick<Placed, 'facts' | 'load' | 'pace' | 'paused' | 'held' | 'stage' | 'progress'>>,
  worker: WorkerState,
): Help {
  const { state, now } = moment;
  const { credit, held, overheadMs } = worker;
  if (worker.mode !== 'working') return 'paused';
  const { countedAt, lateAt } = credit;
  const isOverdue = overdueSince(worker, now) !== null;
  if (countedAt !== null) {
    const isAtIt = held.length > 0 && !isOverdue && countedAt >= (lateAt ?? 0);
    if (isAtIt || now - countedAt < LATELY_MS) return 'counts';
  }
  if (lateAt !== null && lateAt >= (countedAt ?? 0)) return credit.lateBy;
  if (isOverdue) return 'slow';
  const isSettling = now - worker.joinedAt < SETTLING_MS;
  if (worker.phase === 'probing' || held.length > 0 || isAtRest(moment) || isSettling) return 'unknown';
  const leafWork = leafWorkOf(state.facts, 'gradient', 0);
  if (!worker.inReach && overheadMs > leafWork / credit.ownSpeed) return 'line';
  return isTooSlow(state, worker, leafWork) ? 'machine' : 'nothingLeft';
}

/** Of leaves that take long a single one, on one of its threads, would take it longer than all others take for the step. */
function isTooSlow(
  { facts, load }: Pick<Placed, 'facts' | 'load'>,
  { credit, threads }: WorkerState,
  leafWork: number,
): boolean {
  if (leafWork <= 1) return false;
  const stepWork = leafWork * leavesOfTree(facts, 'train', 0);
  return (leafWork * threads) / credit.ownSpeed > stepWork / load.speed;
}
