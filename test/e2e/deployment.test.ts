/**
 * What a service manager, containers or not, needs of the commands: one command line that starts a run and goes on with
 * it, secrets in files, a pulse, https, and an orderly end on SIGTERM.
 */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { selfSigned } from '../../packages/coordinator/src/server/certificate.suite.ts';
import { Cluster, fromStep, isWorker, runIdOf, temporaryFolder } from '../support/cluster.ts';
import { HandWorker } from '../support/handWorker.ts';
import { expectRefusal } from '../support/refusal.ts';
import { type Line, ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { everything, perceptron } from '../support/specs.ts';

test('one command line with --run-file starts a run, goes on with it, and invents none when it is lost', async () => {
  const cluster = await Cluster.of(everything({ epochs: 14, earlyStopping: null }), { train: 660, test: 60 });
  const alone = await cluster.alone();
  const state = await temporaryFolder();
  const words = ['--run-file', join(state, 'run'), '--token-file', join(state, 'token'), '--verbose'];

  const first = cluster.train(0, words);
  const runId = await runIdOf(first);
  const hand = await HandWorker.join(await first.joinUrl(), cluster.spec);
  await first.line(fromStep(17), 'Step 17');
  hand.hold();
  first.kill('SIGTERM');
  expect(await first.result()).toMatchObject({ state: 'stopped' });
  expect(await first.end()).toEqual({ code: 143, signal: null });

  await rm(join(cluster.runs, runId), { recursive: true });
  expectRefusal(await shoal(['train', ...cluster.where, ...words]), [
    new RegExp(`says that the run ${runId} goes on here, but it is not in`),
    /delete .* to begin a new run/,
  ]);

  await rm(join(state, 'run'));
  const second = cluster.train(0, words);
  const another = await HandWorker.join(await second.joinUrl(), cluster.spec);
  await second.line(fromStep(17), 'Step 17');
  another.hold();
  second.kill('SIGKILL');
  await second.exited;
  const third = cluster.train(2, words);
  expect(await runIdOf(third)).toBe(await runIdOf(second));
  expect(await third.result()).toMatchObject({ parametersSha256: alone.parametersSha256 });
  expect(await third.joinUrl()).toContain((await readFile(join(state, 'token'), 'utf8')).trim());
});

test('a coordinator on which runs are started goes on with the one that it was killed in, not with one that was stopped', async () => {
  const cluster = await Cluster.of(everything({ epochs: 14, earlyStopping: null }), { train: 660, test: 60 });
  const alone = await cluster.alone();
  const file = join(await temporaryFolder(), 'run');
  const serve = (): ShoalProcess =>
    ShoalProcess.start(['serve', ...cluster.where, '--run-file', file, '--verbose', '--workers', '0']);
  const ask = async (coordinator: ShoalProcess, path: string, body: object): Promise<void> => {
    const { dashboardUrl } = await coordinator.line(({ type }) => type === 'listening', 'The links');
    const [url, token] = String(dashboardUrl).split('/#');
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.ok, `${path} answered ${response.status}`).toBe(true);
  };
  const isRun = ({ type }: Line): boolean => type === 'run';

  const first = serve();
  await ask(first, '/api/runs', { spec: cluster.spec });
  const { runId } = await first.line(isRun, 'The run');
  const hand = await HandWorker.join(await first.joinUrl(), cluster.spec);
  await first.line(fromStep(17), 'Step 17');
  hand.hold();
  first.kill('SIGKILL');
  await first.exited;
  const second = serve();
  expect(await second.line(isRun, 'The run again')).toMatchObject({ runId });
  await HandWorker.join(await second.joinUrl(), cluster.spec);
  expect(await second.result()).toMatchObject({ parametersSha256: alone.parametersSha256 });

  const other = { ...cluster.spec, seed: 6 };
  const before = second.lines.length;
  await ask(second, '/api/runs', { spec: other });
  await second.line(isRun, 'The other run', before);
  const last = await HandWorker.join(await second.joinUrl(), other);
  await second.line(({ type, epoch }) => type === 'step' && epoch === 2, 'A step', before);
  last.hold();
  await ask(second, '/api/run/stop', {});
  await second.line(({ type, state }) => type === 'result' && state === 'stopped', 'The stop');
  second.kill('SIGTERM');
  expect(await second.end()).toMatchObject({ code: 0 });
  const third = serve();
  const notice = await third.line(({ type }) => type === 'notice' || type === 'run', 'What it does');
  expect(notice.message).toMatch(/Waiting for a run/);
});

test('over https, workers join whose Node.js trusts the certificate, and those of the same machine', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 30 }));
  const alone = await cluster.alone();
  const folder = await temporaryFolder();
  const file = (name: string): string => join(folder, name);
  const { cert, key } = selfSigned(['localhost', '127.0.0.1']);
  await writeFile(file('cert.pem'), cert);
  await writeFile(file('key.pem'), key);
  const tls = ['--tls-cert', file('cert.pem'), '--tls-key', file('key.pem')];

  const coordinator = cluster.train(0, [...tls, '--token-file', file('token')]);
  const url = (await coordinator.joinUrl()).split('/join#')[0] as string;
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const start = (name: string, environment: Readonly<Record<string, string>>): ShoalProcess =>
    ShoalProcess.start(
      ['worker', url, '--token-file', file('token'), '--status-file', file(name), '--name', name, '--json'],
      { environment },
    );
  const stranger = start('stranger', {});
  // Trying again cannot help.
  const refusal = await stranger.line(({ type }) => type === 'error', 'The refusal of the certificate');
  expect(refusal.message).toMatch(/certificate of .* is not trusted: .*NODE_EXTRA_CA_CERTS=FILE/);
  expect(await stranger.end()).toMatchObject({ code: 2 });

  const friend = start('friend', { NODE_EXTRA_CA_CERTS: file('cert.pem') });
  await coordinator.line(isWorker('joined', 'friend'), 'A worker over TLS');
  expect((await coordinator.result()).parametersSha256).toBe(alone.parametersSha256);
  expect(await friend.end()).toMatchObject({ code: 0 });
  expect(friend.lines.filter(({ level }) => level === 'warn')).toEqual([]);

  const here = cluster.train(2, tls);
  expect((await here.result()).parametersSha256).toBe(alone.parametersSha256);
  expectRefusal(await shoal(['train', ...cluster.where, '--tls-cert', file('cert.pem')]), [
    /give both --tls-cert and --tls-key/,
  ]);
});

test('a worker keeps its pulse in a file, and leaves in order on SIGTERM', async () => {
  // Nobody waits for its end.
  const cluster = await Cluster.of(perceptron({ epochs: 100_000 }));
  const status = join(await temporaryFolder(), 'status');
  const coordinator = cluster.train(0);
  const url = await coordinator.joinUrl();
  const worker = ShoalProcess.start(['worker', url, '--name', 'one', '--json'], {
    environment: { SHOAL_STATUS_FILE: status },
  });
  await coordinator.line(isWorker('joined', 'one'), 'The worker');
  await expect.poll(() => readFile(status, 'utf8').catch(() => ''), { timeout: 60_000 }).toBe('joined\n');
  const { mtimeMs } = await stat(status);
  await expect.poll(async () => (await stat(status)).mtimeMs, { timeout: 60_000 }).toBeGreaterThan(mtimeMs);
  worker.kill('SIGTERM');
  expect(await worker.end()).toEqual({ code: 0, signal: null });
  const left = await coordinator.line(isWorker('left', 'one'), 'The end of the worker');
  expect(left.reason).toBe('Left in order.');
});
