/**
 * The part of the driver that looks at answers: it names them, has the trusted worker compute, keeps earlier states and
 * puts one of them back. What any of it means is the transition's to say.
 */
import {
  type Answer,
  type Numerics,
  nodeKey,
  type Sums,
  type UnsealedPartial,
  type Updater,
  type VectorArena,
  type VectorId,
} from '@shoal/core';
import { markOf, vouchersOf } from '../../transition/history/ledger.ts';
import type { Effect, VerifyEffect } from '../../transition/model/effects.ts';
import type { PartialEvent, RunEvent, VerifiedNode } from '../../transition/model/events.ts';
import type { Candidate } from '../../transition/model/scrutiny.ts';
import type { RunState } from '../../transition/state.ts';
import type { CheckpointsPort, KeptState, TrustedPort, VerdictsPort } from '../ports.ts';
import { digestOf, isNearAnswer, nameAnswer } from './answerDigest.ts';
import { copyOf, type SnapshotStore } from './snapshotStore.ts';

export type AnswerChecksOptions = {
  readonly state: RunState;
  readonly arena: VectorArena;
  readonly updater: Updater;
  readonly numerics: Numerics;
  readonly store: SnapshotStore;
  readonly trusted: TrustedPort;
  readonly verdicts: VerdictsPort;
  readonly checkpoints: CheckpointsPort;
  readonly dispatch: (event: RunEvent) => void;
};

type Computed = { readonly check: number; readonly nodes: readonly Answer<Float32Array>[] };

export class AnswerChecks {
  readonly #options: AnswerChecksOptions;
  /** Computed while there was no room for another gradient; one for each check at most. */
  #waiting: Computed[] = [];

  constructor(options: AnswerChecksOptions) {
    this.#options = options;
  }

  /** Names and measures a worker's answer, whose gradient is in the arena by now. Costs nothing where the first counts. */
  describe(partial: UnsealedPartial, tensor: VectorId | null): Pick<PartialEvent, 'digest' | 'logNorm'> {
    const { state, arena, numerics } = this.#options;
    const { scrutiny = null } = state.leases.get(partial.lease)?.grant ?? {};
    if (scrutiny === null) return { digest: '', logNorm: null };
    const known = scrutiny.candidates.get(nodeKey({ level: partial.level, index: partial.index })) ?? [];
    const { finite, loss, correct, count } = partial;
    const vector = tensor === null ? null : arena.view(tensor);
    const answer = { finite, loss, correct, count, vector };
    return {
      digest: nameAnswer(answer, known, (one) => this.#answerOf(one), numerics),
      logNorm: tensor === null ? null : this.#logNormOf(tensor),
    };
  }

  #logNormOf(tensor: VectorId): number {
    const { arena } = this.#options;
    return Math.log(arena.kernels.sumSquares(arena.address(tensor), arena.length)) / 2;
  }

  #answerOf({ sums }: Candidate): Sums<Float32Array> {
    const { vector } = sums;
    return { ...sums, vector: vector === null ? null : this.#options.arena.view(vector) };
  }

  verify(effect: VerifyEffect): void {
    const { trusted, arena, updater } = this.#options;
    trusted.compute(
      effect,
      {
        parameters: () => arena.view(updater.parameters),
        scales: effect.task === 'gradient' ? updater.scales(effect.leaves) : null,
      },
      (nodes) => this.#verified({ check: effect.check, nodes }),
    );
  }

  /** Tries again what found no room. */
  tick(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const computed of waiting) this.#verified(computed);
  }

  #verified(computed: Computed): void {
    const { state, arena, dispatch } = this.#options;
    const check = state.trust.checks.get(computed.check);
    if (check === undefined) return;
    if (arena.size + computed.nodes.length > arena.vectorsMax) {
      this.#waiting.push(computed);
      return;
    }
    const candidates = check.grant.scrutiny?.candidates ?? new Map<string, Candidate[]>();
    const nodes = computed.nodes.map((one) =>
      this.#verifiedNode(one, candidates.get(nodeKey(one.node)) ?? []),
    );
    dispatch({ type: 'verified', check: computed.check, nodes });
  }

  #verifiedNode(computed: Answer<Float32Array>, known: readonly Candidate[]): VerifiedNode {
    const { arena, numerics } = this.#options;
    const { node, vector, ...figures } = computed;
    const digest = digestOf(computed);
    // What was answered has been named when it came: it is not hashed again.
    const agrees = known
      .filter((one) =>
        numerics === 'exact' ? one.digest === digest : isNearAnswer(this.#answerOf(one), computed),
      )
      .map(({ digest }) => digest);
    const sums = { ...figures, vector: vector === null ? null : arena.allocateFrom(vector) };
    return { node, sums, digest, agrees };
  }

  keep(effect: Extract<Effect, { type: 'keepSnapshot' }>, best: Float32Array | null): void {
    const { state, arena, updater, store, checkpoints } = this.#options;
    const vouchers = vouchersOf(state.trust.ledger);
    const kept = copyOf(arena, updater, { progress: effect.progress, best, vouchers });
    store.keep(effect.id, kept);
    checkpoints.keep(markOf(kept.progress), kept);
    if (effect.dropped !== null) this.#drop(effect.dropped);
  }

  #drop(id: number): void {
    const { store, checkpoints } = this.#options;
    checkpoints.drop(markOf(store.get(id).progress));
    store.drop(id);
  }

  /** @returns the best parameters as they were then */
  rollBack(effect: Extract<Effect, { type: 'rollBack' }>): Float32Array | null {
    const { store, updater, checkpoints, trusted } = this.#options;
    trusted.abandon();
    this.#waiting = [];
    const kept = store.get(effect.to);
    updater.importState(kept.parameters, kept.optimizer);
    for (const id of effect.dropped) this.#drop(id);
    const state: KeptState = { ...kept, progress: effect.progress };
    // The file of the best parameters first: the state names them.
    if (kept.best !== null) checkpoints.save({ ...state, parameters: kept.best }, true);
    checkpoints.save(state, false);
    return kept.best;
  }
}
