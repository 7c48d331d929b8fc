/** A coordinator in the simulated world: the real driver, registry, connections and checkpoints, and a disk that survives. */
import {
  beginningOf,
  CheckpointWriter,
  type DriverOptions,
  type EndRecord,
  type Evidence,
  initialProgress,
  type KeptState,
  LEADING_ALONE,
  type Leading,
  type PreparedRun,
  type ProbeResult,
  RunDriver,
  SnapshotStore,
  type StepRecord,
  startRun,
  type TrustStart,
  usableHistory,
  type WorkerConnection,
  WorkerRegistry,
} from '@shoal/coordinator/simulation';

import {
  DEFAULT_LIMITS,
  type DepartureFact,
  decodeCheckpoint,
  type Hello,
  KERNEL_BUILD,
  sentence,
  sentences,
  specSha256,
  vectorSha256,
  type WorkerSaying,
} from '@shoal/core';
import type { KeptInSimulation } from './disk.ts';
import type { Link } from './link.ts';
import { SimDoor } from './simDoor.ts';
import type { SimSocket } from './simSocket.ts';
import { SimTrusted } from './simTrusted.ts';
import type { Workbench } from './workbench.ts';
import type { World } from './world.ts';

export const TOKEN = 'simulated';
const TICK_MS = 50;
const FILES = { last: 'last', best: 'best', history: (mark: number) => `history-${mark}` };

type ProbeAnswer = ProbeResult['answer'];

type Life = {
  readonly run: PreparedRun;
  readonly driver: RunDriver;
  readonly registry: WorkerRegistry;
  readonly trusted: SimTrusted;
  /** Of whoever has connected to this coordinator itself; a member of a cluster has a door of its own. */
  readonly connections: SimDoor['connections'];
  readonly door: SimDoor;
};

/** Who leads, as far as the process knows. */
export type SimLeading = Leading & {
  /** A lease is on its way. */
  readonly granted: () => void;
  /** Does it now, or when the process is awake again. */
  readonly awake: (act: () => void) => void;
};

const ALONE: SimLeading = {
  ...LEADING_ALONE,
  granted: () => {},
  awake: (act) => act(),
};

export type CoordinatorWatch = {
  readonly step: (step: StepRecord, life: { readonly run: PreparedRun; readonly driver: RunDriver }) => void;
  readonly moved: () => void;
  /** An epoch is done, as it is told. */
  readonly epoch?: (record: EpochEffect['record']) => void;
};

type EpochEffect = Parameters<DriverOptions['observer']['epochDone']>[0];

export class SimCoordinator {
  readonly #world: World;
  readonly #bench: Workbench;
  readonly #probe: ProbeAnswer;
  readonly #prepare: () => PreparedRun;
  readonly #watch: CoordinatorWatch;
  readonly disk: KeptInSimulation;
  readonly #name: string;
  readonly #leading: SimLeading;
  /** Name of the one worker that it has started itself; null without. */
  readonly #own: string | null;
  #life: Life | null = null;
  end: EndRecord | null = null;
  parametersSha256 = '';
  crashes = 0;
  rollbacks = 0;
  /** Identities that have come by gateways, and how many of them were convicted. */
  readonly #guests = new Set<string>();
  convictedGuests = 0;
  /** Sentences, and what they rest on. */
  readonly verdicts: string[] = [];
  readonly evidence: Evidence[] = [];

  constructor(options: {
    readonly world: World;
    readonly bench: Workbench;
    readonly probe: ProbeAnswer;
    /** The run as it has been prepared; with the data set that all share when absent. */
    readonly run?: () => PreparedRun;
    readonly disk: KeptInSimulation;
    readonly watch: CoordinatorWatch;
    readonly own?: string | null;
    /** As it is called in a trace. */
    readonly name?: string;
    /** Absent: nobody else can lead. */
    readonly leading?: SimLeading;
    /** Where workers are told that they may find somebody to compute for; gateways are told of none. */
    readonly addresses?: readonly string[];
  }) {
    this.#world = options.world;
    this.#bench = options.bench;
    this.#probe = options.probe;
    this.#watch = options.watch;
    this.disk = options.disk;
    this.#own = options.own ?? null;
    this.#name = options.name ?? 'coordinator';
    const { addresses = [] } = options;
    this.#leading = options.leading ?? {
      ...ALONE,
      addresses: (forGateway) => (forGateway ? [] : addresses),
    };
    this.#prepare = options.run ?? (() => options.bench.prepare(this.#leading.term));
  }

  get life(): Life | null {
    return this.#life;
  }

  start(): void {
    const { spec, model } = this.#bench;
    const world = this.#world;
    const { mayGrant } = this.#leading;
    const run = this.#prepare();
    const owner = { model, specSha256: specSha256(spec), kernels: KERNEL_BUILD };
    const last = this.disk.read(FILES.last);
    const best = this.disk.read(FILES.best);
    const restored = last === null ? null : decodeCheckpoint(last, owner);
    const trust = this.#openTrust(run, restored, owner);
    if (restored !== null) run.updater.importState(restored.parameters, restored.optimizer);
    const progress = restored?.progress ?? initialProgress(run.facts);
    world.say(this.#name, `starts at epoch ${progress.epoch + 1}, step ${progress.globalStep}`);
    const started = startRun(run.facts, progress, trust.start);
    const driver: RunDriver = new RunDriver({
      state: started.state,
      pending: started.effects,
      arena: run.arena,
      updater: run.updater,
      model: run.model,
      best: best === null ? null : decodeCheckpoint(best, owner).parameters,
      epochs: [],
      leases: run.leases,
      probe: this.#probe,
      workers: {
        send: (worker, said) => {
          if (said.message.type === 'lease') this.#leading.granted();
          registry.registered.get(worker)?.connection.send(said);
        },
        bye: (worker, code, why) => registry.registered.get(worker)?.connection.end(code, why),
        isGateway: (worker) => registry.isGateway(worker),
        contributors: (worker, by) => registry.contributors(worker, by),
        convicted: (identity) => {
          if (this.#guests.has(identity)) this.convictedGuests += 1;
          registry.convicted(identity);
        },
      },
      checkpoints: new CheckpointWriter({
        ...owner,
        files: FILES,
        write: (file, content) => this.disk.write(file, content),
        remove: (file) => this.disk.remove(file),
        onProblem: (fact) => world.say(this.#name, sentence(fact, 'en')),
      }),
      trust: trust.driver,
      observer: {
        stepDone: (step) => {
          world.say(this.#name, `step ${step.globalStep} done`);
          this.#watch.step(step, { run, driver });
        },
        epochDone: ({ record }) => {
          world.say(this.#name, `epoch ${record.epoch} done, validation loss ${record.validationLoss}`);
          this.#watch.epoch?.(record);
          this.#watch.moved();
        },
        log: ({ facts, about }) => {
          const message = sentences(facts, 'en');
          if (about === 'trust') this.verdicts.push(message);
          world.say(this.#name, message);
        },
        rolledBack: () => {
          this.rollbacks += 1;
          this.#watch.moved();
        },
        ended: (end) => {
          this.end = end;
          this.parametersSha256 = vectorSha256(driver.parameters());
          world.say(this.#name, `ended: ${sentence(end.reason, 'en')}`);
          this.#life?.registry.end(end);
        },
      },
      clock: () => world.now,
      mayGrant,
    });
    const registry: WorkerRegistry = new WorkerRegistry({
      runId: 'simulated',
      spec,
      kernels: KERNEL_BUILD,
      manifests: run.blocks.manifests,
      limits: DEFAULT_LIMITS,
      leading: this.#leading,
      driver,
      onChange: (change) => {
        const said = change.type === 'joined' ? change.agent : sentence(change.why, 'en');
        world.say(this.#name, change.type === 'refused' ? said : `${change.name} ${change.type}: ${said}`);
      },
    });
    const door = new SimDoor({
      world,
      answerBytesMax: run.model.vectorLength * 4 + DEFAULT_LIMITS.envelopeBytesMax,
      handlers: { hello: this.hello, message: this.message, closed: this.closed },
    });
    const { connections } = door;
    const life: Life = { run, driver, registry, trusted: trust.trusted, connections, door };
    this.#life = life;
    driver.start();
    this.#every(TICK_MS, life, () => driver.tick(0, 0));
    const heartbeatMs = this.#leading.patience?.heartbeatMs ?? DEFAULT_LIMITS.heartbeatMs;
    this.#every(heartbeatMs, life, () => door.beat());
  }

  #every(ms: number, life: Life, action: () => void): void {
    this.#world.after(ms, () => {
      if (this.#life !== life || this.end !== null) return;
      this.#leading.awake(() => {
        if (this.#life !== life || this.end !== null) return;
        action();
        this.#every(ms, life, action);
      });
    });
  }

  #openTrust(
    run: PreparedRun,
    restored: KeptState | null,
    owner: Parameters<typeof decodeCheckpoint>[1],
  ): {
    readonly start: TrustStart;
    readonly driver: NonNullable<DriverOptions['trust']>;
    readonly trusted: SimTrusted;
  } {
    const { disk } = this;
    const convicted = [...disk.durable];
    const files = disk.names.filter((name) => name.startsWith('history-'));
    const states = files.map((name) => decodeCheckpoint(disk.read(name) as Uint8Array, owner));
    const history = restored === null ? [] : usableHistory(states, restored.progress, convicted);
    states.forEach((state, i) => {
      if (!history.includes(state)) void disk.remove(files[i] as string);
    });
    const store = new SnapshotStore(beginningOf(run), history);
    const trusted = new SimTrusted(this.#world, this.#bench, run.leases);
    return {
      trusted,
      start: {
        convicted,
        verifiedAnswers: new Map(),
        ledger: restored?.vouchers ?? [],
        snapshots: store.records(),
      },
      driver: {
        secret: this.#world.secret(this.crashes),
        store,
        trusted,
        verdicts: {
          convicted: (evidence) => {
            disk.durable.push(evidence.identity);
            this.evidence.push(evidence);
          },
          verified: () => {},
        },
      },
    };
  }

  /** A worker's connection has come in; the link's coordinator side speaks to the socket that is returned. */
  accept(link: Link, address = 'simulated'): SimSocket | null {
    return this.#life?.door.accept(link, address) ?? null;
  }

  block(sha256: string): Uint8Array | null {
    const blocks = this.#life?.run.blocks;
    return blocks?.has(sha256) === true ? blocks.get(sha256) : null;
  }

  readonly hello = (from: WorkerConnection, hello: Hello): void => {
    const isLocal = hello.name === this.#own;
    const belief = isLocal ? 'believed' : 'checked';
    const { identity, gateway: isGateway = false } = hello;
    this.#life?.registry.hello(from, hello, { identity, isLocal, isGateway, belief, credential: null });
  };

  readonly message = (from: WorkerConnection, message: Exclude<WorkerSaying, Hello>): void => {
    const registry = this.#life?.registry;
    if (message.type === 'guest') {
      const { guest, identity, name, address: origin } = message;
      this.#guests.add(identity);
      registry?.guest(from, { guest, identity, name, origin }, null);
    } else if (message.type === 'guestGone') registry?.guestGone(from, message.guest);
    else registry?.message(from, message);
  };

  readonly closed = (from: WorkerConnection, reason: DepartureFact): void => {
    this.#life?.registry.closed(from, reason);
  };

  /** Another leads: what goes on here ends without a word of it. */
  abandon(): void {
    const life = this.#life;
    if (life === null || this.end !== null) return;
    this.#world.say(this.#name, 'gives the run up');
    this.#life = null;
    life.driver.silence();
    life.trusted.abandon();
    life.registry.sendElsewhere(null);
  }

  /** The coordinators that may lead are others than before. */
  coordinatorsChanged(): void {
    this.#life?.registry.tellCoordinators();
  }

  /** Workers may find somebody elsewhere who grants them something. */
  sendElsewhere(): void {
    this.#life?.registry.sendElsewhere(null);
  }

  /** The process is gone in this instant; its peers see their connections reset. */
  crash(): void {
    const life = this.#life;
    if (life === null) return;
    this.#world.say(this.#name, 'crashes');
    this.#life = null;
    this.crashes += 1;
    life.trusted.abandon();
    this.disk.crash();
    life.door.crash(50);
  }
}
