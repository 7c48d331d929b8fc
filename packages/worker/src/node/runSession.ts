/** A session of a worker in Node.js, from its start to its end, over whatever channel and data it is given. */
import { randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import {
  type ConnectionFact,
  connectionMessage,
  DEFAULT_LIMITS,
  type EngineName,
  KERNEL_BUILD,
} from '@shoal/core';
import { WORKER_LIMITS, type WorkerLimits } from '../limits.ts';
import { type Presence, WorkerSession } from '../session/session.ts';
import type { ChannelFactory } from '../shell/channel.ts';
import { type DataPort, type SessionOutcome, SessionShell } from '../shell/sessionShell.ts';
import type { SlotFactory } from '../shell/slots.ts';
import { type FaultSwitch, faultySlots } from './faults.ts';
import { nodeEngines } from './nodeEngines.ts';
import { enableRelaxedSimd } from './relaxedSimd.ts';

/** `message` is one sentence that says how it ended; `fact` says the same, and is null where the worker was not set up. */
export type WorkerOutcome = Omit<SessionOutcome, 'fact'> & {
  readonly message: string;
  readonly fact: SessionOutcome['fact'] | null;
};

export type WhoAndHow = {
  /** Slots: at least 1. */
  readonly threads: number;
  /** How people see this worker; at most 64 characters are kept. */
  readonly name: string;
  /** `sentence` says `fact` in English. */
  readonly log: (level: 'info' | 'warn', sentence: string, fact: ConnectionFact) => void;
  /** On any of these the worker leaves in good order. */
  readonly signals: readonly NodeJS.Signals[];
  /** Called every second with what the worker does: a sign that it is not stuck. */
  readonly onTick?: (presence: Presence) => void;
  /** Who it is over reconnects; drawn when not given. */
  readonly identity?: string;
  /** The one engine to offer; all of this machine when not given, but for a graphics processor. */
  readonly engine?: EngineName;
  /** Faults that it is told to have; none when not given. */
  readonly faults?: FaultSwitch;
  /** What a coordinator may make it hold, in bytes; half of the machine's memory when not given. */
  readonly memoryBytesMax?: number;
};

export type WhereTo = {
  /** Where the coordinator is, as people know it: for sentences. */
  readonly address: string;
  readonly token: string;
  readonly openChannel: (limits: WorkerLimits) => ChannelFactory;
  readonly dataOf: (limits: WorkerLimits) => DataPort;
  readonly slots: SlotFactory;
};

/** Never rejects for what the network or the person does: that is an outcome with a sentence. */
export async function runSession(options: WhoAndHow, where: WhereTo): Promise<WorkerOutcome> {
  const { threads, name, log, signals, faults, identity = randomUUID() } = options;
  const memoryBytesMax = options.memoryBytesMax ?? halfOfMemory();
  const limits: WorkerLimits = {
    ...WORKER_LIMITS,
    memoryBytesMax,
    // Room for a vector of the largest model that is taken, which is needed several times, and for what goes with it.
    frameBytesMax: Math.min(
      WORKER_LIMITS.frameBytesMax,
      memoryBytesMax / 4 + DEFAULT_LIMITS.envelopeBytesMax,
    ),
  };
  enableRelaxedSimd();
  const data = where.dataOf(limits);
  const session = new WorkerSession({
    address: where.address,
    token: where.token,
    credential: null,
    identity,
    name: name.slice(0, 64),
    agent: `node ${process.versions.node} ${process.platform}`,
    engines: options.engine === undefined ? (await nodeEngines()).map((one) => one.name) : [options.engine],
    kernels: KERNEL_BUILD,
    threads,
    sharesData: data.type === 'shared',
    lending: null,
    follows: false,
    protocolLimits: DEFAULT_LIMITS,
    workerLimits: limits,
  });
  const nobody = (): void => {};
  const shell = new SessionShell({
    session,
    openChannel: where.openChannel(limits),
    slots: faults === undefined ? where.slots : faultySlots(where.slots, faults),
    data,
    observer: {
      log: (level, fact) => log(level, connectionMessage(fact), fact),
      sent: nobody,
      received: nobody,
      slotDied: nobody,
      show: nobody,
    },
    workerLimits: limits,
  });
  faults?.onChange((fault) => (fault === 'frozen' ? shell.freeze() : shell.thaw()));
  const onSignal = (signal: NodeJS.Signals): void => shell.leave({ type: 'toldToStop', signal });
  for (const signal of signals) process.on(signal, onSignal);
  const ticks = setInterval(() => options.onTick?.(session.presence), WORKER_LIMITS.tickMs);
  try {
    const { exitCode, fact, why } = await shell.run();
    return { exitCode, message: connectionMessage(fact), fact, why };
  } finally {
    clearInterval(ticks);
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** Of what this process may have, where a container leaves it less than the machine has. */
function halfOfMemory(): number {
  const machine = totalmem();
  const allowed = process.constrainedMemory?.() ?? 0;
  return Math.floor((allowed > 0 && allowed < machine ? allowed : machine) / 2);
}
