/** A real nats-server for tests, where one is installed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_MS = 10_000;

/** Null: it is not installed here (Debian: `apt-get install nats-server`). */
export const natsServer: string | null =
  ['nats-server', '/usr/sbin/nats-server'].find(
    (program) => spawnSync(program, ['--version']).status === 0,
  ) ?? null;

export type NatsProcess = {
  readonly url: string;
  readonly child: ChildProcess;
  readonly end: () => Promise<void>;
};

/** Of one server on a port and a folder of its own. */
export async function startNats(): Promise<NatsProcess> {
  if (natsServer === null) throw new Error('nats-server is not installed.');
  const folder = await mkdtemp(join(tmpdir(), 'shoal-nats-'));
  const port = await freePort();
  const child = spawn(natsServer, ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4_000);
  });
  const end = async (): Promise<void> => {
    if (child.exitCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  };
  for (let waited = 0; !said.includes('Server is ready'); waited += 20) {
    if (waited > START_MS || child.exitCode !== null) {
      await end();
      throw new Error(`nats-server did not start: ${said}`);
    }
    await pause(20);
  }
  return { url: `nats://127.0.0.1:${port}`, child, end };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
