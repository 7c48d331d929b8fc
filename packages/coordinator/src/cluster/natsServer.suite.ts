/** Real nats-servers for tests, where the program is installed (Debian: `apt-get install nats-server`). */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './freePort.suite.ts';

const START_MS = 60_000;
/** They meet within a second or never. */
const MEETING_MS = 10_000;
const ATTEMPTS_MAX = 5;

/** Null: it is not installed here. */
export const natsServer: string | null =
  ['nats-server', '/usr/sbin/nats-server'].find(
    (program) => spawnSync(program, ['--version']).status === 0,
  ) ?? null;

/** One server on a port and a folder of its own, which it keeps when it is killed and started again. */
export class NatsServer {
  readonly port: number;
  /** Where it says how it is. */
  readonly #healthPort: number;
  readonly #args: readonly string[];
  readonly #folder: string;
  #child: ChildProcess | null = null;

  constructor(
    ports: { readonly clients: number; readonly health: number },
    folder: string,
    args: readonly string[],
  ) {
    this.port = ports.clients;
    this.#healthPort = ports.health;
    this.#folder = folder;
    const where = ['-a', '127.0.0.1', '-p', String(ports.clients), '-m', String(ports.health)];
    this.#args = ['-js', '-sd', folder, ...where, ...args];
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Resolves when it takes connections, or has been killed meanwhile. */
  async start(): Promise<void> {
    if (natsServer === null) throw new Error('nats-server is not installed.');
    if (this.#child !== null) return;
    const child = spawn(natsServer, this.#args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-4_000);
    });
    for (let waited = 0; !said.includes('Server is ready') && this.#child === child; waited += 20) {
      if (waited > START_MS || child.exitCode !== null) throw new Error(`nats-server did not start: ${said}`);
      await pause(20);
    }
  }

  /** It runs, and has all that the others have. */
  async isWell(): Promise<boolean> {
    return (await this.#asked('healthz')) !== null;
  }

  /** How many follow it; 0 where it does not lead. */
  async followers(): Promise<number> {
    const said = (await this.#asked('jsz')) as { meta_cluster?: { replicas?: readonly unknown[] } } | null;
    return said?.meta_cluster?.replicas?.length ?? 0;
  }

  async #asked(what: string): Promise<unknown> {
    const signal = AbortSignal.timeout(1_000);
    const answer = await fetch(`http://127.0.0.1:${this.#healthPort}/${what}`, { signal }).catch(() => null);
    return answer?.ok === true ? answer.json().catch(() => null) : null;
  }

  /** Stops it and lets it go on: SIGSTOP and SIGCONT. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/**
 * One alone, or three that are a cluster and have found each other. They do not tell clients of each other, so that a test
 * decides who reaches whom.
 */
export async function natsServers(
  count: 1 | 3,
  args: readonly string[] = [],
): Promise<readonly NatsServer[]> {
  for (let attempts = 1; ; attempts += 1) {
    const servers = await preparedServers(count, args);
    await Promise.all(servers.map((server) => server.start()));
    if (count === 1 || (await areThree(servers))) return servers;
    // Of three that start at the same moment NATS sometimes counts one twice and never the third.
    await Promise.all(servers.map((server) => server.end()));
    if (attempts === ATTEMPTS_MAX) throw new Error('Three nats-servers do not become a cluster.');
  }
}

/** Not started yet. */
export async function preparedServers(
  count: number,
  args: readonly string[] = [],
): Promise<readonly NatsServer[]> {
  const folders = await Promise.all(
    Array.from({ length: count }, () => mkdtemp(join(tmpdir(), 'shoal-nats-'))),
  );
  const ports: number[] = [];
  for (let i = 0; i < 3 * count; i += 1) ports.push(await freePort());
  const routes = ports.slice(2 * count).map((port) => `nats://127.0.0.1:${port}`);
  return folders.map((folder, i) => {
    const cluster = [
      ...['--server_name', `n${i + 1}`, '--cluster_name', 'test', '--no_advertise'],
      ...['--cluster', routes[i] ?? '', '--routes', routes.join(',')],
    ];
    const own = { clients: ports[i] ?? 0, health: ports[count + i] ?? 0 };
    return new NatsServer(own, folder, [...(count === 1 ? [] : cluster), ...args]);
  });
}

async function areThree(servers: readonly NatsServer[]): Promise<boolean> {
  for (const until = performance.now() + MEETING_MS; performance.now() < until; await pause(50)) {
    const followers = await Promise.all(servers.map((server) => server.followers()));
    if (Math.max(...followers) === servers.length - 1) return true;
  }
  return false;
}
