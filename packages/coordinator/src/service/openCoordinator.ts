/** Opens a station: its server with the pages, the HTTP interface and the feed, and its local workers, wired together. */
import { compileModel, type ModelSpec, WATCH_PATH } from '@shoal/core';
import { pageFolder } from '@shoal/dashboard';
import { pino } from 'pino';
import type { Access } from '../access/access.ts';
import { TrustedProxies } from '../access/trustedProxies.ts';
import { type CoordinatorLimits, DEFAULT_COORDINATOR_LIMITS } from '../limits/limits.ts';
import { LocalWorkers } from '../run/localWorkers.ts';
import { frameBytesMax } from '../run/prepare.ts';
import { routeApi } from '../server/api.ts';
import { Outbox } from '../server/outbox.ts';
import { PageErrors } from '../server/pageErrors.ts';
import { Pages } from '../server/pages.ts';
import { readPublicUrl } from '../server/publicUrl.ts';
import { CoordinatorServer } from '../server/server.ts';
import type { TlsIdentity } from '../server/tlsFiles.ts';
import { WatchFeed } from '../server/watchFeed.ts';
import { jsonLog, type LogStream } from '../terminal/logStream.ts';
import { err } from '../terminal/terminal.ts';
import { Station } from './coordinator.ts';
import { Addresses, type Links } from './coordinatorAddresses.ts';
import type { DataSource } from './dataCache.ts';
import { EventLog } from './eventLog.ts';
import { Desk } from './runService.ts';

/** Tried first; another free port is taken when it is in use. */
export const DEFAULT_PORT = 7465;
const CLOSE_GRACE_MS = 3_000;
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

export const DEFAULT_NETWORK: NetworkOptions = {
  limits: DEFAULT_COORDINATOR_LIMITS,
  allowOrigins: [],
  proxies: TrustedProxies.none,
};

export type OpenStationOptions = {
  /** The folder that holds runs, one folder each. */
  readonly runsFolder: string;
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
  readonly data: DataSource;
  readonly staysOpen: boolean;
  /** The model of the run that is about to be opened, so that workers can be let in without coming again; null without. */
  readonly model: ModelSpec | null;
  readonly threadsPerWorker: number;
  readonly logLevel: string;
  /** Absent: to stderr, as JSON lines. */
  readonly logTo?: LogStream;
  /** Absent: the usual limits, no other origin, no proxy. */
  readonly network?: NetworkOptions;
};

export type OpenStation = {
  readonly station: Station;
  readonly access: Access;
  readonly locals: LocalWorkers;
  readonly addresses: Addresses;
  readonly links: Links;
  readonly port: number;
  /** Bytes of all messages to and from workers so far. */
  traffic(): { readonly sent: number; readonly received: number };
  /** Stops serving; idempotent. A run that goes on is broken off as by a crash. */
  close(): Promise<void>;
};

/** @throws UserError when the address cannot be listened on, or the public address is none */
export async function openStation(options: OpenStationOptions): Promise<OpenStation> {
  const { access, host, tls } = options;
  const named = options.publicUrl === null ? null : readPublicUrl(options.publicUrl);
  const publicUrl = named === null ? null : named.origin + named.basePath;
  const { limits, allowOrigins, proxies } = options.network ?? DEFAULT_NETWORK;
  const log = pino({ level: options.logLevel, name: 'shoal' }, options.logTo ?? jsonLog(err));
  const { runsFolder, data, staysOpen } = options;
  const events = new EventLog(() => Date.now());
  const awaitsRun = options.model !== null;
  const station = new Station({ runsFolder, access, staysOpen, awaitsRun, limits, log, events });
  const desk = new Desk({ station, access, runsFolder, data, events });
  const feed = new WatchFeed({
    station: desk,
    access,
    clock: () => performance.now(),
    limits: limits.watch,
  });
  const pageErrors = new PageErrors({
    limits: limits.server,
    tell: (message) => {
      events.add('warn', 'page', message);
      log.warn(message);
    },
    clock: () => performance.now(),
  });
  const pages = await Pages.read(pageFolder);
  const outbox = new Outbox({ limits: limits.server, access, clock: () => performance.now() });
  const server = new CoordinatorServer({
    host,
    port: options.port,
    preferredPort: DEFAULT_PORT,
    tls,
    limits: limits.server,
    frameBytesMax:
      options.model === null ? limits.server.helloBytesMax : frameBytesMax(compileModel(options.model)),
    // Pages that were opened by the public address come from there, whatever a proxy makes of the host's name.
    allowOrigins: named === null ? allowOrigins : [...allowOrigins, named.origin],
    basePath: named?.basePath ?? '',
    proxies,
    notice: (message) => station.notice(message),
    clock: () => performance.now(),
    routes: (app, visitorOf) => {
      routeApi(app, {
        station: desk,
        access,
        visitorOf,
        outbox,
        pageErrors,
        pageErrorBytesMax: limits.server.pageErrorBytesMax,
        onDefect: (error) => log.error(error),
      });
      pages.route(app, outbox);
    },
    upgrades: new Map([[WATCH_PATH, feed.upgrade]]),
    handlers: {
      hello: (connection, hello) => {
        station.hello(connection, hello).catch((error: Error) => {
          log.error(error);
          connection.end('shutdown', 'The coordinator could not look at the hello.');
        });
      },
      message: (connection, message) => station.message(connection, message),
      closed: (connection, reason) => station.closed(connection, reason),
    },
  });
  const port = await server.listen(options.keptPort);
  const localPort = tls === null ? null : await server.listenLocally();
  const addresses = new Addresses({ host, port, publicUrl, localPort });
  const locals = new LocalWorkers({
    threads: options.threadsPerWorker,
    url: addresses.localUrl,
    token: access.localToken,
    onNotice: (message) => station.notice(message),
    onSuspect: (identity, belief) => station.current?.control({ type: 'suspect', identity, belief }),
    onExhausted: () => {
      const run = station.current;
      if (!staysOpen && run?.door.isEmpty === true) {
        run.giveUp('No local worker could go on, and no other has joined.');
      }
    },
  });
  station.settle({ server, locals, addresses, port });
  if (addresses.advice !== null) station.notice(addresses.advice);
  await desk.listRuns();
  feed.start();
  const looking = setInterval(() => {
    access.endExpired();
    outbox.beat();
  }, LOOK_MS);
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    station.leave();
    await station.current?.close();
    clearInterval(looking);
    feed.close();
    await locals.close(CLOSE_GRACE_MS);
    await server.close(CLOSE_GRACE_MS);
  };
  return {
    station,
    access,
    locals,
    addresses,
    links: await addresses.links(access),
    port,
    traffic: () => server.traffic(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
