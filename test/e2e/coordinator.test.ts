/** The coordinator as its pages see it: runs started and controlled over HTTP, watched over the feed, one after another. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunDetail, WatchMessage } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster, isWorker, runIdOf, startWorker } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { serve } from '../support/serve.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

/** Long enough to do something while it goes; nobody waits for its end. */
const LONG = perceptron({ epochs: 100_000 });

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

test('a run started from the page gives the bits of a run alone; the feed tells each step once, also after a broken line', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 60 }));
  const alone = await cluster.alone();
  const { coordinator, client } = await serve(cluster, 2);
  const early = await client.watch();
  await early.until(({ messages }) => messages.length > 0, 'The snapshot');
  expect(early.messages[0]).toMatchObject({
    type: 'snapshot',
    role: 'operator',
    run: null,
    runs: { count: 0 },
  });
  expect(early.messages[0]).toMatchObject({ join: { links: [expect.stringContaining('/join#')] } });

  const checked = await client.post('/api/spec', { spec: cluster.spec });
  expect(checked).toMatchObject({
    status: 200,
    body: { parameters: 24 * 100 + 24 + 4 * 24 + 4, notices: [] },
  });
  const runId = await client.start(cluster.spec);
  await early.until(({ steps }) => steps.length > 20, 'Some steps');
  const have = { runId, globalStep: early.steps.at(-1) as number };
  const seen = [...early.steps];
  early.drop();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const late = await client.watch(have);
  const result = await late.result(runId);

  expect([...seen, ...late.steps]).toEqual(upTo(result.steps));
  expect(result).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
    steps: alone.steps,
  });
  await late.until(({ epochs }) => epochs.at(-1)?.epoch === 60, 'The last epoch');
  const detail = (await client.get(`/api/runs/${runId}`)).body as RunDetail;
  expect(detail.steps.globalStep).toEqual(upTo(result.steps));
  expect(detail.records).toHaveLength(60);
  expect(detail).toMatchObject({ state: 'finished', parametersSha256: alone.parametersSha256 });
  await late.until(
    ({ events }) => events.some((message) => message.startsWith(`The run ${runId} has ended (finished)`)),
    'The end in the list of events',
  );

  const parameters = await fetch(`${client.url}/api/run/parameters`, {
    headers: { authorization: `Bearer ${client.tokens.viewer}` },
  });
  expect(parameters.headers.get('x-shoal-step')).toBe(String(result.steps));
  const bytes = Buffer.from(await parameters.arrayBuffer());
  expect(bytes.equals(Buffer.from(alone.parameters.buffer))).toBe(true);
  coordinator.kill('SIGINT');
  expect((await coordinator.end()).code).toBe(0);
  expect(coordinator.errors).toBe('');
});

test('a run is paused, goes on, and is ended with what it has', async () => {
  const cluster = await Cluster.of(LONG);
  const { client } = await serve(cluster, 2);
  const runId = await client.start(cluster.spec);
  const feed = await client.watch();
  await feed.until(({ steps }) => steps.length > 10, 'Some steps');
  const next = await client.post('/api/runs', { spec: cluster.spec });
  expect(next).toMatchObject({ status: 202, body: { place: 1 } });
  const { runId: queued } = next.body as { readonly runId: string };
  expect(await client.post(`/api/queue/${queued}`, { action: 'remove' })).toMatchObject({ status: 200 });

  expect(await client.post('/api/run/pause')).toMatchObject({
    status: 200,
    body: { message: expect.any(String) },
  });
  await feed.until(({ run }) => run?.state === 'paused', 'The pause');
  await feed.until(
    ({ workers }) => workers.length === 2 && workers.every((one) => one.leasesHeld === 0),
    'Rest',
  );
  const paused = feed.run?.globalStep as number;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(feed.run).toMatchObject({
    state: 'paused',
    globalStep: paused,
    reason: 'The operator paused the run.',
  });
  expect(await client.post('/api/run/pause')).toMatchObject({ status: 409 });
  expect(await client.post('/api/run/resume')).toMatchObject({ status: 200 });
  await feed.until(({ run }) => (run?.globalStep ?? 0) > paused + 10, 'Steps after the pause');

  const [first] = feed.workers;
  const id = first?.id as number;
  expect(first).toMatchObject({ local: true, kind: 'node', engine: 'wasm-strict', threads: 1 });
  await client.post(`/api/workers/${id}`, { action: 'pause' });
  await feed.until(
    ({ workers }) => workers.some((one) => one.id === id && one.state === 'paused'),
    'A paused worker',
  );
  await client.post(`/api/workers/${id}`, { action: 'continue' });
  await feed.until(
    ({ workers }) => workers.some((one) => one.id === id && one.state !== 'paused'),
    'Its return',
  );
  await client.post(`/api/workers/${id}`, { action: 'drain' });
  await feed.until(({ workers }) => workers.length === 1, 'Its leave');
  expect(await client.post(`/api/workers/${id}`, { action: 'drain' })).toMatchObject({ status: 404 });

  expect(await client.post('/api/run/finish')).toMatchObject({ status: 200 });
  const result = await feed.result(runId);
  expect(result).toMatchObject({
    state: 'finished',
    reason: expect.stringMatching(/^The operator ended the run/),
  });
  expect(result.testAccuracy).toEqual(expect.any(Number));
  expect((await stat(join(cluster.runs, runId, 'model.safetensors'))).size).toBeGreaterThan(1000);
  expect(feed.steps).toEqual(upTo(result.steps));
});

test('slow motion, single steps and full speed again leave the bits as they are', async () => {
  // At this pace it takes a minute, so that it does not end while a command starts.
  const cluster = await Cluster.of(perceptron({ epochs: 60 }));
  const alone = await cluster.alone();
  const coordinator = cluster.train(2, ['--pace', '5']);
  const client = await CoordinatorClient.of(coordinator);
  const runId = await runIdOf(coordinator);
  const feed = await client.watch();
  await feed.until(({ steps }) => steps.length > 4, 'Some slow steps');
  expect(feed.run).toMatchObject({ state: 'training', pace: 5 });

  const paceAfter = async (...words: string[]): Promise<unknown> => {
    const command = ShoalProcess.start(['pace', runId, ...words, '--out', cluster.runs, '--json']);
    const line = await command.line(({ type }) => type === 'pace', 'The pace');
    expect(await command.exited).toEqual({ code: 0, signal: null });
    return line.stepsPerSecond;
  };
  expect(await paceAfter('step')).toBe(5);
  const atRest = (): Promise<void> =>
    feed.until(
      ({ run, workers }) => run?.state === 'paused' && workers.every((one) => one.leasesHeld === 0),
      'Rest',
    );
  await atRest();
  for (let i = 0; i < 3; i += 1) {
    const before = feed.run?.globalStep as number;
    expect(await client.post('/api/run/step')).toMatchObject({ status: 200 });
    await feed.until(({ run }) => run?.globalStep === before + 1, 'One step');
    await atRest();
  }
  const paused = feed.run?.globalStep as number;
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(feed.run).toMatchObject({ state: 'paused', globalStep: paused });

  expect(await client.post('/api/run/pace', { stepsPerSecond: 0 })).toMatchObject({ status: 400 });
  expect(await client.post('/api/run/pace', { stepsPerSecond: 21 })).toMatchObject({ status: 400 });
  expect(await paceAfter()).toBe(5);
  expect(await paceAfter('full')).toBe(null);
  await client.post('/api/run/resume');
  const result = await feed.result(runId);
  expect(result).toMatchObject({ state: 'finished', parametersSha256: alone.parametersSha256 });
  expect(feed.steps).toEqual(upTo(alone.steps));
});

test('a run that is stopped is resumed from the page to the bits that it would have reached', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 400 }));
  const alone = await cluster.alone();
  // Slow, until it is resumed: it does not end before it is stopped.
  const { client } = await serve(cluster, 1, ['--pace', '20']);
  const runId = await client.start(cluster.spec);
  const feed = await client.watch();
  await feed.until(({ steps }) => steps.length > 30, 'Some steps');
  expect(await client.post('/api/run/stop')).toMatchObject({ status: 200 });
  expect(await feed.result(runId)).toMatchObject({ state: 'stopped' });
  expect((await client.get('/api/runs')).body).toMatchObject({
    runs: [{ runId, state: 'stopped' }],
    found: 1,
  });
  expect(await client.post(`/api/runs/${runId}/resume`)).toMatchObject({ status: 201, body: { runId } });
  await feed.until(({ run }) => run?.runId === runId && run.result === null, 'The resumed run');
  expect(await client.post('/api/run/pace', { stepsPerSecond: null })).toMatchObject({ status: 200 });
  const result = await feed.result(runId);
  expect(result).toMatchObject({ state: 'finished', parametersSha256: alone.parametersSha256 });
  const detail = (await client.get(`/api/runs/${runId}`)).body as RunDetail;
  expect(detail.steps.globalStep).toEqual(upTo(result.steps));
  expect(await client.post(`/api/runs/${runId}/resume`)).toMatchObject({
    status: 400,
    body: { error: expect.stringMatching(/already ended/) },
  });
});

test('local workers that are killed, frozen and slowed cost time and no bit', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 200 }));
  const alone = await cluster.alone();
  // Slow: the run does not end before everyone has been seen at work again.
  const { client } = await serve(cluster, 3, ['--pace', '20']);
  const feed = await client.watch();
  const local = async (name: string, action: string) => {
    const answer = await client.post(`/api/local/${name}`, { action });
    expect(answer).toMatchObject({ status: 200 });
    return (answer.body as { readonly message: string }).message;
  };
  const fault = (name: string) => feed.locals.find((one) => one.name === name)?.state;
  const worker = (name: string) => feed.workers.find((one) => one.name === name);
  for (const name of ['local-2', 'local-3'])
    expect(await local(name, 'slow')).toMatch(/a tenth of its speed/);

  // Everyone is there and at rest before the first is frozen.
  const runId = await client.start(cluster.spec);
  await client.post('/api/run/pause');
  await feed.until(
    ({ workers }) => workers.length === 3 && workers.every(({ state }) => state === 'ready'),
    'Three workers at rest',
  );
  expect(await local('local-1', 'freeze')).toMatch(/^local-1 is frozen/);
  await client.post('/api/run/resume');
  await feed.until(() => worker('local-1')?.state === 'late', 'Lateness');
  expect(worker('local-1')?.reason).toMatch(/^It was expected to answer .* ago; /);
  expect(['local-1', 'local-2', 'local-3'].map(fault)).toEqual(['frozen', 'slowed', 'slowed']);
  const before = feed.run?.globalStep as number;
  await feed.until(({ run }) => (run?.globalStep ?? 0) > before + 5, 'Steps in spite of it');

  expect(await local('local-3', 'kill')).toMatch(/^local-3 was killed/);
  await feed.until(() => worker('local-3') === undefined && fault('local-3') === 'killed', 'Its end');
  expect(await client.post('/api/run/pause')).toMatchObject({ status: 200 });
  expect(await client.post('/api/local/local-3', { action: 'slow' })).toMatchObject({
    status: 409,
    body: { error: 'local-3 is not running any more: restore it first.', code: 'localNotRunning' },
  });
  expect(await local('local-3', 'restore')).toMatch(/started again/);
  await feed.until(() => worker('local-3') !== undefined, 'Its return');
  expect(await local('local-1', 'restore')).toMatch(/works as it should/);
  await feed.until(() => /computing|ready/.test(worker('local-1')?.state ?? ''), 'A thawed worker');
  expect(await local('local-2', 'restore')).toMatch(/works as it should/);
  expect(await client.post('/api/run/pace', { stepsPerSecond: null })).toMatchObject({ status: 200 });
  await client.post('/api/run/resume');
  expect(await client.post('/api/local', { action: 'add' })).toMatchObject({ status: 200 });
  expect(await client.post('/api/local/local-9', { action: 'kill' })).toMatchObject({ status: 404 });
  expect(await feed.result(runId)).toMatchObject({ parametersSha256: alone.parametersSha256 });
  expect(feed.steps).toEqual(upTo(alone.steps));
});

test('runs follow one another in one process, and workers stay, with one line on the wait', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 20 }));
  const alone = await cluster.alone();
  const { coordinator, client } = await serve(cluster, 0);
  const worker = startWorker(`${client.url}/join#${client.tokens.worker}`, 'stays');
  await worker.line((line) => /waits for the next run/.test(String(line.message)), 'The wait');
  const feed = await client.watch();
  const first = await client.start(cluster.spec);
  expect(await feed.result(first)).toMatchObject({ parametersSha256: alone.parametersSha256 });
  // As if a lecturer talked meanwhile: several attempts, one line.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const second = await client.start({ ...cluster.spec, seed: 6 });
  const result = await feed.result(second);
  expect(result.parametersSha256).not.toBe(alone.parametersSha256);
  const snapshots = feed.messages.filter(
    (one): one is Extract<WatchMessage, { type: 'snapshot' }> => one.type === 'snapshot',
  );
  expect(snapshots.map(({ run }) => run?.runId)).toEqual([undefined, first, second]);
  expect(coordinator.lines.filter(isWorker('joined', 'stays'))).toHaveLength(2);
  await expect
    .poll(() => worker.lines.filter((line) => /waits for the next run/.test(String(line.message))).length)
    .toBe(3);
  coordinator.kill('SIGINT');
  expect((await coordinator.end()).code).toBe(0);
  expect((await worker.end()).code).toBe(0);
  const texts = worker.lines.map(({ message }) => String(message));
  expect(texts.filter((text) => /waits for the next run/.test(text))).toHaveLength(3);
  expect(texts.filter((text) => /No connection/.test(text))).toEqual([]);
});

test('port and tokens of a coordinator that waits for runs outlive it', async () => {
  const cluster = await Cluster.of(LONG);
  const { coordinator, client } = await serve(cluster, 0);
  const { port } = new URL(client.url);
  coordinator.kill('SIGKILL');
  await coordinator.exited;
  const again = ShoalProcess.start(['serve', ...cluster.where]);
  const same = await CoordinatorClient.of(again);
  expect(same).toMatchObject({ url: client.url, tokens: client.tokens });
  expect(await readFile(join(cluster.runs, 'port'), 'utf8')).toBe(`${port}\n`);
});
