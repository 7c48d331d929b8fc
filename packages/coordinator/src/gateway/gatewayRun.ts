/** A gateway's part in one run: what hangs below it, and all that it takes to hand on what it is granted. */
import {
  Codings,
  DEFAULT_LIMITS,
  KERNEL_BUILD,
  type LeaseMessage,
  type Model,
  type ProtocolLimits,
  type RunSpec,
  VectorArena,
  type Welcome,
  type WorkerSaying,
} from '@shoal/core';
import { WorkerRegistry } from '../run/admission/workerRegistry.ts';
import type { ProbeAnswer } from '../run/preparation/probeAnswer.ts';
import type { RunFacts, SchedulingLimits } from '../transition/model/facts.ts';
import { startRelay } from '../transition/transition.ts';
import { contributor, type Guests } from './guests.ts';
import type { KeptBlocks } from './keptBlocks.ts';
import { LeaseValues } from './leaseValues.ts';
import { RelayDriver } from './relayDriver.ts';

const ARENA_BYTES_MAX = 2 * 1024 * 1024 * 1024;
const ARENA_VECTORS_MAX = 4_096;

export type GatewayRunOptions = {
  readonly spec: RunSpec;
  readonly model: Model;
  /** The latest of the same run. */
  readonly welcome: () => Welcome;
  readonly limits: ProtocolLimits;
  readonly scheduling: SchedulingLimits;
  readonly blocks: KeptBlocks;
  readonly probe: { readonly message: LeaseMessage; readonly answer: ProbeAnswer };
  readonly guests: Guests;
  /** Where those below may go, this gateway first; a gateway among them goes no way that may lead back to it. */
  readonly addresses: (forGateway: boolean) => readonly string[];
  readonly parameters: (version: number) => Uint8Array | null;
  readonly say: (message: WorkerSaying, ends: number | null) => void;
  readonly onCrew: () => void;
  readonly onChange: () => void;
  readonly clock: () => number;
};

export class GatewayRun {
  readonly driver: RelayDriver;
  readonly registry: WorkerRegistry;
  readonly blocks: KeptBlocks;
  /** The largest frame that a worker sends. */
  readonly frameBytesMax: number;
  readonly #arena: VectorArena;

  constructor(options: GatewayRunOptions) {
    const { spec, model, welcome, limits, scheduling, blocks, probe, guests, clock } = options;
    const { data, runId } = welcome();
    this.blocks = blocks;
    const counts = {
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
    };
    // Whom to believe the coordinator sees to.
    const facts: RunFacts = {
      spec: { ...spec, trust: { spotCheck: 0, quorum: 1, trim: 0 } },
      counts,
      limits: scheduling,
    };
    const vectorBytes = Math.max(1, model.vectorLength * 4);
    const vectorsMax = Math.max(16, Math.min(ARENA_VECTORS_MAX, Math.floor(ARENA_BYTES_MAX / vectorBytes)));
    const codings = new Codings(spec, model);
    this.frameBytesMax = codings.up(null).byteLength + DEFAULT_LIMITS.envelopeBytesMax;
    this.#arena = new VectorArena({ length: model.vectorLength, vectorsMax });
    this.driver = new RelayDriver({
      state: startRelay(facts),
      arena: this.#arena,
      codings,
      parameters: options.parameters,
      probe,
      values: new LeaseValues(facts, blocks),
      term: () => welcome().term,
      workers: {
        send: (worker, said) => this.registry.registered.get(worker)?.connection.send(said),
        bye: (worker, code, why) => this.registry.registered.get(worker)?.connection.end(code, why),
      },
      contributors: (worker, by) => this.#contributors(guests, worker, by),
      say: options.say,
      progressMs: limits.progressMs,
      onCrew: options.onCrew,
      clock,
    });
    this.registry = new WorkerRegistry({
      runId,
      spec,
      kernels: KERNEL_BUILD,
      manifests: data,
      limits,
      leading: {
        get term() {
          return welcome().term;
        },
        addresses: options.addresses,
        // What it passes on was granted to it.
        mayGrant: () => true,
        patience: null,
      },
      driver: this.driver,
      onChange: options.onChange,
    });
  }

  /** Vectors that it holds: sums that are not complete. */
  get vectors(): number {
    return this.#arena.size;
  }

  /** Whoever has joined here has computed it; what comes from a gateway below names its guests. */
  #contributors(guests: Guests, worker: number, by: Uint8Array | undefined) {
    if (!this.registry.isGateway(worker)) {
      const number = by === undefined ? guests.numberOf(worker, null) : null;
      return number === null ? null : [contributor(number)];
    }
    if (by === undefined || by.length % 4 !== 0) return null;
    const view = new DataView(by.buffer, by.byteOffset, by.byteLength);
    const numbers = Array.from({ length: by.length / 4 }, (_, i) =>
      guests.numberOf(worker, view.getUint32(4 * i, true)),
    );
    return numbers.includes(null) ? null : numbers.map((number) => contributor(number as number));
  }
}
