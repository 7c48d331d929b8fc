/**
 * The shell around the transition: it owns the tensors, feeds events in one at a time, and carries effects out
 * through its ports. All decisions are the transition's; nothing here waits.
 */
import {
  type BrokenOffFact,
  type ByeName,
  Codings,
  type DepartureFact,
  type DismissalFact,
  type EpochRecord,
  type Hello,
  hasAccuracy,
  type Model,
  type RollbackFact,
  type RunProgress,
  type TextFact,
  type Updater,
  unreachable,
  type VectorArena,
  type VectorId,
  type WorkerSaying,
} from '@shoal/core';
import { SharedParameters } from '../../connection/sharedParameters.ts';
import { type Outgoing, outgoing } from '../../connection/workerConnection.ts';
import type { StepTimes } from '../../news/news.ts';
import { vouchersOf } from '../../transition/history/ledger.ts';
import type { Effect, EndRecord, GrantEffect, StepRecord } from '../../transition/model/effects.ts';
import type { RunEvent } from '../../transition/model/events.ts';
import type { LeaseId, WorkerId } from '../../transition/model/ids.ts';
import type { RunState } from '../../transition/state.ts';
import { transition } from '../../transition/transition.ts';
import type { CheckpointsPort, WorkersPort } from '../ports.ts';
import type { LeaseMessages } from '../preparation/leaseMessages.ts';
import type { ProbeAnswer } from '../preparation/probeAnswer.ts';
import { AnswerChecks } from '../trust/answerChecks.ts';
import type { TrustPorts } from '../trust/trustSetup.ts';
import { ParameterMessages } from './parameterMessages.ts';
import { Standings } from './standings.ts';
import { StepClock } from './stepTimes.ts';
import { trimInto } from './trimmedMean.ts';
import { WorkerMessages } from './workerMessages.ts';

/** The same for every worker. */
const COUNTED = outgoing({ type: 'counted' });

export type DriverObserver = {
  readonly stepDone: (step: StepRecord, times: StepTimes) => void;
  readonly epochDone: (record: Extract<Effect, { type: 'epochDone' }>) => void;
  readonly log: (effect: Extract<Effect, { type: 'log' }>) => void;
  /** The run is back in an earlier state: what was recorded after it is void. */
  readonly rolledBack: (progress: RunProgress, reason: RollbackFact) => void;
  readonly ended: (end: EndRecord) => void;
};

export type DriverOptions = {
  readonly state: RunState;
  /** The effects of entering the first stage. */
  readonly pending: readonly Effect[];
  readonly arena: VectorArena;
  readonly updater: Updater;
  readonly model: Model;
  /** The best parameters kept so far; null before the first. */
  readonly best: Float32Array | null;
  /** Records of the epochs before, oldest first. */
  readonly epochs: readonly EpochRecord[];
  readonly leases: LeaseMessages;
  readonly probe: ProbeAnswer;
  readonly workers: WorkersPort;
  readonly checkpoints: CheckpointsPort;
  readonly trust: TrustPorts;
  readonly observer: DriverObserver;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
  /** Whether it is certain that nobody else leads the run; absent where nobody else can. */
  readonly mayGrant?: () => boolean;
};

export class RunDriver {
  readonly #options: DriverOptions;
  readonly #state: RunState;
  /** Events raised while effects are carried out; bounded by the effects of one transition. */
  readonly #queue: RunEvent[] = [];
  #busy = false;
  #best: Float32Array | null;
  #probe: Outgoing | null = null;
  readonly #codings: Codings;
  readonly #parameters: ParameterMessages;
  readonly #shared: SharedParameters;
  /** Of the leases that name scales; a worker that is slow may still answer with those of a step before. */
  readonly #scales = new Map<LeaseId, Float32Array>();
  readonly #stepClock: StepClock;
  readonly #trust: AnswerChecks;
  readonly #standings: Standings;
  readonly #messages: WorkerMessages;
  /** What the transition was told last of who leads. One whose run has ended takes no notice of it. */
  #toldHeld: boolean;
  /** Nothing is done any more: the run is another's. */
  #isSilent = false;
  /** A step that nobody has been told of yet. */
  #untold: { readonly step: StepRecord; readonly times: StepTimes } | null = null;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#stepClock = new StepClock(options.clock());
    this.#state = options.state;
    this.#toldHeld = options.state.held;
    this.#best = options.best;
    const { state, arena, updater, checkpoints, trust, clock } = options;
    const { numerics } = state.facts.spec;
    const { store, trusted, verdicts } = trust;
    this.#codings = new Codings(state.facts.spec, options.model);
    this.#shared = new SharedParameters(arena);
    this.#parameters = new ParameterMessages(
      this.#codings,
      () => arena.view(updater.parameters),
      (version) => this.#shared.of(version, () => updater.parameters),
    );
    this.#trust = new AnswerChecks({
      ...{ state, arena, updater, checkpoints, numerics, store, trusted, verdicts },
      dispatch: (event) => this.dispatch(event),
    });
    this.#standings = new Standings({
      ...{ state, clock, epochs: options.epochs },
      hasAccuracy: hasAccuracy(options.model),
      send: (worker, standing) => options.workers.send(worker, outgoing(standing)),
    });
    this.#messages = new WorkerMessages({
      ...{ state, arena, clock, probe: options.probe, workers: options.workers },
      ...{ codings: this.#codings, scales: this.#scales, trust: this.#trust },
      ...{ standings: this.#standings, stepClock: this.#stepClock },
      dispatch: (event) => this.dispatch(event),
      expel: (worker, code, why) => this.expel(worker, code, why),
    });
  }

  /** Identities that take no part any more. */
  get convicted(): ReadonlySet<string> {
    return this.#state.trust.convicted;
  }

  /** For display only. */
  get state(): RunState {
    return this.#state;
  }

  /** The parameters as they are now; a copy. */
  parameters(): Float32Array {
    const { arena, updater } = this.#options;
    return arena.view(updater.parameters).slice();
  }

  start(): void {
    this.#carryOut(this.#options.pending);
    this.#drain();
  }

  joined(
    worker: WorkerId,
    hello: Hello,
    who: Omit<Extract<RunEvent, { type: 'joined' }>, 'type' | 'worker' | 'name' | 'threads'>,
  ): void {
    const { name, threads } = hello;
    this.dispatch({ type: 'joined', worker, name, threads, ...who });
  }

  left(worker: WorkerId, reason: DepartureFact): void {
    this.dispatch({ type: 'left', worker, reason });
  }

  /**
   * @param lagMs how much later than it should have this comes: the process was busy
   * @param busyMs for how long it was, since the last tick
   */
  tick(lagMs: number, busyMs: number): void {
    this.#trust.tick();
    this.dispatch({ type: 'tick', lagMs, busyMs });
    this.#standings.tick();
  }

  stop(reason: BrokenOffFact | TextFact): void {
    this.dispatch({ type: 'stop', reason });
  }

  message(worker: WorkerId, message: Exclude<WorkerSaying, Hello>): void {
    this.#messages.heard(worker, message);
  }

  /** Ends a worker's connection for a fault that the transition cannot see. */
  expel(worker: WorkerId, code: ByeName, why: DismissalFact): void {
    this.#options.workers.bye(worker, code, why);
    this.dispatch({ type: 'left', worker, reason: why });
  }

  dispatch(event: RunEvent): void {
    this.#queue.push(event);
    this.#drain();
  }

  /** From now on whatever happens leads to nothing. */
  silence(): void {
    this.#isSilent = true;
  }

  #drain(): void {
    if (this.#busy || this.#isSilent) return;
    this.#busy = true;
    try {
      for (let event = this.#next(); event !== undefined; event = this.#next()) {
        const { clock, trust } = this.#options;
        this.#carryOut(transition(this.#state, event, { now: clock(), secret: trust.secret }));
        if (this.#isSilent) this.#queue.length = 0;
      }
    } finally {
      this.#busy = false;
    }
    // Where the run has fallen silent in between, too.
    this.#settle();
  }

  /** Before anything else it is looked at whether the run is still this one's: the process may have been asleep since the last. */
  #next(): RunEvent | undefined {
    const held = this.#options.mayGrant?.() === false;
    if (this.#queue.length === 0 || held === this.#toldHeld) return this.#queue.shift();
    this.#toldHeld = held;
    return { type: 'hold', held };
  }

  #carryOut(effects: readonly Effect[]): void {
    let granted = false;
    for (const effect of effects) {
      // Workers wait for grants, and then for the parameters; whoever reads along does not wait for anything.
      if (effect.type === 'grant') granted = true;
      else {
        if (granted) this.#settle();
        this.#tellStep();
      }
      this.#carry(effect);
    }
    if (this.#queue.length === 0) this.#settle();
    this.#tellStep();
  }

  /** An update that was begun is done, while messages about it are on their way. */
  #settle(): void {
    this.#timed('update', () => this.#options.arena.elementwise.finish());
    this.#shared.complete();
  }

  #tellStep(): void {
    const done = this.#untold;
    if (done === null) return;
    this.#untold = null;
    this.#standings.stepDone(done.step.loss);
    this.#options.observer.stepDone(done.step, done.times);
  }

  #carry(effect: Effect): void {
    const { arena, updater, workers, leases, observer, checkpoints } = this.#options;
    switch (effect.type) {
      case 'probe':
        this.#probe ??= outgoing(leases.probe());
        return workers.send(effect.worker, this.#probe);
      case 'grant':
        this.#timed('send', () => {
          const { worker, version, holds } = effect;
          if (effect.withParameters) workers.send(worker, this.#parameters.of(version, holds));
          workers.send(worker, outgoing(leases.grant(effect, this.#scalesFor(effect))));
        });
        return this.#stepClock.granted(effect.worker, effect.lease, this.#options.clock());
      case 'revoke':
        return workers.send(effect.worker, outgoing({ type: 'revoke', lease: effect.lease }));
      case 'counted':
        return workers.send(effect.worker, COUNTED);
      case 'bye':
        return workers.bye(effect.worker, effect.code, effect.why);
      case 'merge':
        this.#timed('reduce', () => arena.add(effect.into, effect.from));
        return arena.free(effect.from);
      case 'free':
        return arena.free(effect.tensor);
      case 'trim':
        this.#timed('reduce', () => trimInto(arena, effect.groups, effect.drop));
        for (const { tensor } of effect.groups.slice(1)) arena.free(tensor);
        return;
      case 'update':
        return this.#update(effect.tensor, effect.count, effect.globalStep, effect.epoch);
      case 'keepBest':
        this.#best = this.parameters();
        return;
      case 'restoreBest':
        if (this.#best === null) throw new Error('There are no best parameters to restore.');
        return arena.view(updater.parameters).set(this.#best);
      case 'checkpoint':
        return this.#timed('checkpoint', () => {
          const snapshot = {
            progress: effect.progress,
            parameters: arena.view(updater.parameters),
            optimizer: updater.exportState(),
            vouchers: vouchersOf(this.#state.trust.ledger),
          };
          checkpoints.save(snapshot, effect.best);
        });
      case 'stepDone':
        this.#untold = { step: effect.step, times: this.#stepClock.end(this.#options.clock()) };
        return;
      case 'epochDone':
        // What came before was a validation, which is no part of a step.
        this.#stepClock.begin(this.#options.clock());
        this.#standings.epochDone(effect.record);
        return observer.epochDone(effect);
      case 'keepSnapshot':
        return this.#trust.keep(effect, this.#best);
      case 'rollBack':
        this.#best = this.#trust.rollBack(effect);
        this.#stepClock.begin(this.#options.clock());
        this.#standings.rolledBack(effect.progress.epoch);
        return observer.rolledBack(effect.progress, effect.reason);
      case 'verify':
        return this.#trust.verify(effect);
      case 'convicted':
        this.#options.trust.verdicts.convicted(effect.evidence);
        return workers.convicted(effect.evidence.identity);
      case 'pass':
        throw new Error('A coordinator has nobody to pass an answer on to.');
      case 'verifiedAnswers':
        return this.#options.trust.verdicts.verified(effect.identity, effect.verified);
      case 'log':
        return observer.log(effect);
      case 'end':
        this.#standings.ended(effect.end);
        return observer.ended(effect.end);
      default:
        return unreachable(effect);
    }
  }

  #update(tensor: VectorId, count: number, globalStep: number, epoch: number): void {
    const { arena, updater, clock } = this.#options;
    this.#stepClock.complete(clock());
    const next = this.#state.progress.version + 1;
    const copy = this.#shared.next(next)?.vector ?? null;
    const report = this.#timed('update', () => updater.apply(tensor, count, globalStep, epoch, copy));
    arena.free(tensor);
    if (report.finite) this.#parameters.changed(next, arena, updater.change);
    else this.#shared.abandon();
    for (const lease of this.#scales.keys()) if (!this.#state.leases.has(lease)) this.#scales.delete(lease);
    this.#queue.push({ type: 'updated', report });
  }

  #timed<T>(work: Parameters<StepClock['spent']>[0], act: () => T): T {
    const from = this.#options.clock();
    const result = act();
    this.#stepClock.spent(work, this.#options.clock() - from);
    return result;
  }

  #scalesFor({ lease, task, leaves }: GrantEffect): Float32Array | null {
    const scales = task === 'gradient' ? this.#options.updater.scales(leaves) : null;
    if (scales !== null) this.#scales.set(lease, scales);
    return scales;
  }
}
