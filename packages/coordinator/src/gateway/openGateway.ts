/** A gateway as a process has it: sockets on both sides, a clock, and the blocks that it fetches. */
import { randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import {
  type ConnectionFact,
  connectionMessage,
  DEFAULT_LIMITS,
  type Fact,
  KERNEL_BUILD,
  reasonOf,
} from '@shoal/core';
import { pageFolder } from '@shoal/dashboard';
import {
  fetchBlock,
  lending,
  loadBlock,
  nodeChannel,
  type Presence,
  parseJoinUrl,
  SessionShell,
  WORKER_LIMITS,
  type WorkerLimits,
  WorkerSession,
} from '@shoal/worker';
import type { TrustedProxies } from '../access/trustedProxies.ts';
import { Connections } from '../connection/connections.ts';
import type { CoordinatorLimits } from '../limits/limits.ts';
import { GatewayMetrics } from '../outside/gatewayMetrics.ts';
import { Ticker } from '../run/driver/ticker.ts';
import { BLOCKS_PATH } from '../run/preparation/dataBlocks.ts';
import { listen } from '../server/listen.ts';
import { type MetricsAccess, routeMetrics } from '../server/metricsRoute.ts';
import { Outbox } from '../server/outbox.ts';
import { Pages } from '../server/pages.ts';
import { readPublicUrl } from '../server/publicUrl.ts';
import { Rejections } from '../server/rejections.ts';
import { CoordinatorServer } from '../server/server.ts';
import type { TlsIdentity } from '../server/tlsFiles.ts';
import { CoordinatorAddresses } from '../service/coordinatorAddresses.ts';
import { packageVersion } from '../version.ts';
import { Gateway } from './gateway.ts';
import { gatewayFigures } from './gatewayFigures.ts';
import { routeGateway } from './gatewayRoutes.ts';
import { guestAccess } from './guestAccess.ts';
import { computeProbe } from './probeResult.ts';

/** Tried first; another free port is taken when it is in use. */
const DEFAULT_PORT = 7466;
const CLOSE_GRACE_MS = 3_000;
const LOOK_MS = 1_000;
/** Of what it may hold in all, for the data set. */
const BLOCKS_PART = 1 / 4;

export type OpenGatewayOptions = {
  /** The coordinator's link for gateways, or that of a gateway with such a token. */
  readonly link: string;
  /** Wins over the one in the link; null to take that. */
  readonly token: string | null;
  readonly name: string;
  readonly host: string;
  /** Null: the usual one, else any free one. */
  readonly port: number | null;
  /** How others reach this machine, when it is not by its own address. */
  readonly publicUrl: string | null;
  /** Where else workers may go when it is gone, beside the coordinator. */
  readonly otherAddresses: readonly string[];
  readonly tls: TlsIdentity | null;
  readonly limits: CoordinatorLimits;
  readonly allowOrigins: readonly string[];
  readonly proxies: TrustedProxies;
  /** Who may read its metrics beside those who have joined. */
  readonly metrics: MetricsAccess;
  /** What it may hold, in bytes; half of the machine's memory when null. */
  readonly memoryBytesMax: number | null;
  readonly log: (level: 'info' | 'warn', sentence: string, fact: ConnectionFact) => void;
  /** Of those below: limits that were reached, pages that were refused. */
  readonly notice: (...facts: readonly Fact[]) => void;
};

export type OpenGateway = {
  readonly addresses: CoordinatorAddresses;
  readonly gateway: Gateway;
  readonly presence: () => Presence;
  /** Resolves when the coordinator has nothing more to do for it, or `leave` was asked for. Everything is closed then. */
  readonly ended: Promise<{ readonly exitCode: 0 | 1 | 2; readonly message: string }>;
  leave(signal: NodeJS.Signals): void;
};

/** @throws JoinUrlError for what is no link, UserError when the address cannot be listened on */
export async function openGateway(options: OpenGatewayOptions): Promise<OpenGateway> {
  const { host, tls, limits, proxies, allowOrigins } = options;
  const { origin, basePath, token } = parseJoinUrl(options.link, options.token);
  const named = options.publicUrl === null ? null : readPublicUrl(options.publicUrl);
  const publicUrl = named === null ? null : named.origin + named.basePath;
  const memoryBytesMax = options.memoryBytesMax ?? Math.floor(totalmem() / 2);
  const workerLimits: WorkerLimits = {
    ...WORKER_LIMITS,
    memoryBytesMax,
    // The coordinator says how many it may hold.
    leasesHeldMax: Number.MAX_SAFE_INTEGER,
  };
  const clock = (): number => performance.now();
  const pages = await Pages.read(pageFolder);
  const listening = await listen({
    ...{ host, port: options.port, keptPort: null, preferredPort: DEFAULT_PORT, tls, limits: limits.server },
  });
  const addresses = new CoordinatorAddresses({ host, port: listening.port, publicUrl, isTls: tls !== null });
  const session = new WorkerSession({
    ...{ address: origin + basePath, token, credential: null, identity: randomUUID() },
    name: options.name.slice(0, 64),
    agent: `node ${process.versions.node} ${process.platform}`,
    engines: ['wasm-strict'],
    kernels: KERNEL_BUILD,
    ...{ threads: 0, sharesData: false, lending, follows: true },
    ...{ protocolLimits: DEFAULT_LIMITS, workerLimits },
  });
  const shell: SessionShell = new SessionShell({
    session,
    openChannel: nodeChannel(workerLimits),
    slots: () => {
      throw new Error('A gateway computes nothing itself.');
    },
    data: { type: 'blocks', fetch: () => Promise.reject(new Error('A gateway needs no samples.')) },
    relay: (what) => gateway.relayed(what),
    observer: {
      log: (level, fact) => options.log(level, connectionMessage(fact), fact),
      sent: () => {},
      received: () => {},
      slotDied: () => {},
      show: (standing) => gateway.standing(standing),
    },
    workerLimits,
  });
  const closing = new AbortController();
  const gateway: Gateway = new Gateway({
    session,
    say: (message, ends) => shell.say(message, ends),
    computeProbe: (message, done) => {
      if (session.run === null) return;
      computeProbe(message, session.run).then(done, (error: Error) => {
        const why = reasonOf(error);
        options.log('warn', `The probe cannot be computed: ${why}`, { type: 'dataNotFetched', why });
      });
    },
    bringBlock: ({ index }, block) =>
      loadBlock({
        ...{ index, block, jitter: Math.random, limits: DEFAULT_LIMITS },
        fetchBlock: () =>
          fetchBlock(block, {
            ...{ address: session.address, blocksPath: BLOCKS_PATH, token },
            ...{ silenceMs: WORKER_LIMITS.blockSilenceMs, onBytes: () => {}, signal: closing.signal },
          }),
        wait: (ms) => wait(ms, closing.signal),
        log: (level, fact) => options.log(level, connectionMessage(fact), fact),
      }),
    blockBytesMax: Math.floor(memoryBytesMax * BLOCKS_PART),
    ownAddresses: () => (publicUrl === null ? addresses.all : [publicUrl]),
    otherAddresses: () => options.otherAddresses,
    limits: limits.server,
    scheduling: limits.scheduling,
    onChange: () => {},
    clock,
  });
  const connections = new Connections(clock());
  const access = guestAccess((shown) => gateway.knows(shown));
  const outbox = new Outbox({ limits: limits.server, access, clock });
  const rejections = new Rejections();
  const metrics = new GatewayMetrics(packageVersion(), () =>
    gatewayFigures({ gateway, connections, rejections }),
  );
  const server = new CoordinatorServer({
    ...{ listening, connections, limits: limits.server, proxies, clock, notice: options.notice },
    frameBytesMax: () => gateway.run?.frameBytesMax ?? limits.server.helloBytesMax,
    allowOrigins: named === null ? allowOrigins : [...allowOrigins, named.origin],
    basePath: named?.basePath ?? '',
    rejected: rejections.count,
    routes: (app, visitorOf) => {
      const guard = { access, visitorOf, outbox };
      routeMetrics(app, { ...guard, metrics, metricsAccess: options.metrics });
      routeGateway(app, { ...guard, gateway, pages });
    },
    upgrades: new Map(),
    handlers: gateway,
  });
  const ticker = new Ticker();
  ticker.start((lagMs, busyMs) => gateway.tick(lagMs, busyMs));
  const looking = setInterval(() => outbox.beat(), LOOK_MS);
  const run = async () => {
    const { exitCode, fact } = await shell.run();
    closing.abort();
    ticker.stop();
    clearInterval(looking);
    const isFinished = fact.type === 'coordinatorSaid' && fact.code === 'finished';
    if (isFinished) gateway.end('finished', { type: 'coordinatorEnded' });
    else gateway.end('shutdown', { type: 'gatewayEnded' });
    await server.close(CLOSE_GRACE_MS);
    return { exitCode, message: connectionMessage(fact) };
  };
  return {
    addresses,
    gateway,
    presence: () => session.presence,
    ended: run(),
    leave: (signal) => shell.leave({ type: 'toldToStop', signal }),
  };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
