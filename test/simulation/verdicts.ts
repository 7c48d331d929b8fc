/**
 * Trust alone, many runs a second: the real transition, whose workers answer at once with a word instead of a gradient.
 * It measures how often lies come through, to be compared with the formulas of `docs/security.md`.
 */
import { DEFAULT_SCHEDULING, initialProgress, startRun, transition } from '@shoal/coordinator/simulation';
import { findPreset, heldAnswers, leavesOf, nodesOfRange, RandomStream, resolveRunSpec } from '@shoal/core';

type State = ReturnType<typeof startRun>['state'];
type Event = Parameters<typeof transition>[1];
type Effect = ReturnType<typeof transition>[number];
type Grant = Extract<Effect, { type: 'grant' }>;

export type VerdictOptions = {
  readonly seed: number;
  readonly spotCheck: number;
  readonly quorum: number;
  readonly workers: number;
  /** The first so many tell one and the same lie … */
  readonly colluders: number;
  /** … in this part of their leases. */
  readonly lying: number;
  /**
   * They tell each other all they know: who is asked first lies in that part of the ranges, and who is asked later lies
   * about a range if and only if the first has. Else each of them lies about that part of the ranges, whoever is asked.
   */
  readonly coordinated?: boolean;
  /** Answers of everybody that were found right before. */
  readonly verifiedAnswers: number;
  /**
   * The run is looked at until the first lie is settled; or until each colluder has had so many leases or is convicted;
   * or, without colluders, until it has done so many leaves.
   */
  readonly until: 'firstLie' | number;
};

export type Outcome = {
  /** For each colluder the number of its leases until it was convicted; null for one that was not. */
  readonly convictedAfter: readonly (number | null)[];
  readonly lies: number;
  /** The first lie that was settled either counted or convicted somebody; null when there was none. */
  readonly firstLie: 'passed' | 'convicted' | null;
  /** Leaves that the workers and the trusted worker have computed, and leaves that the run needed. */
  readonly computed: number;
  readonly verified: number;
  readonly needed: number;
};

/** Leaves of a step, each a lease of its own more or less. */
const BATCH = 40;
const MICROBATCH = 4;
/** Purpose word of this stream, far from those of runs. */
const CHANCE = 1003;

const SPEC = resolveRunSpec({
  ...findPreset('mnist-softmax'),
  batch: BATCH,
  microbatch: MICROBATCH,
  epochs: 1,
  earlyStopping: null,
  schedule: { type: 'constant' },
  checkpoint: { everySteps: 1_000_000 },
});

const facts = (spotCheck: number, quorum: number) => ({
  spec: { ...SPEC, trust: { spotCheck, quorum, trim: 0 } },
  counts: { train: 1_000_000 * MICROBATCH, validation: 0, test: 8 },
  limits: DEFAULT_SCHEDULING,
});

class Play {
  readonly #options: VerdictOptions;
  readonly #state: State;
  readonly #stream: RandomStream;
  readonly #secret: Uint8Array;
  readonly #queue: Event[] = [];
  readonly #hands: Grant[] = [];
  readonly leasesOf = new Map<string, number>();
  readonly convicted = new Map<string, number>();
  readonly outcome = { lies: 0, computed: 0, verified: 0, needed: 0 };
  firstLie: Outcome['firstLie'] = null;
  /** Tensors that are a lie or have one in them. */
  readonly #lies = new Set<number>();
  /** A step was taken with a lie in it. */
  #hasLied = false;
  /** Ranges that have been answered, and whether a colluder was the first and lied. */
  readonly #answered = new Map<string, boolean>();
  #drawn = 0;
  #nextTensor = 1;

  constructor(options: VerdictOptions) {
    this.#options = options;
    this.#stream = new RandomStream([options.seed, CHANCE, 0, 0], 0);
    this.#secret = Uint8Array.from({ length: 32 }, () => Math.floor(this.#draw() * 256));
    const run = facts(options.spotCheck, options.quorum);
    const progress = initialProgress(run);
    const verifiedAnswers = new Map(this.identities().map((identity) => [identity, options.verifiedAnswers]));
    const { state, effects } = startRun(run, progress, {
      convicted: [],
      verifiedAnswers,
      ledger: [],
      snapshots: [{ id: 0, mark: 0, progress }],
    });
    this.#state = state;
    this.#carry(effects);
    for (const [i, identity] of this.identities().entries()) {
      const worker = i + 1;
      this.#send({
        type: 'joined',
        worker,
        identity,
        name: identity,
        threads: 1,
        origin: null,
        belief: 'checked',
        isGateway: false,
      });
      this.#send({ type: 'probed', worker, fault: null, computeMs: 10 });
    }
  }

  identities(): string[] {
    const { workers, colluders } = this.#options;
    return Array.from({ length: workers }, (_, i) => (i < colluders ? `colluder-${i}` : `honest-${i}`));
  }

  #draw(): number {
    this.#drawn += 1;
    return this.#stream.uniform(this.#drawn - 1);
  }

  #send(event: Event): void {
    this.#queue.push(event);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#carry(transition(this.#state, next, { now: 0, secret: this.#secret }));
    }
  }

  #carry(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'grant') this.#hands.push(effect);
      if (effect.type === 'merge' && this.#lies.has(effect.from)) this.#lies.add(effect.into);
      if (effect.type === 'verify') this.#verify(effect);
      if (effect.type === 'convicted') {
        const { identity } = effect.evidence;
        this.convicted.set(identity, this.leasesOf.get(identity) ?? 0);
      }
      if (effect.type === 'revoke') {
        const at = this.#hands.findIndex(({ lease }) => lease === effect.lease);
        if (at >= 0) this.#hands.splice(at, 1);
        const { worker, lease } = effect;
        this.#queue.push({ type: 'failed', worker, lease, code: 'revoked', message: '' });
      }
      if (effect.type === 'update') {
        if (this.#lies.has(effect.tensor)) this.#hasLied = true;
        if (this.#state.progress.globalStep > 0) this.outcome.needed += BATCH / MICROBATCH;
        const report = { finite: true, learningRate: 0.1, gradientNorm: 1, layerNorms: [] };
        this.#queue.push({ type: 'updated', report });
      }
    }
  }

  #verify(effect: Extract<Effect, { type: 'verify' }>): void {
    const { check, from, to, leaves } = effect;
    if (this.#state.progress.globalStep > 0) this.outcome.verified += to - from;
    const nodes = nodesOfRange(from, to, leaves).map((node) => {
      const [first, last] = leavesOf(node, leaves);
      const count = (last - first) * MICROBATCH;
      const sums = { finite: true, loss: 1, correct: 0, count, vector: this.#nextTensor++ };
      return { node, digest: 'truth', sums, agrees: ['truth'] };
    });
    this.#queue.push({ type: 'verified', check, nodes });
  }

  #hasLieInSum(): boolean {
    if (this.#hasLied) return true;
    const { stage } = this.#state;
    if (!('task' in stage)) return false;
    return heldAnswers(stage.task.reduction).some(({ vector }) => this.#lies.has(vector ?? 0));
  }

  /** Somebody answers the lease it got first. @returns false when nobody holds one */
  answer(): boolean {
    const holders = [...new Set(this.#hands.map(({ worker }) => worker))];
    const worker = holders[Math.floor(this.#draw() * holders.length)];
    const at = this.#hands.findIndex((one) => one.worker === worker);
    const [grant] = at < 0 ? [] : this.#hands.splice(at, 1);
    if (grant === undefined) return false;
    const identity = this.identities()[grant.worker - 1] ?? '';
    // The first step is for everybody to come: it neither counts nor has lies in it.
    const { globalStep } = this.#state.progress;
    if (globalStep > 0) this.leasesOf.set(identity, (this.leasesOf.get(identity) ?? 0) + 1);
    // Colluders agree on what they lie about: a matter of the range, not of who holds it.
    const about = new RandomStream([this.#options.seed, CHANCE, globalStep, grant.from], 1);
    const isColluder = globalStep > 0 && identity.startsWith('colluder');
    const range = `${globalStep} ${grant.from}`;
    const lied = this.#answered.get(range);
    const wouldLie = about.uniform(0) < this.#options.lying;
    const isLie = isColluder && (this.#options.coordinated === true ? (lied ?? wouldLie) : wouldLie);
    if (lied === undefined) this.#answered.set(range, isLie);
    if (isLie) this.outcome.lies += 1;
    if (globalStep > 0) this.outcome.computed += grant.to - grant.from;
    for (const node of nodesOfRange(grant.from, grant.to, grant.leaves)) {
      const [from, to] = leavesOf(node, grant.leaves);
      const tensor = this.#nextTensor++;
      if (isLie) this.#lies.add(tensor);
      this.#send({
        ...{ type: 'partial', worker: grant.worker, lease: grant.lease, node, finite: true, loss: 1 },
        ...{
          correct: 0,
          count: (to - from) * MICROBATCH,
          tensor,
          computeMs: 10 * (grant.to - grant.from),
          logNorm: null,
        },
        digest: isLie ? 'lie' : 'truth',
      } as Event);
    }
    if (this.firstLie === null) {
      if (this.convicted.size > 0) this.firstLie = 'convicted';
      else if (this.#hasLieInSum()) this.firstLie = 'passed';
    }
    return true;
  }
}

export function judge(options: VerdictOptions): Outcome {
  const play = new Play(options);
  const colluders = play.identities().slice(0, options.colluders);
  const { until } = options;
  const isOver = (): boolean => {
    if (until === 'firstLie') return play.firstLie !== null;
    if (colluders.length === 0) return play.outcome.needed >= until;
    return colluders.every((one) => play.convicted.has(one) || (play.leasesOf.get(one) ?? 0) >= until);
  };
  while (!isOver()) {
    if (!play.answer()) throw new Error('Nobody has anything to do, but the run goes on.');
  }
  const convictedAfter = colluders.map((identity) => play.convicted.get(identity) ?? null);
  // The step that has begun is needed as well: its checks have been drawn.
  const needed = play.outcome.needed + BATCH / MICROBATCH;
  return { convictedAfter, firstLie: play.firstLie, ...play.outcome, needed };
}
