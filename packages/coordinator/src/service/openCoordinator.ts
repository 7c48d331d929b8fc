/** Opens a coordinator: its server with the pages, the HTTP interface and the feed, and its local workers, wired together. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { canonicalJson, type RunSpec, sentences, WATCH_PATH } from '@shoal/core';
import { pageFolder } from '@shoal/dashboard';
import { pino } from 'pino';
import type { Access } from '../access/access.ts';
import { TrustedProxies } from '../access/trustedProxies.ts';
import type { ClusterMember } from '../cluster/member.ts';
import { Connections } from '../connection/connections.ts';
import { MemoryConnection } from '../connection/memoryConnection.ts';
import { diskFiles } from '../files/diskFiles.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import { type CoordinatorLimits, DEFAULT_COORDINATOR_LIMITS } from '../limits/limits.ts';
import { NewsStream } from '../news/news.ts';
import { CoordinatorMetrics } from '../outside/coordinatorMetrics.ts';
import { Webhooks, type WebhooksOptions } from '../outside/webhooks.ts';
import { LocalWorkers } from '../run/local/localWorkers.ts';
import { BLOCKS_PATH } from '../run/preparation/dataBlocks.ts';
import { frameBytesMax } from '../run/preparation/prepare.ts';
import { routeApi } from '../server/api.ts';
import { listen } from '../server/listen.ts';
import { type MetricsAccess, NO_METRICS_ACCESS, routeMetrics } from '../server/metricsRoute.ts';
import { Outbox } from '../server/outbox.ts';
import { PageErrors } from '../server/pageErrors.ts';
import { Pages } from '../server/pages.ts';
import { readPublicUrl } from '../server/publicUrl.ts';
import { Rejections } from '../server/rejections.ts';
import { CoordinatorServer } from '../server/server.ts';
import type { TlsIdentity } from '../server/tlsFiles.ts';
import { WatchFeed } from '../server/watchFeed.ts';
import { jsonLog, type LogStream } from '../terminal/logStream.ts';
import { err } from '../terminal/terminal.ts';
import { Coordinator, HEARTBEATS } from './coordinator.ts';
import { CoordinatorAddresses, type Links } from './coordinatorAddresses.ts';
import type { DataSource } from './dataCache.ts';
import { EventLog } from './eventLog.ts';
import { liveFigures } from './liveFigures.ts';
import { Reception } from './reception.ts';
import { RunService } from './runService.ts';

/** Tried first; another free port is taken when it is in use. */
export const DEFAULT_PORT = 7465;
const CLOSE_GRACE_MS = 3_000;
/** How long the process stays for what webhooks have not been told yet. */
const WEBHOOKS_GRACE_MS = 5_000;
/** How often tokens that have expired and readers that are too slow are looked for. */
const LOOK_MS = 1_000;

/** How a coordinator meets the network. */
export type NetworkOptions = {
  readonly limits: CoordinatorLimits;
  /** Origins whose pages may connect, beside the coordinator's own. */
  readonly allowOrigins: readonly string[];
  /** Whose `X-Forwarded-For` and `X-Forwarded-Host` are believed. */
  readonly proxies: TrustedProxies;
};

const DEFAULT_NETWORK: NetworkOptions = {
  limits: DEFAULT_COORDINATOR_LIMITS,
  allowOrigins: [],
  proxies: TrustedProxies.none,
};

export type OpenCoordinatorOptions = {
  /** The folder that holds runs, one folder each. */
  readonly runsFolder: string;
  /** Where that folder lies; absent: on this machine's disk. */
  readonly files?: KeptFiles;
  readonly access: Access;
  readonly host: string;
  /** Null: the kept one, else the usual one, else any free one. */
  readonly port: number | null;
  /** The port that workers know from before; null without. */
  readonly keptPort: number | null;
  /** How others reach this machine, when it is not by its own address. */
  readonly publicUrl: string | null;
  /** Null: plain http. */
  readonly tls: TlsIdentity | null;
  /** Who invites others, as they are told; absent where nothing is said. */
  readonly by?: string | null;
  readonly data: DataSource;
  readonly staysOpen: boolean;
  /** The run that is about to be opened, so that workers can be let in without coming again; null without. */
  readonly spec: RunSpec | null;
  readonly threadsPerWorker: number;
  /** The pace that runs begin with, in steps a second; absent: as fast as can be. */
  readonly stepsPerSecond?: number | null;
  readonly logLevel: string;
  /** Absent: to stderr, as JSON lines. */
  readonly logTo?: LogStream;
  /** Absent: the usual limits, no other origin, no proxy. */
  readonly network?: NetworkOptions;
  /** Who may read its metrics beside those who may watch; absent: nobody. */
  readonly metrics?: MetricsAccess;
  /** Which addresses are told of events, and the secret by which they know from whom it comes; absent: none. */
  readonly webhooks?: Pick<WebhooksOptions, 'urls' | 'secret'>;
  /** Whether the curves of runs are written for TensorBoard as well; absent: they are. */
  readonly tensorBoard?: boolean;
  /** The cluster that it is one of; absent: it is alone. */
  readonly cluster?: ClusterMember;
};

export type OpenCoordinator = {
  readonly coordinator: Coordinator;
  /** What pages ask for, and programs of this process may. */
  readonly service: RunService;
  /** What is told while it lives. */
  readonly news: NewsStream;
  readonly access: Access;
  readonly locals: LocalWorkers;
  readonly addresses: CoordinatorAddresses;
  readonly links: Links;
  readonly port: number;
  /** Bytes of all messages to and from workers so far. */
  traffic(): { readonly sent: number; readonly received: number };
  /** Stops serving; idempotent. A run that goes on is broken off as by a crash. */
  close(): Promise<void>;
};

/** Workers of a cluster hear from their coordinator more often, so that they know soon when it is gone. */
function limitsIn(cluster: ClusterMember | null, limits: CoordinatorLimits): CoordinatorLimits {
  if (cluster === null) return limits;
  const { server } = limits;
  const heartbeatMs = Math.min(server.heartbeatMs, Math.ceil(cluster.leaseMs / HEARTBEATS));
  return { ...limits, server: { ...server, heartbeatMs } };
}

/** @throws UserError when the address cannot be listened on, or the public address is none */
export async function openCoordinator(options: OpenCoordinatorOptions): Promise<OpenCoordinator> {
  const { access, host, tls, runsFolder, files = diskFiles, data, staysOpen, spec } = options;
  const named = options.publicUrl === null ? null : readPublicUrl(options.publicUrl);
  const publicUrl = named === null ? null : named.origin + named.basePath;
  const { allowOrigins, proxies, ...network } = options.network ?? DEFAULT_NETWORK;
  const limits = limitsIn(options.cluster ?? null, network.limits);
  const log = pino({ level: options.logLevel, name: 'shoal' }, options.logTo ?? jsonLog(err));
  const clock = (): number => performance.now();
  const news = new NewsStream();
  const events = new EventLog(() => Date.now());
  // First, so that whoever hears of something next finds it there.
  news.subscribe(events.hear);
  news.subscribe((item) => {
    if (item.type === 'decision' || (item.type === 'notice' && !news.isPrinted)) {
      const { level, facts } = item;
      log[level]({ facts }, sentences(facts, 'en'));
    }
  });
  const pages = await Pages.read(pageFolder);
  const listening = await listen({
    host,
    port: options.port,
    keptPort: options.keptPort,
    preferredPort: DEFAULT_PORT,
    tls,
    limits: limits.server,
  });
  // From here to the server nothing waits, so that whoever connects is answered.
  const { port } = listening;
  const addresses = new CoordinatorAddresses({
    host,
    port,
    publicUrl,
    isTls: tls !== null,
  });
  const coordinator = new Coordinator({
    runsFolder,
    files,
    access,
    news,
    port,
    staysOpen,
    awaitsRun: spec !== null,
    frameBytesMax: spec === null ? limits.server.helloBytesMax : frameBytesMax(spec),
    limits,
    stepsPerSecond: options.stepsPerSecond ?? null,
    // Nothing reads it in a cluster, and each piece of it would be written through the broker.
    tensorBoard: (options.tensorBoard ?? true) && options.cluster == null,
    cluster: options.cluster ?? null,
  });
  const connections = new Connections(clock());
  const locals: LocalWorkers = new LocalWorkers({
    threads: options.threadsPerWorker,
    token: access.localToken,
    connect: (asked, onClosed) => {
      const connection = new MemoryConnection({
        id: connections.nextId,
        ...asked,
        limits: limits.server,
        handlers: {
          hello: reception.hello,
          message: reception.message,
          closed: (closed, reason) => {
            connections.remove(closed);
            reception.closed(closed, reason);
            onClosed(closed.endedWith);
          },
        },
        now: clock(),
      });
      connections.add(connection);
      connection.listen(clock);
    },
    data: (key) => {
      const run = coordinator.current;
      return run !== null && canonicalJson(run.blocks.manifests) === key ? run.prepared.data : null;
    },
    onNotice: (fact) => coordinator.notice(fact),
    onSuspect: (identity, belief) => coordinator.current?.control({ type: 'suspect', identity, belief }),
    onExhausted: () => {
      const run = coordinator.current;
      if (!staysOpen && run?.workers.isEmpty === true) {
        run.giveUp({ type: 'localWorkersGone' });
      }
    },
  });
  const reception: Reception = new Reception({
    access,
    limits: limits.server,
    locals,
    coordinator,
    news,
    onDefect: (error) => log.error(error),
  });
  const service = new RunService({
    coordinator,
    reception,
    locals,
    addresses,
    access,
    runsFolder,
    files,
    cluster: options.cluster ?? null,
    by: options.by ?? null,
    data,
    events,
    news,
  });
  const feed = new WatchFeed({ control: service, news, access, clock, limits: limits.watch });
  const outbox = new Outbox({ limits: limits.server, access, clock });
  const pageErrors = new PageErrors({
    limits: limits.server,
    tell: (fact) => news.publish({ type: 'decision', level: 'warn', kind: 'page', facts: [fact] }),
    clock,
  });
  const rejections = new Rejections();
  const metrics = new CoordinatorMetrics({
    version: service.version,
    news,
    read: () =>
      liveFigures({
        ...{ coordinator, connections, rejections },
        ...{ cluster: options.cluster ?? null, queue: service.queue.view },
      }),
  });
  const webhooks = new Webhooks({
    ...(options.webhooks ?? { urls: [], secret: '' }),
    version: service.version,
    news,
    notice: (fact) => coordinator.notice(fact),
    now: () => Date.now(),
    newId: randomUUID,
    jitter: Math.random,
    wait: (ms, signal) => pause(ms, undefined, { signal }).catch(() => {}),
  });
  const server = new CoordinatorServer({
    listening,
    connections,
    limits: limits.server,
    frameBytesMax: () => coordinator.frameBytesMax,
    // Pages that were opened by the public address come from there, whatever a proxy makes of the host's name.
    allowOrigins: named === null ? allowOrigins : [...allowOrigins, named.origin],
    basePath: named?.basePath ?? '',
    proxies,
    notice: (...facts) => coordinator.notice(...facts),
    rejected: rejections.count,
    clock,
    routes: (app, visitorOf) => {
      routeApi(app, {
        control: service,
        blocksPath: BLOCKS_PATH,
        access,
        visitorOf,
        outbox,
        pageErrors,
        pageErrorBytesMax: limits.server.pageErrorBytesMax,
        onDefect: (error) => log.error(error),
      });
      routeMetrics(app, {
        ...{ metrics, access, visitorOf, outbox },
        metricsAccess: options.metrics ?? NO_METRICS_ACCESS,
      });
      pages.route(app, outbox);
    },
    upgrades: new Map([[WATCH_PATH, feed.upgrade]]),
    handlers: reception,
  });
  feed.start();
  // The folders are read while nobody waits for them yet.
  void service.runs.refresh();
  if (addresses.advice !== null) coordinator.notice(addresses.advice);
  const looking = setInterval(() => {
    access.endExpired();
    outbox.beat();
  }, LOOK_MS);
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    coordinator.leave();
    await coordinator.current?.close();
    clearInterval(looking);
    feed.close();
    await locals.close();
    await service.queue.close();
    await server.close(CLOSE_GRACE_MS);
    service.runs.close();
    await webhooks.close(WEBHOOKS_GRACE_MS);
  };
  return {
    coordinator,
    service,
    news,
    access,
    locals,
    addresses,
    links: await addresses.links(access),
    port,
    traffic: () => connections.traffic(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
