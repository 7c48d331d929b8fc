/** A coordinator in the simulated world: the real driver, registry, connections and checkpoints, and a disk that survives. */
import {
  beginningOf,
  CheckpointWriter,
  DEFAULT_SERVER_LIMITS,
  type DriverOptions,
  type EndRecord,
  type Evidence,
  initialProgress,
  type KeptState,
  LEADING_ALONE,
  type Leading,
  outgoing,
  type PreparedRun,
  type probeAnswer,
  RunDriver,
  SnapshotStore,
  SocketConnection,
  type StepRecord,
  startRun,
  type TrustStart,
  usableHistory,
  WorkerRegistry,
} from '@shoal/coordinator/simulation';

import {
  DEFAULT_LIMITS,
  decodeCheckpoint,
  KERNEL_BUILD,
  sentence,
  sentences,
  specSha256,
  vectorSha256,
  type Welcome,
} from '@shoal/core';
import type { KeptInSimulation } from './disk.ts';
import type { Link } from './link.ts';
import { SimSocket } from './simSocket.ts';
import { SimTrusted } from './simTrusted.ts';
import type { Workbench } from './workbench.ts';
import type { World } from './world.ts';

export const TOKEN = 'simulated';
const TICK_MS = 50;
const FILES = { last: 'last', best: 'best', history: (mark: number) => `history-${mark}` };

type Life = {
  readonly run: PreparedRun;
  readonly driver: RunDriver;
  readonly registry: WorkerRegistry;
  readonly trusted: SimTrusted;
  readonly connections: Map<number, { readonly connection: SocketConnection; readonly link: Link }>;
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
};

export class SimCoordinator {
  readonly #world: World;
  readonly #bench: Workbench;
  readonly #probe: Awaited<ReturnType<typeof probeAnswer>>;
  readonly #watch: CoordinatorWatch;
  readonly disk: KeptInSimulation;
  readonly #name: string;
  readonly #leading: SimLeading;
  /** Name of the one worker that it has started itself; null without. */
  readonly #own: string | null;
  readonly manifests: Welcome['data'];
  #life: Life | null = null;
  #nextConnection = 1;
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
    readonly probe: Awaited<ReturnType<typeof probeAnswer>>;
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
    const { manifests } = options.bench.blocks;
    this.manifests = manifests;
  }

  get life(): Life | null {
    return this.#life;
  }

  start(): void {
    const { spec, model, prepare } = this.#bench;
    const world = this.#world;
    const { term, mayGrant } = this.#leading;
    const run = prepare(term);
    const owner = { model, specSha256: specSha256(spec), kernels: KERNEL_BUILD };
    const last = this.disk.read(FILES.last);
    const best = this.disk.read(FILES.best);
    const restored = last === null ? null : decodeCheckpoint(last, owner);
    const trust = this.#openTrust(run, restored, owner);
    if (restored !== null) run.updater.importState(restored.parameters, restored.optimizer);
    const progress = restored?.progress ?? initialProgress(run.facts);
    world.say(this.#name, `starts at epoch ${progress.epoch + 1}, step ${progress.globalStep}`);
    const started = startRun(run.facts, progress, trust.start);
    const connections: Life['connections'] = new Map();
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
          connections.get(worker)?.connection.send(said);
        },
        bye: (worker, code, why) => connections.get(worker)?.connection.end(code, why),
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
      manifests: this.manifests,
      limits: DEFAULT_LIMITS,
      leading: this.#leading,
      driver,
      onChange: (change) => {
        const said = change.type === 'joined' ? change.agent : sentence(change.why, 'en');
        world.say(this.#name, change.type === 'refused' ? said : `${change.name} ${change.type}: ${said}`);
      },
    });
    const life: Life = { run, driver, registry, connections, trusted: trust.trusted };
    this.#life = life;
    driver.start();
    this.#every(TICK_MS, life, () => driver.tick(0, 0));
    let nonce = 0;
    this.#every(this.#leading.patience?.heartbeatMs ?? DEFAULT_LIMITS.heartbeatMs, life, () => {
      nonce += 1;
      const ping = outgoing({ type: 'ping', nonce });
      for (const { connection } of [...connections.values()]) connection.beat(world.now, nonce, ping);
    });
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
    const life = this.#life;
    if (life === null) return null;
    const socket = new SimSocket(link);
    const id = this.#nextConnection;
    this.#nextConnection += 1;
    const connection = new SocketConnection({
      id,
      address,
      socket: socket.asFrameSocket(),
      limits: DEFAULT_SERVER_LIMITS,
      answerBytesMax: life.run.model.vectorLength * 4 + DEFAULT_LIMITS.envelopeBytesMax,
      handlers: {
        hello: (from, hello) => {
          const isLocal = hello.name === this.#own;
          const belief = isLocal ? 'believed' : 'checked';
          const { identity, gateway: isGateway = false } = hello;
          life.registry.hello(from, hello, { identity, isLocal, isGateway, belief, credential: null });
        },
        message: (from, message) => {
          if (message.type === 'guest') {
            const { guest, identity, name, address: origin } = message;
            this.#guests.add(identity);
            life.registry.guest(from, { guest, identity, name, origin }, null);
          } else if (message.type === 'guestGone') life.registry.guestGone(from, message.guest);
          else life.registry.message(from, message);
        },
        closed: (from, reason) => {
          life.connections.delete(from.id);
          life.registry.closed(from, reason);
        },
      },
      now: this.#world.now,
    });
    life.connections.set(id, { connection, link });
    connection.listen(() => this.#world.now);
    return socket;
  }

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
    for (const { link } of life.connections.values()) {
      link.abandon('coordinator');
      link.break({ worker: this.#world.between(0, 50), coordinator: 0 });
    }
  }
}
