/**
 * What a gateway does instead of going from step to step: it was granted leases of somebody else's trees, its errands, and
 * hands them on. All errands of one tree are one task, so that whoever is done with one goes on with the next; those
 * of another tree come after it.
 */
import { answerLevel, nodeKey, nodesOfRange, parentOf } from '@shoal/core';
import type { PartialEvent } from '../model/events.ts';
import type { ErrandId } from '../model/ids.ts';
import type { Errand, ErrandTerms, Grant, Task } from '../model/task.ts';
import { free, type Turn } from '../model/turn.ts';
import { closeGrant } from '../placement/leases.ts';
import type { Placed } from '../placement/placed.ts';
import { chooseReach } from '../placement/reach.ts';
import { countIdleSteps } from '../placement/trials.ts';
import { newTask, openRanges } from '../task/task.ts';
import { leafWorkOf, samplesOfLeaves } from '../task/workload.ts';

/** Who takes part is chosen again when there is so many times as much to do. */
const MUCH_MORE = 2;

export function onLent(turn: Turn<Placed>, errand: ErrandTerms): void {
  const { state } = turn;
  const { stage } = state;
  if (stage.type === 'idle') return begin(turn, [errand]);
  if (stage.type !== 'relaying') return;
  if (stage.next.length > 0 || !fitsIn(state, stage.task, errand)) {
    state.stage = { ...stage, next: [...stage.next, errand] };
  } else take(turn, stage.task, errand);
}

/** It is not wanted any more: nothing of it is computed or passed on. */
export function onRecalled(turn: Turn<Placed>, id: ErrandId): void {
  const { state } = turn;
  const { stage } = state;
  if (stage.type !== 'relaying') return;
  const { task, next } = stage;
  const errand = task.errands?.get(id);
  if (errand === undefined) {
    state.stage = { ...stage, next: next.filter((one) => one.id !== id) };
    return;
  }
  drop(turn, task, errand);
  moveOn(turn);
}

/** Whoever has granted them is gone. */
export function onLost(turn: Turn<Placed>): void {
  const { state } = turn;
  onRenumbered(state);
  if (state.stage.type !== 'relaying') return;
  const { task } = state.stage;
  state.stage = { type: 'relaying', task, next: [] };
  for (const errand of [...(task.errands?.values() ?? [])]) drop(turn, task, errand);
  moveOn(turn);
}

/** What versions were called is not to be relied on any more: others may come under the same numbers. */
export function onRenumbered({ workers }: Pick<Placed, 'workers'>): void {
  for (const worker of workers.values()) worker.version = 0;
}

/** An answer to a part of an errand was added; where that makes one of its nodes complete, it goes up. */
export function passOn(turn: Turn<Placed>, task: Task, grant: Grant, event: PartialEvent): void {
  const errand = grant.errand === null ? undefined : task.errands?.get(grant.errand);
  if (errand === undefined) return;
  errand.answered += event.count;
  const wanted = wantedAbove(errand, event);
  if (wanted === null) return;
  const { by } = wanted;
  for (const { guest } of event.by ?? []) by.add(guest);
  const key = nodeKey(wanted.node);
  const answer = task.reduction.held.get(key);
  if (answer === undefined) return;
  task.reduction.held.delete(key);
  task.reduction.stops.delete(key);
  errand.wanted.delete(key);
  const ends = errand.wanted.size === 0;
  if (ends) task.errands?.delete(errand.terms.id);
  const { terms, since } = errand;
  const ms = turn.now - since;
  turn.emit({ type: 'pass', errand: terms.id, answer, by: [...by].sort((a, b) => a - b), ms, ends });
  moveOn(turn);
}

/** How far each errand is: the samples that are answered, and those that their workers say to be done with. */
export function headwayOfErrands({ stage, leases }: Pick<Placed, 'stage' | 'leases'>): {
  readonly errand: ErrandId;
  readonly done: number;
  readonly since: number;
}[] {
  if (stage.type !== 'relaying') return [];
  const { grants, errands } = stage.task;
  const underWay = new Map<ErrandId, number>();
  for (const { errand, holders } of grants) {
    if (errand === null) continue;
    const all = [...holders].map((id) => leases.get(id)?.headway?.done ?? 0);
    underWay.set(errand, (underWay.get(errand) ?? 0) + Math.max(0, ...all));
  }
  return [...(errands?.values() ?? [])].map(({ terms: { id }, samples, answered, since }) => ({
    errand: id,
    done: Math.min(samples, answered + (underWay.get(id) ?? 0)),
    since,
  }));
}

/** It is of the same tree, and no leaf of it is being computed already: what was given up above may come again. */
function fitsIn(
  { progress }: Pick<Placed, 'progress'>,
  { kind, set, leaves, errands }: Task,
  errand: ErrandTerms,
): boolean {
  for (const { terms } of errands?.values() ?? []) {
    if (errand.from < terms.to && terms.from < errand.to) return false;
  }
  return (
    errand.task === kind &&
    errand.set === set &&
    errand.leaves === leaves &&
    errand.version === progress.version &&
    errand.step === progress.globalStep
  );
}

function begin(turn: Turn<Placed>, errands: readonly ErrandTerms[]): void {
  const { state } = turn;
  const [first, ...others] = errands;
  if (first === undefined) {
    state.stage = { type: 'idle' };
    return;
  }
  const { task: kind, set, leaves, version, step } = first;
  state.progress = { ...state.progress, version, globalStep: step };
  const leafWork = leafWorkOf(state.facts, kind, step);
  const task = newTask({ kind, set, leaves, leafWork, inParts: false, inErrands: true });
  state.stage = { type: 'relaying', task, next: [] };
  take(turn, task, first);
  for (const errand of others) onLent(turn, errand);
}

function take({ state, now }: Turn<Placed>, task: Task, terms: ErrandTerms): void {
  const { id, from, to, leaves, undivided } = terms;
  const level = answerLevel(state.facts.spec, leaves, task.kind === 'evaluate');
  const nodes = nodesOfRange(from, to, leaves, level);
  const wanted: Errand['wanted'] = new Map(nodes.map((node) => [nodeKey(node), { node, by: new Set() }]));
  for (const key of wanted.keys()) task.reduction.stops.add(key);
  const samples = samplesOfLeaves(state.facts, task.set, state.progress.globalStep, from, to);
  const before = toDo(task);
  task.errands?.set(id, { terms, samples, answered: 0, since: now, wanted });
  openRanges(task, [{ from, to, avoid: null, errand: id, undivided }]);
  task.tried = false;
  if (toDo(task) >= MUCH_MORE * before) chooseReach(state, task);
}

function toDo({ errands }: Task): number {
  let leaves = 0;
  for (const { terms } of errands?.values() ?? []) leaves += terms.to - terms.from;
  return leaves;
}

function drop(turn: Turn<Placed>, task: Task, { terms, wanted }: Errand): void {
  const { id, from, to, leaves } = terms;
  task.errands?.delete(id);
  for (const key of wanted.keys()) task.reduction.stops.delete(key);
  const kept = task.open.filter(({ errand }) => errand !== id);
  task.open.splice(0, task.open.length, ...kept);
  for (const grant of [...task.grants]) if (grant.errand === id) closeGrant(turn, task, grant);
  for (const [key, { node, vector }] of [...task.reduction.held]) {
    const first = node.index * 2 ** node.level;
    if (first < from || first >= Math.min(to, leaves)) continue;
    task.reduction.held.delete(key);
    free(turn, vector);
  }
}

/** On to the next tree once nothing of this one is left to do. */
function moveOn(turn: Turn<Placed>): void {
  const { state } = turn;
  const { stage } = state;
  if (stage.type !== 'relaying' || (stage.task.errands?.size ?? 0) > 0) return;
  countIdleSteps(state);
  begin(turn, stage.next);
}

/** The node of the errand that the answer is a part of. */
function wantedAbove(
  { wanted }: Errand,
  event: PartialEvent,
): { readonly node: PartialEvent['node']; readonly by: Set<number> } | null {
  let { node } = event;
  for (let level = node.level; level <= 52; level += 1) {
    const found = wanted.get(nodeKey(node));
    if (found !== undefined) return found;
    node = parentOf(node);
  }
  return null;
}
