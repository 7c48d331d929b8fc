/** A cluster's broker: NATS with JetStream. Its packages are loaded only where a cluster is asked for. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { ObjectStore } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import { reasonOf } from '@shoal/core';
import { UserError } from '../errors.ts';
import { type Broker, BrokerAway, BrokerFull, type Contents, type Records } from './broker.ts';
import { LastingBroker } from './lastingBroker.ts';
import { forgetfulVersion } from './natsVersion.ts';

export type NatsOptions = {
  /** `nats://host:port` or `tls://host:port`, each of one cluster of NATS. */
  readonly servers: readonly string[];
  /** A file with the credentials that NATS calls a creds file; null without. */
  readonly credentialsFile: string | null;
  /** Files in PEM: who signed the servers' certificates, and this client's own certificate and key; null without. */
  readonly tls: {
    readonly ca: string | null;
    readonly cert: string | null;
    readonly key: string | null;
  };
  /** What the buckets are called by: letters, digits, `-` and `_`. */
  readonly name: string;
  readonly leaseMs: number;
  /** A content that has not come by then is asked for again, as is a list of them; longer for each chunk that it has. */
  readonly contentMs?: number;
};

/** Of one message to the object store; a server takes 1 MiB unless told otherwise. */
const CHUNK_BYTES = 512 * 1024;
/** A content that takes so long for one chunk is given up, and tried again. */
const CHUNK_MS = 10_000;
/** What is read by a subscription would wait for ever when a server is lost at the wrong moment. */
const CONTENT_MS = 30_000;
/** As many chunks as come within that time on a slow line. */
const CHUNKS_AT_ONCE = 4;
/** A question to the broker waits no longer than this part of the time to live of a lock. */
const PATIENCE_PART = 1 / 4;
/** Between two attempts to reach a server that was lost. */
const RECONNECT_MS = 250;
/** So long servers that are being started are waited for, with so much between two attempts. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 500;
/** A connection that answers nothing for as many times as a lock lives is made anew. */
const SILENT_LEASES = 4;
/** What goes wrong with a connection and will not be otherwise in a moment. */
const FINAL = new Set(['AuthorizationError', 'UserAuthenticationExpiredError', 'InvalidArgumentError']);
/** Copies of everything, where the servers form a cluster. */
const REPLICAS = 3;

/** JetStream's own numbers of what goes wrong. */
const WRONG_REVISION = new Set([10_071, 10_164]);
/** Too few for all copies; one that started together with the others may never be counted. */
const TOO_FEW_SERVERS = 10_005;
/** No room in memory, on disk, in the account or in the stream; a message beyond what is taken. */
const NO_ROOM = new Set([10_002, 10_023, 10_028, 10_047, 10_054, 10_077, 10_110, 10_122]);

/**
 * Waits for servers that are being started, too.
 * @throws UserError where none of them can be used, with the reason
 */
export async function openNatsBroker(options: NatsOptions, patienceMs = PATIENCE_MS): Promise<Broker> {
  for (const until = performance.now() + patienceMs; ; ) {
    try {
      return new LastingBroker(await open(options), {
        reopen: () => open(options),
        silenceMs: SILENT_LEASES * options.leaseMs,
        clock: () => performance.now(),
      });
    } catch (error) {
      if (!(error instanceof NotYet) || performance.now() > until) throw error;
      await pause(AGAIN_MS);
    }
  }
}

/** It may be otherwise in a moment. */
class NotYet extends UserError {}

async function open(options: NatsOptions): Promise<Broker> {
  const { servers, name, leaseMs } = options;
  const [{ connect }, { jetstream }, { Kvm }, { Objm, setSha256Backend }] = await Promise.all([
    import('@nats-io/transport-node'),
    import('@nats-io/jetstream'),
    import('@nats-io/kv'),
    import('@nats-io/obj'),
  ]);
  // The other one takes its time in the event loop.
  await setSha256Backend('native');
  const connection = await connect({
    servers: [...servers],
    name: 'shoal',
    timeout: 5_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_MS,
    pingInterval: Math.max(500, leaseMs / 4),
    maxPingOut: 2,
    ...(await authenticationOf(options)),
    tls: await tlsOf(options),
  }).catch((error: Error) => {
    const Kind = FINAL.has(error.name) ? UserError : NotYet;
    throw new Kind(
      `The cluster at ${servers.join(', ')} cannot be reached: ${reasonOf(error)}. Check the addresses, that nats-server runs there with -js, and the credentials.`,
    );
  });
  try {
    const quick = jetstream(connection, { timeout: Math.max(250, leaseMs * PATIENCE_PART) });
    const patient = jetstream(connection, { timeout: CHUNK_MS });
    const replicas = connection.info?.cluster === undefined ? 1 : REPLICAS;
    const kept = { replicas, history: 1, allow_direct: false } as const;
    const kvm = new Kvm(quick);
    const records = await kvm.create(`${name}-records`, kept);
    // A message that is sent twice is known to be one for no longer than a lock lives.
    const fleeting = await kvm.create(`${name}-locks`, { ...kept, ttl: leaseMs });
    const store = await new Objm(patient).create(`${name}-contents`, { replicas });
    const manager = await patient.jetstreamManager();
    if (replicas > 1) await noteDown(manager, `${name}-opening`);
    return {
      forgetful: forgetfulVersion(connection.info?.version ?? '', replicas),
      leaseMs: await leaseOf(fleeting, leaseMs),
      records: recordsOf(records, leaseMs),
      fleeting: recordsOf(fleeting, leaseMs),
      contents: contentsOf(store, manager, `${name}-contents`, options.contentMs ?? CONTENT_MS),
      close: () => closed(connection),
    };
  } catch (error) {
    await closed(connection);
    if (error instanceof UserError) throw error;
    const { code } = error as { readonly code?: unknown };
    const wayOn =
      code === TOO_FEW_SERVERS
        ? `The first coordinator needs all ${REPLICAS} servers: start those that do not run, and if all do, restart the one that /jsz of their leader does not name (nats-server -m).`
        : 'Its servers need JetStream (nats-server -js), and as many of them as keep a majority.';
    throw new NotYet(`The cluster at ${servers.join(', ')} cannot be used: ${reasonOf(error)}. ${wayOn}`);
  }
}

/**
 * Lets the servers write down which buckets there are, as they do whenever one is removed: what they only remember since the last
 * time may be lost when several of them are killed.
 */
async function noteDown(manager: JetStreamManager, stream: string): Promise<void> {
  await manager.streams.add({ name: stream, subjects: [stream], num_replicas: REPLICAS });
  // Another coordinator that opens at the same time may have removed it.
  await manager.streams.delete(stream).catch(() => {});
}

/** The broker goes by what it was told when the first coordinator came: all have to. */
async function leaseOf(fleeting: KV, asked: number): Promise<number> {
  const { ttl } = await fleeting.status();
  if (ttl === asked) return asked;
  throw new UserError(
    `Locks of this cluster live for ${ttl / 1000} s, which another coordinator has chosen: start this one with --cluster-lease ${ttl / 1000}`,
  );
}

async function closed(connection: NatsConnection): Promise<void> {
  await connection.close().catch(() => {});
}

async function authenticationOf({ credentialsFile }: NatsOptions) {
  if (credentialsFile === null) return {};
  const { credsAuthenticator } = await import('@nats-io/transport-node');
  return { authenticator: credsAuthenticator(await contentOf(credentialsFile, 'credentials')) };
}

async function tlsOf({ tls, servers }: NatsOptions) {
  const { ca, cert, key } = tls;
  // The client passes on whatever Node's own connect takes.
  const checked: object = { checkServerIdentity: identityAmong(servers) };
  if (ca === null && cert === null && key === null) {
    return servers.some((server) => server.startsWith('tls:')) ? checked : null;
  }
  if ((cert === null) !== (key === null)) {
    throw new UserError(
      'A certificate for the cluster needs its key: give both --cluster-cert and --cluster-key.',
    );
  }
  const text = async (file: string, what: string): Promise<string> =>
    new TextDecoder().decode(await contentOf(file, what));
  return {
    ...checked,
    ...(ca !== null && { ca: await text(ca, 'certificates') }),
    ...(cert !== null && { cert: await text(cert, 'certificate') }),
    ...(key !== null && { key: await text(key, 'key') }),
  };
}

/**
 * For a server that is known by its IP address the client asks whether the certificate is localhost's: then it has to be that of
 * one of the servers.
 */
function identityAmong(servers: readonly string[]) {
  const hosts = servers.map((server) => new URL(server).hostname.replace(/^\[|\]$/g, ''));
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    const faults = (host === 'localhost' ? hosts : [host]).map((one) =>
      checkServerIdentity(one, certificate),
    );
    return faults.includes(undefined) ? undefined : faults[0];
  };
}

const contentOf = (file: string, what: string): Promise<Uint8Array> =>
  readFile(file).catch((error: Error) => {
    throw new UserError(
      `The file ${file} with the cluster's ${what} cannot be read (${error.message}). Mend its permissions, or name another.`,
    );
  });

/** No question takes longer than a lock lives. */
function recordsOf(kv: KV, leaseMs: number): Records {
  return {
    get: (key) =>
      ask(leaseMs, async () => {
        const entry = await kv.get(key);
        if (entry === null || entry.operation !== 'PUT') return null;
        return { value: entry.value, revision: entry.revision };
      }),
    put: (key, value, revision) =>
      unlessOther(leaseMs, () => (revision === 0 ? kv.create(key, value) : kv.update(key, value, revision))),
    remove: async (key, revision) =>
      (await unlessOther(leaseMs, () => kv.delete(key, { previousSeq: revision }).then(() => true))) === true,
    keys: (prefix) =>
      ask(leaseMs, async () => {
        const found: string[] = [];
        for await (const key of await kv.keys(`${prefix}>`)) found.push(key);
        return found.sort();
      }),
  };
}

function contentsOf(
  store: ObjectStore,
  manager: JetStreamManager,
  bucket: string,
  contentMs: number,
): Contents {
  const stream = `OBJ_${bucket}`;
  return {
    put: (name, content) => {
      const chunks = Math.ceil(content.length / CHUNK_BYTES);
      return ask(contentMs * (1 + chunks / CHUNKS_AT_ONCE), async () => {
        const meta = { name, options: { max_chunk_size: CHUNK_BYTES } };
        await store.putBlob(meta, content, { timeout: CHUNK_MS });
      });
    },
    get: async (name) => {
      const info = await ask(contentMs, () => store.info(name));
      if (info === null) return null;
      return ask(contentMs * (1 + info.chunks / CHUNKS_AT_ONCE), () => store.getBlob(name));
    },
    remove: (name) =>
      ask(contentMs, async () => {
        const info = await store.info(name);
        if (info === null) return;
        await manager.streams.purge(stream, { filter: `$O.${bucket}.C.${info.nuid}` });
        // Names are not used again, and a mark for each that was would stay for ever.
        await manager.streams.purge(stream, { filter: `$O.${bucket}.M.${encodedName(name)}` });
      }),
    names: () => ask(contentMs, async () => (await store.list()).map(({ name }) => name).sort()),
  };
}

/** As the object store writes it into a subject: base64 for addresses, with its padding. */
const encodedName = (name: string): string =>
  Buffer.from(name).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** Null where the record has another revision. */
async function unlessOther<T>(patienceMs: number, act: () => Promise<T>): Promise<T | null> {
  try {
    return await ask(patienceMs, act);
  } catch (error) {
    if (error instanceof WrongRevision) return null;
    throw error;
  }
}

class WrongRevision extends Error {}

/** What takes longer than the client's patience counts as unanswered; an answer that comes later is passed over. */
async function ask<T>(patienceMs: number, act: () => Promise<T>): Promise<T> {
  const patience = new AbortController();
  const silence = pause(patienceMs, null, { signal: patience.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${patienceMs / 1000} s`);
  });
  silence.catch(() => {});
  try {
    return await Promise.race([act(), silence]);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code === 'number' && WRONG_REVISION.has(code)) throw new WrongRevision();
    if (typeof code === 'number' && NO_ROOM.has(code)) throw new BrokerFull(reasonOf(error));
    throw new BrokerAway(reasonOf(error));
  } finally {
    patience.abort();
  }
}
