/**
 * A gateway: a worker's session above, a coordinator's connections below, and between them what is handed on. It keeps
 * no clock, socket or thread; whoever runs it does, or a simulation.
 */
import {
  ADDRESSES_MAX,
  type ByeName,
  type Crew,
  type DepartureFact,
  type Dismissed,
  type FactOf,
  type Hello,
  type LeaseMessage,
  type ProtocolLimits,
  type Standing,
  type ToldFact,
  type Vouched,
  type Welcome,
  type WorkerSaying,
} from '@shoal/core';
import type { Relayed, WorkerSession } from '@shoal/worker';
import { type ConnectionHandlers, outgoing, type WorkerConnection } from '../connection/workerConnection.ts';
import type { SchedulingLimits } from '../transition/model/facts.ts';
import { crewOf, isNews } from './crewOf.ts';
import { GatewayRun } from './gatewayRun.ts';
import { Guests } from './guests.ts';
import { type BringBlock, KeptBlocks } from './keptBlocks.ts';
import type { ProbeResult } from './probeResult.ts';

/** Without a coordinator for so long, those below are told to look elsewhere. */
const ALONE_MS = 15_000;
/** What hangs below is told no more often than this, and looked at for news as often. */
const CREW_MS = 1_000;

export type GatewayOptions = {
  readonly session: Pick<WorkerSession, 'run' | 'address' | 'presence'>;
  /** To the coordinator; `ends` is the lease that is over with it. */
  readonly say: (message: WorkerSaying, ends: number | null) => void;
  /** Computes what every worker is asked first; `done` may be called at once. */
  readonly computeProbe: (message: LeaseMessage, done: (result: ProbeResult) => void) => void;
  readonly bringBlock: BringBlock;
  readonly blockBytesMax: number;
  /** How those below reach this gateway, and where else workers may go when it is gone. */
  readonly ownAddresses: () => readonly string[];
  readonly otherAddresses: () => readonly string[];
  readonly limits: ProtocolLimits;
  readonly scheduling: SchedulingLimits;
  /** Whoever came or went. */
  readonly onChange: () => void;
  readonly clock: () => number;
};

type Farewell = { readonly code: ByeName; readonly why: DepartureFact };

const NO_RUN: Farewell = { code: 'betweenRuns', why: { type: 'noRunGoing' } };
const ALONE: Farewell = { code: 'shutdown', why: { type: 'gatewayAlone' } };

export class Gateway implements ConnectionHandlers {
  readonly #options: GatewayOptions;
  readonly #guests: Guests;
  #welcome: Welcome | null = null;
  /** Where coordinators that may lead are, as was said last. */
  #above: readonly string[] = [];
  /** The run that is joined or was last; whoever hangs below stays over a lost connection. */
  #run: GatewayRun | null = null;
  #key = '';
  #isJoined = false;
  /** Since when there is no coordinator that has a run or waits for one; null while there is. */
  #aloneSince: number | null;
  #crew: Crew | null = null;
  #crewAt = Number.NEGATIVE_INFINITY;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#aloneSince = options.clock();
    this.#guests = new Guests({
      say: (message) => {
        if (this.#isJoined) options.say(message, null);
      },
      welcome: (connection, hello, vouched) => this.#letIn(connection, hello, vouched),
      dismiss: (connection, dismissed) => connection.end(dismissed.code, whyOf(dismissed)),
      pass: (connection, message) => connection.send(outgoing(message)),
    });
  }

  /* ── From above ──────────────────────────────────────────────────────── */

  readonly relayed = (what: Relayed): void => {
    switch (what.type) {
      case 'joined':
        return this.#joined(what.welcome);
      case 'lost':
        return this.#lost(what.bye);
      case 'lent':
        if (what.message.task === 'probe') return this.#probe(what.message);
        return this.#run?.driver.lent(what.message);
      case 'recalled':
        return this.#run?.driver.recalled(what.lease);
      case 'parameters':
        return this.#run?.driver.received(what.message);
      case 'counted':
        return this.#run?.driver.counted();
      case 'coordinators':
        return this.#hearOfCoordinators(what.addresses);
      case 'told':
        this.#guests.told(what.message);
        return this.#lookAtCrew();
    }
  };

  standing(standing: Standing): void {
    this.#run?.driver.toldStanding(standing);
  }

  #joined(welcome: Welcome): void {
    const run = this.#options.session.run;
    if (run === null) return;
    const key = `${welcome.runId} ${run.key} ${run.dataKey}`;
    if (key !== this.#key) this.#endAll(NO_RUN);
    this.#welcome = welcome;
    this.#isJoined = true;
    this.#aloneSince = null;
    this.#crew = null;
    if (key !== this.#key) this.#run = null;
    this.#key = key;
    this.#hearOfCoordinators(welcome.addresses);
    this.#guests.announceAll();
  }

  /** Those below go there when this gateway is gone. */
  #hearOfCoordinators(addresses: readonly string[]): void {
    if (addresses.join(' ') === this.#above.join(' ')) return;
    this.#above = addresses;
    this.#run?.registry.tellCoordinators();
  }

  #lost(bye: FactOf<'coordinatorSaid'> | null): void {
    this.#isJoined = false;
    this.#crew = null;
    this.#aloneSince ??= this.#options.clock();
    this.#run?.driver.lost();
    // Told by the coordinator that there is nothing more to do: so are those below.
    if (bye?.code === 'finished' || bye?.code === 'betweenRuns') {
      this.#endAll({ code: bye.code, why: whyOf(bye) });
    }
  }

  /** The answer is what those below are held to as well. */
  #probe(message: LeaseMessage): void {
    const key = this.#key;
    this.#options.computeProbe(message, ({ partial, answer }) => {
      if (key !== this.#key || !this.#isJoined) return;
      this.#run ??= this.#open({ message, answer });
      this.#options.say({ ...partial, by: new Uint8Array(0) }, message.lease);
      this.#lookAtCrew();
    });
  }

  #open(probe: ConstructorParameters<typeof GatewayRun>[0]['probe']): GatewayRun {
    const { session, say, bringBlock, blockBytesMax, ownAddresses, otherAddresses, ...rest } = this.#options;
    const run = session.run;
    if (run === null) throw new Error('A run was joined that the session does not know.');
    const welcome = (): Welcome => this.#welcome as Welcome;
    return new GatewayRun({
      ...{ spec: run.spec, model: run.model, welcome, probe, guests: this.#guests, say },
      ...{ limits: rest.limits, scheduling: rest.scheduling, clock: rest.clock, onChange: rest.onChange },
      blocks: new KeptBlocks(run.manifests, blockBytesMax, bringBlock),
      addresses: (forGateway) =>
        [
          ...new Set([
            ...ownAddresses(),
            ...(forGateway ? [] : otherAddresses()),
            ...this.#above,
            session.address,
          ]),
        ].slice(0, ADDRESSES_MAX),
      parameters: (version) => session.run?.parameters(version) ?? null,
      onCrew: () => this.#lookAtCrew(),
    });
  }

  /* ── From below ──────────────────────────────────────────────────────── */

  readonly hello = (connection: WorkerConnection, hello: Hello): void => {
    const isWide = connection.answerBytesMax >= (this.#run?.frameBytesMax ?? 0);
    if (this.#isJoined && this.#run !== null && isWide) return this.#guests.arrived(connection, hello);
    const { code, why } = this.#isAlone ? ALONE : NO_RUN;
    connection.end(code, why);
  };

  readonly message = (connection: WorkerConnection, message: Exclude<WorkerSaying, Hello>): void => {
    const run = this.#run;
    if (run === null) return;
    const isGuest = message.type === 'guest' || message.type === 'guestGone';
    if (!isGuest) return run.registry.message(connection, message);
    if (!run.registry.isGateway(connection.id)) {
      const detail = 'Only a gateway says whom it stands for.';
      return connection.end('badMessage', { type: 'messageMalformed', detail });
    }
    if (message.type === 'guest') this.#guests.announced(connection, message);
    else this.#guests.gone(connection, message.guest);
  };

  readonly closed = (connection: WorkerConnection, why: DepartureFact): void => {
    this.#run?.registry.closed(connection, why);
    this.#guests.closed(connection);
  };

  #letIn(connection: WorkerConnection, hello: Hello, { identity, credential }: Vouched): void {
    if (connection.isOver || this.#run === null) return;
    const isGateway = hello.gateway === true;
    this.#run.registry.hello(connection, hello, {
      ...{ identity, isGateway, credential: credential ?? null },
      isLocal: false,
      belief: 'believed',
    });
  }

  /** Whoever shows it may read the data set. */
  knows(token: string): boolean {
    return this.#guests.isKnown(token);
  }

  /** Of the run at hand; null before the first. */
  get run(): Pick<GatewayRun, 'blocks' | 'frameBytesMax' | 'registry' | 'driver' | 'vectors'> | null {
    return this.#run;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  /* ── Time, and the end ───────────────────────────────────────────────── */

  tick(lagMs: number, busyMs: number): void {
    this.#run?.driver.tick(lagMs, busyMs);
    this.#lookAtCrew();
    if (this.#options.session.presence === 'between runs') this.#aloneSince = null;
    else if (!this.#isJoined) this.#aloneSince ??= this.#options.clock();
    if (this.#isAlone) this.#endAll(ALONE);
  }

  get #isAlone(): boolean {
    return this.#aloneSince !== null && this.#options.clock() - this.#aloneSince > ALONE_MS;
  }

  /** The process ends: those below may find another address. */
  end(code: ByeName, why: DepartureFact): void {
    this.#endAll({ code, why });
  }

  #endAll({ code, why }: Farewell): void {
    for (const { connection } of [...(this.#run?.registry.registered.values() ?? [])]) {
      connection.end(code, why);
    }
  }

  #lookAtCrew(): void {
    const run = this.#run;
    if (run === null || !this.#isJoined) return;
    const now = this.#options.clock();
    const wasEmpty = this.#crew === null || this.#crew.workers === 0;
    if (!wasEmpty && now - this.#crewAt < CREW_MS) return;
    const crew = crewOf(run.driver.state, run.registry.registered);
    // Until the coordinator has vouched for everybody, nobody's work could be put down to them.
    const told = this.#guests.isWaiting && wasEmpty ? NOBODY : crew;
    if (!isNews(this.#crew, told)) return;
    this.#crew = told;
    this.#crewAt = now;
    this.#options.say(told, null);
  }
}

const NOBODY: Crew = { type: 'crew', workers: 0, threads: 0, speed: 0, below: [] };

/** As the coordinator has said it. */
function whyOf({ message, fact }: Pick<Dismissed, 'message' | 'fact'>): DepartureFact {
  return fact !== undefined && typeof (fact as ToldFact).type === 'string'
    ? (fact as unknown as DepartureFact)
    : { type: 'text', text: message };
}
