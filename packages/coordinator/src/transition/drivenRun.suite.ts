/**
 * A run driven by hand, for tests of the transition: no tensors but the sums that their names spell, no trusted worker but
 * the truth, and a clock that is moved by whoever drives.
 */
import {
  findPreset,
  leavesOf,
  nodesOfRange,
  type RunProgress,
  resolveRunSpec,
  sentences,
  type TreeNode,
  type UpdateReport,
} from '@shoal/core';
import type { Effect, GrantEffect, VerifyEffect } from './model/effects.ts';
import type { PartialEvent, RunEvent } from './model/events.ts';
import { DEFAULT_SCHEDULING, type RunFacts } from './model/facts.ts';
import type { TensorId, WorkerId } from './model/ids.ts';
import type { WorkerState } from './model/worker.ts';
import type { RunState } from './state.ts';
import { samplesOfLeaves } from './task/workload.ts';
import { initialProgress, startRun, transition } from './transition.ts';
import { SECRET_BYTES, type Secret } from './trust/chance.ts';
import type { TrustStart } from './trust/trustState.ts';

/** What an honest worker, and the trusted one, call the right answer to any node. */
export const TRUTH = 'truth';
/** Answers found right after which hardly any lease is checked but for the policy's sake. */
export const OLD_HAND = 1_000_000_000;

const FINITE: UpdateReport = { finite: true, learningRate: 0.1, gradientNorm: 1, layerNorms: [] };

/** Steps of ten microbatches of four samples, unless said otherwise. */
export function runFacts(
  spec: Readonly<Record<string, unknown>> = {},
  counts: Partial<RunFacts['counts']> = {},
): RunFacts {
  return {
    spec: resolveRunSpec({
      ...findPreset('mnist-softmax'),
      ...{ batch: 40, microbatch: 4, epochs: 3, earlyStopping: null, schedule: { type: 'constant' } },
      ...spec,
    }),
    counts: { train: 80, validation: 8, test: 6, ...counts },
    limits: DEFAULT_SCHEDULING,
  };
}

/** Steps of 4,096 microbatches, for what a crowd of workers is granted. */
export const manyLeaves = (steps: number): RunFacts =>
  runFacts({ batch: 4096, microbatch: 1, epochs: 1 }, { train: 4096 * steps, validation: 0, test: 1 });

/** The first of the secrets 1, 2, 3, … that draws what is asked for. */
export function secretThat(draws: (secret: Secret) => boolean): Secret {
  for (let number = 1; number < 100_000; number += 1) {
    const secret = new Uint8Array(SECRET_BYTES);
    new DataView(secret.buffer).setUint32(0, number);
    if (draws(secret)) return secret;
  }
  throw new Error('No secret draws that.');
}

export type Guest = Partial<Omit<Extract<RunEvent, { type: 'joined' }>, 'type' | 'worker'>> & {
  /** How long it takes for the probe; null when it does not answer. */
  readonly probeMs?: number | null;
};

export class DrivenRun {
  state: RunState;
  /** All so far, in order. */
  readonly effects: Effect[] = [];
  /** Not answered by way of `answer` yet, oldest first. */
  readonly grants: GrantEffect[] = [];
  /** The sum that each gradient is: leaves and brackets. */
  readonly tensors = new Map<TensorId, string>();
  readonly updates: { readonly sum: string; readonly count: number }[] = [];
  readonly #secret: Secret;
  readonly #queue: RunEvent[] = [];
  #nextTensor = 1;
  now = 0;

  constructor(
    facts: RunFacts = runFacts(),
    options: {
      readonly progress?: Partial<RunProgress>;
      readonly trust?: Partial<TrustStart>;
      readonly secret?: Secret;
    } = {},
  ) {
    const beginning = initialProgress(facts);
    this.#secret = options.secret ?? new Uint8Array(SECRET_BYTES);
    const { state, effects } = startRun(
      facts,
      { ...beginning, ...options.progress },
      {
        ...{ convicted: [], verifiedAnswers: new Map(), ledger: [] },
        snapshots: [{ id: 0, mark: 0, progress: beginning }],
        ...options.trust,
      },
    );
    this.state = state;
    this.#carry(effects);
  }

  send(event: RunEvent): void {
    this.#queue.push(event);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#carry(transition(this.state, next, { now: this.now, secret: this.#secret }));
    }
  }

  #carry(effects: readonly Effect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.type === 'grant') this.grants.push(effect);
      if (effect.type === 'merge') {
        const sum = `(${this.#take(effect.into)} ${this.#take(effect.from)})`;
        this.tensors.set(effect.into, sum);
      }
      if (effect.type === 'free') this.#take(effect.tensor);
      if (effect.type === 'trim') {
        const parts = effect.groups.map(({ tensor }) => this.#take(tensor));
        const [first] = effect.groups;
        if (first !== undefined)
          this.tensors.set(first.tensor, `trimmed ${effect.drop}: ${parts.join(', ')}`);
      }
      if (effect.type === 'update') {
        this.updates.push({ sum: this.#take(effect.tensor), count: effect.count });
        this.#queue.push({ type: 'updated', report: FINITE });
      }
    }
  }

  #take(tensor: TensorId): string {
    const sum = this.tensors.get(tensor);
    if (sum === undefined) throw new Error(`Gradient ${tensor} is not held.`);
    this.tensors.delete(tensor);
    return sum;
  }

  #store(sum: string): TensorId {
    this.tensors.set(this.#nextTensor, sum);
    this.#nextTensor += 1;
    return this.#nextTensor - 1;
  }

  /** Comes, and answers the probe rightly; a worker of the coordinator's own with an address of its own, unless said otherwise. */
  join(worker: WorkerId, guest: Guest = {}): void {
    const { probeMs = 10, ...who } = guest;
    const identity = `identity-${worker}`;
    this.send({
      ...{ type: 'joined', worker, identity, name: `w${worker}`, threads: 1 },
      ...{ origin: `10.0.0.${worker}`, belief: 'believed', isGateway: false },
      ...who,
    });
    if (probeMs !== null) this.send({ type: 'probed', worker, fault: null, computeMs: probeMs });
  }

  /** Strangers, numbered from 1 in this order, of whom `verifiedAnswers` answers have been found right before. */
  static ofStrangers(
    names: readonly string[],
    facts: RunFacts,
    options: { readonly secret?: Secret; readonly verifiedAnswers?: number } = {},
  ): DrivenRun {
    const { verifiedAnswers = OLD_HAND, ...rest } = options;
    const run = new DrivenRun(facts, {
      ...rest,
      trust: { verifiedAnswers: new Map(names.map((name) => [name, verifiedAnswers])) },
    });
    for (const [i, name] of names.entries()) run.join(i + 1, { identity: name, name, belief: 'checked' });
    return run;
  }

  /** Time passes, and a tick comes. */
  later(ms: number, { lagMs = 0, busyMs = 0 } = {}): void {
    this.now += ms;
    this.send({ type: 'tick', lagMs, busyMs });
  }

  worker(id: WorkerId): WorkerState {
    const worker = this.state.workers.get(id);
    if (worker === undefined) throw new Error(`Worker ${id} is not there.`);
    return worker;
  }

  /** Not answered, of this worker and not over. */
  held(worker: WorkerId): GrantEffect[] {
    return this.grants.filter((one) => one.worker === worker && this.state.leases.has(one.lease));
  }

  /** Every node of the lease. */
  answer(grant: GrantEffect | undefined, change: Partial<Omit<PartialEvent, 'type' | 'tensor'>> = {}): void {
    if (grant === undefined) throw new Error('There is no such lease.');
    const at = this.grants.indexOf(grant);
    if (at >= 0) this.grants.splice(at, 1);
    for (const node of nodesOfRange(grant.from, grant.to, grant.leaves))
      this.send(this.#partial(grant, node, change));
  }

  #partial(
    grant: GrantEffect,
    node: TreeNode,
    change: Partial<Omit<PartialEvent, 'type' | 'tensor'>>,
  ): PartialEvent {
    const { worker, lease, task, leaves } = grant;
    const count = this.#samplesOf(grant, node);
    const [from, to] = leavesOf(node, leaves);
    const finite = change.finite ?? true;
    const tensor = task === 'gradient' && finite ? this.#store(bracketOf(node, leaves)) : null;
    return {
      ...{ type: 'partial', worker, lease, node, finite, loss: count, correct: to - from, count, tensor },
      ...{ computeMs: 5, by: null, digest: TRUTH, logNorm: null },
      ...change,
    };
  }

  #samplesOf({ set, step, leaves }: Pick<GrantEffect, 'set' | 'step' | 'leaves'>, node: TreeNode): number {
    return samplesOfLeaves(this.state.facts, set, step, ...leavesOf(node, leaves));
  }

  /** The oldest lease, of this worker if one is named. */
  answerNext(worker?: WorkerId, change: Parameters<DrivenRun['answer']>[1] = {}): void {
    this.answer(
      worker === undefined ? this.grants[0] : this.grants.find((one) => one.worker === worker),
      change,
    );
  }

  /** Answers everything until so many steps are done, or the run has ended. */
  runTo(globalStep: number): void {
    for (let i = 0; i < 1_000; i += 1) {
      if (this.end !== undefined || this.state.progress.globalStep >= globalStep) return;
      this.answerNext();
    }
    throw new Error('The run makes no progress.');
  }

  /** The trusted worker has computed what it was asked for, last if not said otherwise, and agrees with the truth alone. */
  verify(effect: VerifyEffect | undefined = this.all('verify').at(-1)): void {
    if (effect === undefined) throw new Error('Nothing was asked of the trusted worker.');
    const { check, from, to, leaves, task } = effect;
    const nodes = nodesOfRange(from, to, leaves).map((node) => {
      const count = this.#samplesOf(effect, node);
      const vector = task === 'gradient' ? this.#store(bracketOf(node, leaves)) : null;
      const sums = { finite: true, loss: count, correct: 0, count, vector };
      return { node, digest: TRUTH, sums, agrees: [TRUTH] };
    });
    this.send({ type: 'verified', check, nodes });
  }

  all<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects.filter((one): one is Extract<Effect, { type: T }> => one.type === type);
  }

  /** Every lease of the step at hand, oldest first, whether it was answered or not. */
  get leasesOfStep(): GrantEffect[] {
    const { globalStep } = this.state.progress;
    const begun = this.effects.findLastIndex(
      (one) => one.type === 'stepDone' && one.step.globalStep === globalStep,
    );
    return this.effects.slice(begun + 1).filter((one) => one.type === 'grant');
  }

  get messages(): string[] {
    return this.all('log').map(({ facts }) => sentences(facts, 'en'));
  }

  get convicted(): string[] {
    return this.all('convicted').map(({ evidence }) => evidence.identity);
  }

  get end() {
    return this.all('end')[0]?.end;
  }
}

/** The sum that a node is, spelled as brackets around leaves. */
export function bracketOf(node: TreeNode, leaves: number): string {
  if (node.level === 0) return `${node.index}`;
  const left = { level: node.level - 1, index: node.index * 2 };
  const right = { level: node.level - 1, index: node.index * 2 + 1 };
  const [from] = leavesOf(right, leaves);
  if (from >= leaves) return bracketOf(left, leaves);
  return `(${bracketOf(left, leaves)} ${bracketOf(right, leaves)})`;
}

/** The operator changes how workers are checked. */
export const newPolicy = (spotCheck: number, quorum: number): RunEvent => ({
  type: 'trust',
  policy: { spotCheck, quorum },
  reason: { type: 'trustChanged', spotCheck, quorum },
});
