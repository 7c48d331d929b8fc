/**
 * One tree of work: making it, adding what counts, and taking leaves back that nobody holds any more.
 */
import { type Answer, leavesOf, newReduction, reduce, treeHeight, widthOf } from '@shoal/core';
import type { SetName, TaskKind, TensorId, WorkerId } from '../model/ids.ts';
import { isPending } from '../model/scrutiny.ts';
import type { Grant, OpenRange, Task } from '../model/task.ts';
import { free, type Turn } from '../model/turn.ts';
import { levelOfGroups } from './groups.ts';

export function newTask(options: {
  readonly kind: TaskKind;
  readonly set: SetName;
  readonly leaves: number;
  readonly leafWork: number;
  /** Whether a trimmed mean of its parts is to be taken; else it is summed to one. */
  readonly inParts: boolean;
  /** Of a gateway: what is to be done of it comes by and by. */
  readonly inErrands?: boolean;
}): Task {
  const { kind, set, leaves, leafWork, inParts, inErrands = false } = options;
  const top = inParts ? levelOfGroups(leaves) : treeHeight(leaves);
  return {
    kind,
    set,
    leaves,
    leafWork,
    isWhole: leafWork > 1,
    leaseMax: inParts ? widthOf(top) : leaves,
    open: inErrands ? [] : [{ from: 0, to: leaves, avoid: null, errand: null, undivided: false }],
    grants: new Set(),
    reduction: newReduction(leaves, top),
    errands: inErrands ? new Map() : null,
    doubts: [],
    tried: false,
  };
}

/** Nothing of it has been granted. */
export function isUntouched(task: Task): boolean {
  const [first] = task.open;
  return task.grants.size === 0 && first?.from === 0 && first.to === task.leaves;
}

/** Adds an answer that counts; the vectors are added by the driver. */
export function addAnswer(turn: Turn<unknown>, task: Task, answer: Answer<TensorId>): void {
  reduce(task.reduction, answer, {
    merge: (into, from) => turn.emit({ type: 'merge', into, from }),
    free: (tensor) => free(turn, tensor),
  });
}

/** Leaves of a grant that nobody holds any more and that are not answered become open again. */
export function reopenGrant(task: Task, grant: Grant, avoid: WorkerId | null): void {
  if (grant.holders.size > 0 || (grant.scrutiny !== null && isPending(grant.scrutiny))) return;
  if (!task.grants.delete(grant)) return;
  const { errand, undivided } = grant;
  openRanges(
    task,
    [...grant.remaining.values()].map((node) => {
      const [from, to] = leavesOf(node, task.leaves);
      return { from, to, avoid, errand, undivided };
    }),
  );
}

export function openRanges(task: Task, ranges: readonly OpenRange[]): void {
  task.open.push(...ranges);
  task.open.sort((a, b) => a.from - b.from);
  joinNeighbours(task.open);
}

function joinNeighbours(open: OpenRange[]): void {
  for (let i = open.length - 1; i > 0; i -= 1) {
    const left = open[i - 1] as OpenRange;
    const right = open[i] as OpenRange;
    if (left.to === right.from && left.avoid === right.avoid && left.errand === right.errand) {
      open.splice(i - 1, 2, { ...left, to: right.to });
    }
  }
}
