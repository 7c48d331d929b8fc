/** One coordinator of a simulated cluster: the real leadership and kept files, and a simulated run while it leads. */
import {
  BrokerAway,
  type BrokerModel,
  ClusterFiles,
  type ClusterRecord,
  Leadership,
  TermOver,
} from '@shoal/coordinator/simulation';
import { type DataSet, reasonOf } from '@shoal/core';
import type { Link } from '../link.ts';
import type { Host } from '../network.ts';
import { probeOfRun } from '../probing.ts';
import { type CoordinatorWatch, SimCoordinator } from '../simCoordinator.ts';
import type { SimSocket } from '../simSocket.ts';
import type { Simulator } from '../simulate.ts';
import type { World } from '../world.ts';
import { SimBrokerLine } from './brokerLines.ts';
import { KeptRun, ROOT, RUN } from './keptRun.ts';
import { Reception } from './reception.ts';

const LOOK_MS = 500;
/** As long as the real one leaves a run to others that it cannot go on with. */
const RESIGNED_MS = 30_000;

/** What must hold of all coordinators together is looked at here. */
export type ClusterWatch = CoordinatorWatch & {
  /** It leads, and will go on with the run. */
  readonly began: (who: string, term: number) => void;
  /** It goes on, as the leader of this term, from the state after so many steps. */
  readonly leads: (who: string, term: number, step: number) => void;
  /** A lease of this term is on its way. */
  readonly granted: (who: string, term: number) => void;
  /** The state after so many steps was said to be kept. */
  readonly kept: (step: number) => void;
};

/** Planted on purpose, to see whether they would be noticed. */
export type Bugs = {
  /** A leader never looks whether it still is one. */
  readonly grantsBlindly?: boolean;
  /** Samples that were moved into the run's order are moved once more at each further leading. */
  readonly movesAgain?: boolean;
  /** Whoever has led once stands by for ever afterwards. */
  readonly standsBy?: boolean;
};

export type SimMemberOptions = {
  readonly world: World;
  readonly simulator: Simulator;
  readonly broker: BrokerModel;
  readonly name: string;
  readonly watch: ClusterWatch;
  readonly bugs: Bugs;
  /** Of a file's content, what lies in the run's record itself; null for the usual. */
  readonly inlineBytesMax: number | null;
  /** Contents take long on their way to the broker. */
  readonly hasSlowLine: boolean;
};

/** One life of its process. */
type Process = {
  readonly line: SimBrokerLine;
  readonly leadership: Leadership;
  readonly files: ClusterFiles;
  coordinator: SimCoordinator | null;
  readonly reception: Reception;
  /** Read when it was needed first, and handed out each time it leads, as a process keeps it. */
  data: DataSet | null;
  /** The addresses that workers were told last. */
  addresses: string;
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
  #hasLed = false;

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
    const { world, broker, simulator, inlineBytesMax, hasSlowLine } = this.#options;
    this.#lives += 1;
    const id = `${this.name}-${this.#lives}`;
    const line = new SimBrokerLine(world, this.#awake, hasSlowLine);
    line.isCut = this.isCut;
    line.losesAnswers = this.losesAnswers;
    const client = broker.connect(line);
    const leadership: Leadership = new Leadership({
      ...{ broker: client, id, address: this.address, clock: () => world.now },
      events: {
        leads: (record) => {
          this.#hasLed = true;
          own.files.termChanged();
          this.#options.watch.began(id, record.term);
          void this.#lead(own, id, record);
        },
        lost: () => {
          own.files.termChanged();
          own.coordinator?.abandon();
          own.coordinator = null;
          this.#standBy(leadership);
        },
      },
    });
    const files = new ClusterFiles({
      ...{ broker: client, root: ROOT, id },
      leading: {
        term: () => leadership.term,
        begins: (runId, term) => this.#write(leadership, { current: runId }, term),
        overtaken: () => leadership.overtaken(),
      },
      wait: (ms) => this.#wait(ms),
      onAway: () => {},
      ...(inlineBytesMax !== null && { inlineBytesMax }),
    });
    const reception = new Reception({
      ...{ world, leadership, awake: this.#awake, vectorLength: simulator.bench.model.vectorLength },
      coordinator: () => own.coordinator,
    });
    const own: Process = {
      ...{ line, leadership, files, reception, coordinator: null, data: null, addresses: '' },
    };
    this.#process = own;
    world.say(this.name, 'starts');
    this.#standBy(leadership);
    void this.#beat(own);
    this.#look(own);
    this.#ping(own);
  }

  /** As planted: for ever. */
  #standBy(leadership: Leadership): void {
    const isOver = this.#options.bugs.standsBy === true && this.#hasLed;
    if (isOver) void leadership.resign(Number.POSITIVE_INFINITY);
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
    own.reception.door.crash(50);
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

  /** Workers that wait in vain for too long are sent on; all are told of coordinators that come and go. */
  #look(own: Process): void {
    this.#options.world.after(LOOK_MS, () =>
      this.#awake(() => {
        if (this.#process !== own) return;
        const { leadership, coordinator } = own;
        if (leadership.inDoubtMs > this.#options.broker.leaseMs) coordinator?.sendElsewhere();
        const addresses = leadership.addresses.join(' ');
        if (addresses !== own.addresses) coordinator?.coordinatorsChanged();
        own.addresses = addresses;
        this.#look(own);
      }),
    );
  }

  #ping(own: Process): void {
    this.#options.world.after(this.#heartbeatMs, () =>
      this.#awake(() => {
        if (this.#process !== own) return;
        own.reception.door.beat();
        this.#ping(own);
      }),
    );
  }

  get #heartbeatMs(): number {
    return this.#options.broker.leaseMs / 4;
  }

  async #write(leadership: Leadership, change: Partial<ClusterRecord>, term: number): Promise<void> {
    for (;;) {
      try {
        return await leadership.write(change, term);
      } catch (error) {
        if (!(error instanceof BrokerAway)) throw error;
        await this.#wait(200);
      }
    }
  }

  /* ── Leading ─────────────────────────────────────────────────────────── */

  async #lead(own: Process, id: string, { term }: ClusterRecord): Promise<void> {
    const { world, simulator, watch, broker, bugs } = this.#options;
    const { leadership, files } = own;
    world.say(this.name, `leads in term ${term}`);
    try {
      await files.take(RUN, term);
      const kept = await KeptRun.open(files.inTerm(term), watch.kept, simulator.bench);
      if (leadership.term !== term || this.#process !== own) return;
      const { leaseMs } = broker;
      const { bench } = simulator;
      own.data ??= bench.read();
      if (bugs.movesAgain === true) own.data = structuredClone(own.data);
      const run = bench.prepare(term, own.data);
      const coordinator = new SimCoordinator({
        ...{ world, bench, disk: kept, name: this.name, watch },
        run: () => run,
        probe: probeOfRun(bench, run),
        leading: {
          term,
          addresses: () => leadership.addresses,
          patience: { silenceMs: leaseMs * 1.2, heartbeatMs: this.#heartbeatMs },
          mayGrant: () => bugs.grantsBlindly === true || (leadership.term === term && leadership.mayAct),
          granted: () => watch.granted(id, term),
          awake: this.#awake,
        },
      });
      own.coordinator = coordinator;
      coordinator.start();
      own.reception.open();
      watch.leads(id, term, coordinator.life?.driver.state.progress.globalStep ?? 0);
    } catch (error) {
      if (error instanceof TermOver || leadership.term !== term || this.#process !== own) return;
      world.say(this.name, `cannot go on with the run: ${reasonOf(error)}`);
      await leadership.resign(RESIGNED_MS);
    }
  }

  /* ── Whoever connects ────────────────────────────────────────────────── */

  accept(link: Link, from: string): SimSocket | null {
    const own = this.#process;
    if (own === null) return null;
    // What arrives while the process is stopped lies there until it goes on.
    if (this.isFrozen) this.#hold(link);
    return own.reception.accept(link, from);
  }

  block(sha256: string): Uint8Array | null {
    return this.isFrozen ? null : (this.coordinator?.block(sha256) ?? null);
  }

  /** Called with a freeze: nothing that is open is read. */
  holdLinks(): void {
    for (const link of this.#process?.reception.door.links ?? []) this.#hold(link);
  }

  #hold(link: Link): void {
    link.hold('coordinator');
    this.#awake(() => link.release('coordinator'));
  }
}
