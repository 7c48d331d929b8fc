/** One coordinator of a simulated cluster: the real leadership and kept files, and a simulated run while it leads. */
import { join } from 'node:path';
import {
  BrokerAway,
  type BrokerModel,
  ClusterFiles,
  type ClusterRecord,
  DEFAULT_SERVER_LIMITS,
  Leadership,
  SocketConnection,
  TermOver,
} from '@shoal/coordinator/simulation';
import { DEFAULT_LIMITS, decodeCheckpoint, KERNEL_BUILD, specSha256 } from '@shoal/core';
import type { KeptInSimulation } from '../disk.ts';
import type { Link } from '../link.ts';
import type { Host } from '../network.ts';
import { type CoordinatorWatch, SimCoordinator } from '../simCoordinator.ts';
import { SimSocket } from '../simSocket.ts';
import type { Simulator } from '../simulate.ts';
import type { Workbench } from '../workbench.ts';
import type { World } from '../world.ts';
import { SimBrokerLine } from './brokerLines.ts';

const ROOT = 'cluster/simulated';
const RUN = 'run-1';
const LOOK_MS = 500;

/** What must hold of all coordinators together is looked at here. */
export type ClusterWatch = CoordinatorWatch & {
  /** It leads, and will go on with the run. */
  readonly began: (who: string, term: number) => void;
  /** It goes on from the state after so many steps. */
  readonly leads: (who: string, step: number) => void;
  /** A lease of this term is on its way. */
  readonly granted: (who: string, term: number) => void;
  /** The state after so many steps was said to be kept. */
  readonly kept: (step: number) => void;
};

/** Planted on purpose, to see whether they would be noticed. */
export type Bugs = {
  /** A leader never looks whether it still is one. */
  readonly grantsBlindly?: boolean;
};

export type SimMemberOptions = {
  readonly world: World;
  readonly simulator: Simulator;
  readonly broker: BrokerModel;
  readonly name: string;
  readonly watch: ClusterWatch;
  readonly bugs: Bugs;
};

/** One life of its process. */
type Process = {
  readonly line: SimBrokerLine;
  readonly leadership: Leadership;
  readonly files: ClusterFiles;
  coordinator: SimCoordinator | null;
  /** Connections of workers that were not let in. */
  readonly links: Set<Link>;
};

export class SimMember implements Host {
  readonly name: string;
  readonly address: string;
  readonly #options: SimMemberOptions;
  #process: Process | null = null;
  #lives = 0;
  #frozenUntil = 0;
  /** The line to the broker is cut, also for the next process. */
  isCut = false;
  losesAnswers = false;
  crashes = 0;

  constructor(options: SimMemberOptions) {
    this.#options = options;
    this.name = options.name;
    this.address = `http://${options.name}`;
  }

  get isFrozen(): boolean {
    return this.#options.world.now < this.#frozenUntil;
  }

  get term(): number | null {
    return this.#process?.leadership.term ?? null;
  }

  get mayAct(): boolean {
    return this.#process?.leadership.mayAct ?? false;
  }

  get coordinator(): SimCoordinator | null {
    return this.#process?.coordinator ?? null;
  }

  /* ── Its life ────────────────────────────────────────────────────────── */

  start(): void {
    if (this.#process !== null) return;
    const { world, broker } = this.#options;
    this.#lives += 1;
    const id = `${this.name}-${this.#lives}`;
    const line = new SimBrokerLine(world, this.#awake);
    line.isCut = this.isCut;
    line.losesAnswers = this.losesAnswers;
    const client = broker.connect(line);
    const leadership: Leadership = new Leadership({
      ...{ broker: client, id, address: this.address, clock: () => world.now },
      events: {
        leads: (record) => {
          own.files.termChanged();
          this.#options.watch.began(id, record.term);
          void this.#lead(own, id, record);
        },
        lost: () => {
          own.files.termChanged();
          own.coordinator?.abandon();
          own.coordinator = null;
        },
      },
    });
    const files = new ClusterFiles({
      ...{ broker: client, root: ROOT, id },
      leading: {
        term: () => leadership.term,
        begins: (runId) => this.#write(leadership, { current: runId }),
        overtaken: () => leadership.overtaken(),
      },
      wait: (ms) => this.#wait(ms),
      onAway: () => {},
    });
    const own: Process = { line, leadership, files, coordinator: null, links: new Set() };
    this.#process = own;
    world.say(this.name, 'starts');
    void this.#beat(own);
    this.#look(own);
  }

  /** The process is gone in this instant. */
  crash(): void {
    const own = this.#process;
    if (own === null) return;
    const { world } = this.#options;
    world.say(this.name, 'crashes');
    this.#process = null;
    this.#frozenUntil = 0;
    this.crashes += 1;
    own.line.isOver = true;
    own.files.close();
    own.coordinator?.crash();
    for (const link of own.links) {
      link.abandon('coordinator');
      link.break({ worker: world.between(0, 50), coordinator: 0 });
    }
  }

  /** Stopped, as by SIGSTOP: its sockets stay, and nothing is done until it is let go on. */
  freeze(ms: number): void {
    const { world } = this.#options;
    world.say(this.name, `freezes for ${ms.toFixed(0)} ms`);
    this.#frozenUntil = Math.max(this.#frozenUntil, world.now + ms);
  }

  /** The line to the broker as it is from now on. */
  lineChanged(): void {
    if (this.#process === null) return;
    Object.assign(this.#process.line, { isCut: this.isCut, losesAnswers: this.losesAnswers });
  }

  readonly #awake = (act: () => void): void => {
    const { world } = this.#options;
    if (!this.isFrozen) return act();
    const process = this.#process;
    world.after(this.#frozenUntil - world.now, () => {
      if (this.#process === process) this.#awake(act);
    });
  };

  #wait(ms: number): Promise<void> {
    const process = this.#process;
    return new Promise((resolve) => {
      this.#options.world.after(ms, () =>
        this.#awake(() => {
          if (this.#process === process) resolve();
        }),
      );
    });
  }

  async #beat(own: Process): Promise<void> {
    while (this.#process === own) await this.#wait(await own.leadership.beat());
  }

  /** Workers that wait in vain for too long are sent on. */
  #look(own: Process): void {
    this.#options.world.after(LOOK_MS, () =>
      this.#awake(() => {
        if (this.#process !== own) return;
        if (own.leadership.inDoubtMs > this.#options.broker.leaseMs) own.coordinator?.sendElsewhere();
        this.#look(own);
      }),
    );
  }

  async #write(leadership: Leadership, change: Partial<ClusterRecord>): Promise<void> {
    for (;;) {
      try {
        return await leadership.write(change);
      } catch (error) {
        if (!(error instanceof BrokerAway)) throw error;
        await this.#wait(200);
      }
    }
  }

  /* ── Leading ─────────────────────────────────────────────────────────── */

  async #lead(own: Process, id: string, { term }: ClusterRecord): Promise<void> {
    const { world, simulator, watch, broker } = this.#options;
    const { leadership, files } = own;
    world.say(this.name, `leads in term ${term}`);
    try {
      await files.take(RUN);
      const kept = await KeptRun.open(files, watch, simulator.bench);
      if (leadership.term !== term || this.#process !== own) return;
      const { leaseMs } = broker;
      const coordinator = new SimCoordinator({
        ...{ world, bench: simulator.bench, probe: simulator.probe, disk: kept, name: this.name },
        watch,
        leading: {
          term,
          addresses: () => leadership.addresses,
          patience: { silenceMs: leaseMs * 1.2, heartbeatMs: leaseMs / 4 },
          mayGrant: () =>
            this.#options.bugs.grantsBlindly === true || (leadership.term === term && leadership.mayAct),
          granted: () => watch.granted(id, term),
          awake: this.#awake,
        },
      });
      own.coordinator = coordinator;
      coordinator.start();
      watch.leads(id, coordinator.life?.driver.state.progress.globalStep ?? 0);
    } catch (error) {
      if (!(error instanceof TermOver)) throw error;
    }
  }

  /* ── Workers ─────────────────────────────────────────────────────────── */

  accept(link: Link, from: string): SimSocket | null {
    const own = this.#process;
    if (own === null) return null;
    // What arrives while the process is stopped lies there until it goes on.
    if (this.isFrozen) this.#hold(link);
    const { coordinator } = own;
    if (coordinator !== null && coordinator.life !== null && own.leadership.mayAct) {
      own.links.add(link);
      return coordinator.accept(link, from);
    }
    const socket = new SimSocket(link);
    const connection = new SocketConnection({
      ...{ id: 0, address: from, socket: socket.asFrameSocket(), limits: DEFAULT_SERVER_LIMITS },
      answerBytesMax: DEFAULT_LIMITS.envelopeBytesMax,
      handlers: {
        hello: (one) => one.end('standby', { type: 'standsBy', leader: null }, own.leadership.addresses),
        message: () => {},
        closed: () => own.links.delete(link),
      },
      now: this.#options.world.now,
    });
    connection.listen(() => this.#options.world.now);
    own.links.add(link);
    return socket;
  }

  /** Called with a freeze: nothing that is open is read. */
  holdLinks(): void {
    for (const link of this.#process?.links ?? []) this.#hold(link);
  }

  #hold(link: Link): void {
    link.hold('coordinator');
    this.#awake(() => link.release('coordinator'));
  }
}

/** What the cluster keeps of the run, as a simulated coordinator reads and writes it. */
class KeptRun implements KeptInSimulation {
  readonly #files: ClusterFiles;
  readonly #watch: ClusterWatch;
  readonly #content: Map<string, Uint8Array>;
  readonly #owner: Parameters<typeof decodeCheckpoint>[1];
  readonly durable: string[] = [];

  private constructor(
    files: ClusterFiles,
    watch: ClusterWatch,
    content: Map<string, Uint8Array>,
    { model, spec }: Workbench,
  ) {
    this.#owner = { model, specSha256: specSha256(spec), kernels: KERNEL_BUILD };
    this.#files = files;
    this.#watch = watch;
    this.#content = content;
  }

  static async open(files: ClusterFiles, watch: ClusterWatch, bench: Workbench): Promise<KeptRun> {
    const content = new Map<string, Uint8Array>();
    for (const name of (await files.list(join(ROOT, RUN))).files) {
      const bytes = await files.read(join(ROOT, RUN, name));
      if (bytes !== null) content.set(name, bytes);
    }
    return new KeptRun(files, watch, content, bench);
  }

  get names(): string[] {
    return [...this.#content.keys()];
  }

  read(file: string): Uint8Array | null {
    return this.#content.get(file) ?? null;
  }

  async write(file: string, content: Uint8Array): Promise<void> {
    await this.#files.replace(join(ROOT, RUN, file), content);
    if (file === 'last') this.#watch.kept(decodeCheckpoint(content, this.#owner).progress.globalStep);
  }

  remove(file: string): Promise<void> {
    return this.#files.remove(join(ROOT, RUN, file));
  }

  crash(): void {}
}
