/** Who may control a coordinator, and what it answers where that is refused or cannot be done. */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Cluster, temporaryFolder } from '../support/cluster.ts';
import { serve } from '../support/serve.ts';
import { perceptron } from '../support/specs.ts';

/** Nobody waits for its end. */
const LONG = perceptron({ epochs: 100_000 });

test('control is for the operator; every refusal is a sentence', async () => {
  const cluster = await Cluster.of(LONG);
  const folder = await temporaryFolder();
  const tokenFile = join(folder, 'operator');
  await writeFile(tokenFile, 'the-operator-of-this-test\n');
  const { client } = await serve(cluster, 1, ['--operator-token-file', tokenFile]);
  const { viewer, worker, operator } = client.tokens;
  expect(operator).toBe('the-operator-of-this-test');
  expect((await stat(join(cluster.runs, 'access.json'))).mode & 0o777).toBe(0o600);
  const controls = [
    ['/api/runs', { spec: cluster.spec }],
    ['/api/spec', { spec: cluster.spec }],
    ['/api/run/pause', undefined],
    ['/api/run/stop', undefined],
    ['/api/workers/1', { action: 'remove' }],
    ['/api/local', { action: 'add' }],
    ['/api/local/local-1', { action: 'kill' }],
  ] as const;
  for (const [path, body] of controls) {
    for (const token of [null, 'wrong', '']) {
      const refused = await client.post(path, body, token);
      expect(refused).toMatchObject({
        status: 401,
        body: { error: expect.stringMatching(/token is missing/) },
      });
    }
    for (const token of [viewer, worker]) {
      const refused = await client.post(path, body, token);
      expect(refused).toMatchObject({
        status: 403,
        body: { error: expect.stringMatching(/only the operator/) },
      });
    }
  }
  expect(await client.get('/api/session', viewer)).toMatchObject({ status: 200, body: { role: 'viewer' } });
  expect(await client.get('/api/runs', worker)).toMatchObject({ status: 200, body: { runs: [], all: 0 } });
  expect(await client.get('/api/run/data', viewer)).toMatchObject({ status: 404, body: { code: 'noData' } });
  const refused = await client.watch(null, 'wrong');
  await refused.until(({ closedWith }) => closedWith !== null, 'The end of the connection');
  expect(refused).toMatchObject({ closedWith: 1008, messages: [{ type: 'refused' }] });

  const wrong: [body: unknown, sentence: RegExp][] = [
    ['no json', /is no JSON/],
    [{ spce: {} }, /not understood/],
    [{ spec: 3 }, /must hold an object of fields/],
    [{ spec: { preset: 'mnist-mpl' } }, /did you mean "mnist-mlp"/],
    [{ spec: { ...cluster.spec, epochs: -1 } }, /epochs/],
    [{ spec: { ...cluster.spec, data: { source: 'idx', validation: 300 } } }, /\.$/],
    ['x'.repeat(300_000), /at most 262144 bytes/],
  ];
  for (const [body, sentence] of wrong) {
    const answer = await client.post('/api/runs', body);
    expect([400, 413]).toContain(answer.status);
    expect((answer.body as { error: string }).error).toMatch(sentence);
  }
  expect(await client.get('/api/runs')).toMatchObject({ body: { runs: [], all: 0 } });
  expect(await client.post('/api/run/pause')).toMatchObject({
    status: 409,
    body: { error: 'No run is going on.' },
  });
  expect(await client.get('/api/runs/..%2f..%2fetc')).toMatchObject({ status: 404 });
  expect(await client.get('/api/nothing')).toMatchObject({ status: 404 });
});

test('what is gone cannot be acted on, and the answer names the reason', async () => {
  const cluster = await Cluster.of(LONG);
  const { client } = await serve(cluster, 1);
  const refused = async (path: string, body: unknown, status: number, code: string) =>
    expect([path, await client.post(path, body)]).toMatchObject([
      path,
      { status, body: { code, error: expect.stringMatching(/\.$/) } },
    ]);
  await refused('/api/run/pause', {}, 409, 'noRun');
  await refused('/api/workers/1', { action: 'remove' }, 409, 'noRun');
  await refused('/api/runs/no-such-run/resume', {}, 404, 'noSuchRun');
  await refused('/api/local/local-9', { action: 'poison' }, 404, 'noSuchLocal');
  expect(await client.post('/api/local/local-1', { action: 'kill' })).toMatchObject({ status: 200 });
  for (const action of ['kill', 'poison', 'freeze', 'slow']) {
    await refused('/api/local/local-1', { action }, 409, 'localNotRunning');
  }
  expect(await client.post('/api/local/local-1', { action: 'restore' })).toMatchObject({ status: 200 });
  await client.start(cluster.spec);
  await refused('/api/queue/no-such-run', { action: 'remove' }, 404, 'notQueued');
  await refused('/api/sweeps/no-such-sweep/resume', {}, 404, 'noSuchSweep');
  await refused('/api/sweeps/no-such-sweep/stop', {}, 409, 'sweepNotGoing');
  await refused('/api/workers/4096', { action: 'pause' }, 404, 'noSuchWorker');
  await refused('/api/run/resume', {}, 409, 'notPaused');
  expect(await client.post('/api/run/pause', {})).toMatchObject({ status: 200 });
  await refused('/api/run/pause', {}, 409, 'pausedAlready');
});
