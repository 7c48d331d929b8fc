/** What a hub keeps for its page: the figures of the work, the ledger, the run and its curve. */
import {
  type CoordinatorSaying,
  compileModel,
  resolveRunSpec,
  type Standing,
  type Welcome,
  type WorkerSaying,
} from '@shoal/core';
import { Curve } from './curve.ts';
import type { HubView, RunInHub } from './hubMessages.ts';
import { Ledger } from './ledger.ts';

const ENDS: readonly Standing['state'][] = ['finished', 'stopped', 'diverged', 'failed'];

/** Null for a spec that this worker does not understand: it will say so and go. */
function vectorBytesOf(spec: Welcome['spec']): number | null {
  try {
    return 4 * compileModel(resolveRunSpec(spec).model).vectorLength;
  } catch {
    return null;
  }
}

export class HubState {
  readonly ledger = new Ledger();
  #curve = new Curve();
  #run: RunInHub | null = null;
  #standing: Standing | null = null;
  #gradients = 0;
  #pressedAt: number | null = null;
  #firstGradientMs: number | null = null;
  #slotsLost = 0;
  #connections = 0;

  /** The run that was joined last has ended. */
  get runIsOver(): boolean {
    return this.#standing !== null && ENDS.includes(this.#standing.state);
  }

  joined(pressedAt: number): void {
    this.#pressedAt = pressedAt;
    this.#firstGradientMs = null;
  }

  welcomed({ runId, spec, engine }: Welcome): void {
    this.#connections += 1;
    if (this.#run?.runId !== runId) {
      this.#curve = new Curve();
      this.#standing = null;
    }
    const { name, epochs } = spec;
    this.ledger.vectorBytes = vectorBytesOf(spec);
    this.#run = {
      runId,
      name: typeof name === 'string' ? name : runId,
      epochs: typeof epochs === 'number' ? epochs : 0,
      engine,
    };
  }

  /** `now` in milliseconds since 1970. */
  sent(message: WorkerSaying, bytes: number, now: number): void {
    this.ledger.sent(message, bytes);
    // The probe's gradient is thrown away once it has been looked at.
    if (message.type !== 'partial' || message.lease === 0 || message.vector === null) return;
    this.#gradients += 1;
    if (this.#pressedAt !== null) this.#firstGradientMs ??= now - this.#pressedAt;
  }

  received(message: CoordinatorSaying, bytes: number): void {
    this.ledger.received(message, bytes);
  }

  standing(standing: Standing): void {
    this.#standing = standing;
    this.#curve.add(standing);
  }

  slotLost(): void {
    this.#slotsLost += 1;
  }

  view(): Omit<HubView, 'phase' | 'threads' | 'limit' | 'gpu'> {
    return {
      run: this.#run,
      gradients: this.#gradients,
      firstGradientMs: this.#firstGradientMs,
      slotsLost: this.#slotsLost,
      connections: this.#connections,
      ledger: this.ledger.view,
      standing: this.#standing,
      curve: this.#curve.view,
    };
  }
}
