/** The compose files as a person uses them: the plain command, the profiles, tokens of one's own, and https. */
import { mkdir, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { selfSigned } from '../../packages/coordinator/src/server/certificate.suite.ts';
import { temporaryFolder } from '../support/cluster.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { ComposeProject } from './support/compose.ts';
import { mnist } from './support/stage.ts';

/** A truth table where there is no MNIST: no test downloads. */
const PRESET = mnist === null ? 'mlp-xor' : 'mnist-softmax';
/** A truth table may be learned before a second worker has come. */
const WORKERS = mnist === null ? 1 : 4;
const QUICK = 'mlp-xor';
const SHA256 = /parameters +SHA-256 ([0-9a-f]{64})/;

/** Folder with `cert.pem` and `key.pem`, readable for the user in the containers. */
async function certificate(
  hosts: readonly string[],
): Promise<{ readonly folder: string; readonly cert: string }> {
  const folder = join(await temporaryFolder(), 'tls');
  await mkdir(folder);
  const { cert, key } = selfSigned(hosts);
  await writeFile(join(folder, 'cert.pem'), cert, { mode: 0o644 });
  await writeFile(join(folder, 'key.pem'), key, { mode: 0o644 });
  return { folder, cert };
}

function statusOf(port: number, path: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: 'localhost', port, path, ca, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}

describe.skipIf(inject('dockerSession') === null)('docker compose', () => {
  test(`up --scale worker=${WORKERS} trains to the bits of a run without Docker, also when the coordinator crashes`, async () => {
    const folder = await temporaryFolder();
    const words = ['train', '--preset', PRESET, '--no-download', '--workers', '1', '--port', '0', '--json'];
    const alone = ShoalProcess.start([
      ...words,
      '--out',
      folder,
      ...(mnist === null ? [] : ['--data', mnist]),
    ]);
    const project = ComposeProject.create({ environment: { SHOAL_PRESET: PRESET } });
    const up = project.attached('up', '--no-build', '--scale', `worker=${WORKERS}`);
    await up.said(new RegExp(`\\(${WORKERS} workers? now\\)`));
    if (mnist !== null) {
      await up.said(/epoch 1\/8 /);
      // Not by the engine, which would take it for a wish: the process dies, and is started again.
      await project.run('exec', '-T', 'coordinator', 'sh', '-c', 'kill -9 $(cat /proc/1/task/1/children)');
      await up.said(/goes on|[Rr]esumed/);
    }
    const [, parametersSha256] = await up.said(SHA256);
    expect(await up.ended()).toBe(0);
    expect(parametersSha256).toBe((await alone.result()).parametersSha256);
    expect(await project.run('ps', '--all', '--format', '{{.Service}} {{.ExitCode}}')).toBe(
      ['coordinator 0', ...Array.from({ length: WORKERS }, () => 'worker 0')].join('\n'),
    );

    // The next start has nothing to go on with: the run has ended, so a new one begins.
    const runs = await project.run(
      'run',
      '--rm',
      '--no-deps',
      '-T',
      'coordinator',
      'runs',
      '--out',
      '/runs',
      '--json',
    );
    expect(runs.split('\n')).toHaveLength(1);
  });

  test('up without a preset waits for runs, which are started on the dashboard one after another', async () => {
    const project = ComposeProject.create();
    const up = project.attached('up', '--no-build', '--scale', 'worker=2');
    await up.said(/Waiting for a run/);
    const [, token] = await up.said(/dashboard +http:\/\/localhost:7465\/#(\S+)/);
    const port = (await project.run('port', 'coordinator', '7465')).split(':').at(-1);
    const ask = async (path: string, body?: object): Promise<unknown> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      expect(response.ok, `${path} answered ${response.status}`).toBe(true);
      return response.json();
    };
    // Workers that wait for a run are well.
    await expect
      .poll(() => project.run('ps', 'worker', '--format', '{{.Health}}'), { timeout: 120_000, interval: 500 })
      .toBe('healthy\nhealthy');
    const presets = (await ask('/api/presets')) as { readonly name: string; readonly spec: object }[];
    const spec = presets.find(({ name }) => name === QUICK)?.spec;
    for (let run = 1; run <= 2; run += 1) {
      await ask('/api/runs', { spec });
      await up.said(new RegExp(`(${SHA256.source}[\\s\\S]*){${run}}`));
    }
    await project.run('stop', '--timeout', '5');
    expect(await project.run('ps', '--all', '--format', '{{.Service}} {{.ExitCode}}')).toBe(
      'coordinator 0\nworker 0\nworker 0',
    );
  });

  test('up demo trains in one container and ends', async () => {
    const project = ComposeProject.create({ environment: { SHOAL_PRESET: QUICK } });
    const up = project.attached('up', '--no-build', 'demo');
    await up.said(SHA256);
    expect(await up.ended()).toBe(0);
    expect(await project.run('--profile', '*', 'ps', '--all', '--format', '{{.Service}}')).toBe('demo');
  });

  test('takes tokens of one’s own from files', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'join-token'), 'a-token-of-the-lab\n', { mode: 0o644 });
    await writeFile(join(folder, 'operator-token'), 'an-operator-token-of-the-lab\n', { mode: 0o644 });
    const project = ComposeProject.create({
      files: ['docker/compose.yaml', 'docker/compose.secrets.yaml'],
      environment: { SHOAL_PRESET: QUICK, SHOAL_SECRETS_DIR: folder },
    });
    const up = project.attached('up', '--no-build', '--scale', 'worker=1');
    await up.said(/join#a-token-of-the-lab$/m);
    await up.said(SHA256);
    expect(await up.ended()).toBe(0);
    // The dashboard's link, which is the operator's, is for whoever may read the coordinator's log.
    expect(up.text).toMatch(/coordinator-1 .*:7465\/#an-operator-token-of-the-lab /);
  });

  test('serves https by the coordinator itself, with the certificate that is mounted', async () => {
    const { folder } = await certificate(['shoal.test']);
    const project = ComposeProject.create({
      files: ['docker/compose.yaml', 'docker/compose.tls.yaml'],
      environment: {
        SHOAL_PRESET: QUICK,
        SHOAL_HOST: 'shoal.test',
        SHOAL_TLS_DIR: folder,
        SHOAL_CA_FILE: join(folder, 'cert.pem'),
      },
    });
    const up = project.attached('up', '--no-build', '--scale', 'worker=1');
    await up.said(/Joined run .* at https:\/\/shoal\.test:7465/);
    await up.said(SHA256);
    expect(await up.ended()).toBe(0);
  });

  test('with a proxy in front serves https by nginx, through which workers join and which logs no token', async () => {
    const { folder, cert } = await certificate(['localhost']);
    const token = 'a-token-that-must-not-be-logged';
    await writeFile(join(folder, 'join-token'), token, { mode: 0o644 });
    await writeFile(join(folder, 'operator-token'), 'another', { mode: 0o644 });
    const project = ComposeProject.create({
      files: ['docker/compose.yaml', 'docker/compose.secrets.yaml', 'docker/compose.proxy.yaml'],
      environment: { SHOAL_PRESET: QUICK, SHOAL_TLS_DIR: folder, SHOAL_SECRETS_DIR: folder },
    });
    const up = project.attached('up', '--no-build', '--scale', 'worker=0');
    await up.said(/Waiting for workers/);
    await expect
      .poll(() => project.run('ps', 'proxy', '--format', '{{.Health}}'), { timeout: 120_000, interval: 500 })
      .toBe('healthy');
    const port = Number((await project.run('port', 'proxy', '8443')).split(':').at(-1));
    expect(await statusOf(port, `/healthz?by-mistake=${token}`, cert)).toBe(200);
    const worker = ShoalProcess.start(['worker', `https://localhost:${port}/join#${token}`, '--json'], {
      environment: { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') },
    });
    await up.said(SHA256);
    expect(await worker.end()).toMatchObject({ code: 0 });
    const log = await project.run('logs', 'proxy');
    expect(log).toMatch(/GET \/healthz 200/);
    expect(log).toMatch(/GET \/ws 101/);
    expect(log).not.toContain(token);
  });
});
