/**
 * Liars among real processes: a worker that proves itself and then sends wrong gradients is convicted by the trusted
 * worker, what it got through is taken back, and the run ends with the bits it would have had without it.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ByeCode } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster, fromStep, isEpoch, isWorker, runIdOf, startWorker } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ForeignWorker } from '../support/foreignWorker.ts';
import { HandWorker } from '../support/handWorker.ts';
import { helloOfLiar as hello, liarAt } from '../support/liar.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

/** The identity that a credential proves: the id of the token. */
const provenBy = (credential: string): string =>
  JSON.parse(Buffer.from(credential.split('.')[1] ?? '', 'base64url').toString()).jti;

const isPrivate = async (file: string): Promise<boolean> =>
  process.platform === 'win32' || ((await stat(file)).mode & 0o077) === 0;

test('a worker that begins to lie is convicted, and the run ends with the honest bits', async () => {
  const trust = { spotCheck: 0.3, quorum: 1 };
  const cluster = await Cluster.of(perceptron({ epochs: 60, trust }));
  const alone = await cluster.alone();
  const coordinator = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(coordinator);
  const url = await coordinator.joinUrl();
  const { worker, lies, credential } = await liarAt(url, cluster, 'liar-0000-1111', 25);
  expect(await worker.closed).toMatchObject({ code: ByeCode.convicted.code });
  expect(lies()).toBeGreaterThan(0);

  const again = await ForeignWorker.connect(url);
  again.send(hello(url, 'another-name', { token: credential }));
  expect(await again.closed).toMatchObject({ code: ByeCode.convicted.code });
  // What it calls itself is anybody's to say, and harms nobody.
  const namesake = await ForeignWorker.connect(url);
  namesake.send(hello(url, 'liar-0000-1111'));
  const welcome = await namesake.message(({ type }) => type === 'welcome', 'The welcome');
  expect(provenBy(String(welcome.credential))).not.toBe(provenBy(credential));
  namesake.send({ type: 'leave', reason: 'Enough.' });
  await namesake.closed;

  const verdict = await coordinator.line(({ type }) => type === 'trust', 'A verdict');
  expect(verdict.message).toContain('a liar gave a wrong answer');
  const folder = join(cluster.runs, runId);
  const [line = ''] = (await readFile(join(folder, 'convictions.jsonl'), 'utf8')).trim().split('\n');
  const evidence = JSON.parse(line);
  expect(evidence).toMatchObject({ name: 'a liar', identity: provenBy(credential) });
  expect(line).not.toContain('127.0.0.1');
  // Not before: with an honest worker the run would soon be over.
  startWorker(url, 'honest');

  expect(await coordinator.result()).toMatchObject({
    state: 'finished',
    steps: alone.steps,
    parametersSha256: alone.parametersSha256,
  });
  await coordinator.end();
  for (const name of ['convictions.jsonl', 'checkpoints/last.safetensors', '../standing.json'])
    expect(await isPrivate(join(folder, name)), name).toBe(true);
  expect(evidence.given).toMatch(/^[0-9a-f]{64}$/);
  expect(evidence.expected).not.toBe(evidence.given);
  const records = (await readFile(join(folder, 'epochs.jsonl'), 'utf8')).trim().split('\n');
  expect(records.map((record) => JSON.parse(record).epoch)).toEqual(
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
  const standing = JSON.parse(await readFile(join(cluster.runs, 'standing.json'), 'utf8'));
  expect(standing[provenBy(credential)]).toBeUndefined();
  expect(Object.keys(standing)).toHaveLength(1);
});

test('a coordinator killed after a conviction remembers it, and resumes to the honest bits', async () => {
  const trust = { spotCheck: 0.3, quorum: 1 };
  const cluster = await Cluster.of(perceptron({ epochs: 80, trust }));
  const alone = await cluster.alone();
  // Slow: it does not end before the liar is found out, and nobody does all of a step before the other begins.
  const first = cluster.train(0, ['--verbose', '--pace', '20']);
  const runId = await runIdOf(first);
  const url = await first.joinUrl();
  startWorker(url, 'honest');
  const { worker, credential } = await liarAt(url, cluster, 'liar-0000-2222', 25);
  await worker.closed;
  first.kill('SIGKILL');
  await first.outputsEnded;

  const second = cluster.resume(runId, 0, ['--verbose', '--pace', '5']);
  await second.line(fromStep(1), 'A step');
  // It waits for whoever comes back.
  const client = await CoordinatorClient.of(second);
  expect((await client.post('/api/run/pause')).status).toBe(200);
  expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
  const again = await ForeignWorker.connect(url);
  again.send(hello(url, 'liar-0000-2222', { token: credential }));
  expect(await again.closed).toMatchObject({ code: ByeCode.convicted.code });
  expect((await client.post('/api/run/resume')).status).toBe(200);
  expect(await second.result()).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
});

test('with too few unrelated workers for a quorum the trusted worker computes all of it, and says so', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 3, trust: { quorum: 2 } }));
  const alone = await cluster.alone();
  const coordinator = cluster.train(0);
  const url = await coordinator.joinUrl();
  for (const name of ['one', 'two']) startWorker(url, name);
  const verdict = await coordinator.line(({ type }) => type === 'trust', 'The reason');
  expect(verdict.message).toContain('too few for a quorum of 2');
  expect(await coordinator.result()).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
});

test('only the operator sees who is checked, and how', async () => {
  // Nobody waits for its end.
  const cluster = await Cluster.of(perceptron({ epochs: 10_000, trust: { spotCheck: 0.5 } }));
  const coordinator = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(coordinator);
  const client = await CoordinatorClient.of(coordinator);
  const pages = {
    operator: await client.watch(),
    viewer: await client.watch(null, client.tokens.viewer),
    worker: await client.watch(null, client.tokens.worker),
  };
  startWorker(await coordinator.joinUrl(), 'remote');
  const changed = await client.post('/api/run/trust', { spotCheck: 0.6 });
  expect(changed.body).toMatchObject({ message: 'From now on 60 % of the leases are checked.' });
  await pages.operator.until(
    ({ workers, events }) =>
      workers.some(({ name, trust }) => name === 'remote' && (trust?.standing ?? 0) > 3) &&
      events.includes('From now on 60 % of the leases are checked.'),
    'Answers that were found right',
  );
  expect(pages.operator.run?.trust).toEqual({ spotCheck: 0.6, quorum: 1, trim: 0 });
  expect((await client.get(`/api/runs/${runId}`)).body).toMatchObject({ trust: { spotCheck: 0.6 } });
  for (const role of ['viewer', 'worker'] as const) {
    const page = pages[role];
    await page.until(({ workers }) => workers.some(({ name }) => name === 'remote'), 'The worker');
    // Nothing that was told, in any message, has a word of it.
    const told = JSON.stringify(page.messages);
    expect(told).not.toMatch(/spotCheck|quorum|"standing"|"checked"|"believed"|"kind":"trust"|checked/);
    expect(page.run?.trust).toBeNull();
    const token = client.tokens[role];
    const detail = await client.get(`/api/runs/${runId}`, token);
    expect(detail).toMatchObject({ status: 200, body: { runId, trust: null } });
    expect(JSON.stringify(detail.body)).not.toMatch(/spotCheck|quorum/);
    expect(JSON.stringify((await client.get('/api/runs', token)).body)).not.toMatch(/spotCheck|quorum/);
    expect(await client.get('/api/run/trust', token)).toMatchObject({ status: 403 });
    expect(await client.post('/api/run/trust', { spotCheck: 0 }, token)).toMatchObject({ status: 403 });
  }
});

test('trust is changed while the run goes on, by page and command line, and a resumed run keeps it', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 60, trust: { spotCheck: 0 } }));
  const alone = await cluster.alone();
  const first = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(first);
  const client = await CoordinatorClient.of(first);
  const hand = await HandWorker.join(await first.joinUrl(), cluster.spec);
  await first.line(isEpoch(1), 'An epoch');
  hand.hold();
  const refused = await client.post('/api/run/trust', { quorum: 2 });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body)).toContain('trust.spotCheck is 0');
  const command = ShoalProcess.start([
    ...['trust', runId, '--out', cluster.runs],
    ...['--spot-check', '0.25', '--quorum', '1', '--json'],
  ]);
  expect(await command.line(({ type }) => type === 'trust-policy', 'The policy')).toMatchObject({
    ...{ runId, spotCheck: 0.25, quorum: 1, convicted: 0 },
  });
  first.kill('SIGKILL');
  await first.outputsEnded;
  expect(await isPrivate(join(cluster.runs, runId, 'trust.json'))).toBe(true);

  const second = cluster.resume(runId, 0, ['--verbose']);
  const another = await HandWorker.join(await second.joinUrl(), cluster.spec);
  await second.line(fromStep(1), 'A step');
  another.hold();
  const again = await CoordinatorClient.of(second);
  expect((await again.get('/api/run/trust')).body).toMatchObject({ runId, spotCheck: 0.25 });
  another.goOn();
  expect(await second.result()).toMatchObject({ parametersSha256: alone.parametersSha256 });
});

test('what is poisoned by default is found out by its first lie, and poison where nothing is checked is asked about', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 400 }));
  const alone = await cluster.alone();
  // Slow, and then at rest, or the run might end before everything is asked.
  const coordinator = cluster.train(2, ['--verbose', '--pace', '20']);
  const client = await CoordinatorClient.of(coordinator);
  await coordinator.line(fromStep(20), 'Step 20');
  expect((await client.post('/api/run/pause')).status).toBe(200);
  expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
  expect((await client.post('/api/run/trust', { spotCheck: 0 })).status).toBe(200);
  const asked = await client.post('/api/local/local-1', { action: 'poison' });
  expect(asked.status).toBe(409);
  expect(JSON.stringify(asked.body)).toContain('poison would stay in the model');
  expect((await client.post('/api/run/trust', { spotCheck: 0.05 })).status).toBe(200);
  expect((await client.post('/api/local/local-1', { action: 'poison' })).status).toBe(200);
  // Steps are so short that one worker may do them all: it is to be the poisoned one, until it is found out.
  const page = await client.watch();
  await page.until(({ workers }) => workers.length === 2, 'Both workers');
  const other = `/api/workers/${page.workers.find(({ name }) => name === 'local-2')?.id}`;
  expect(await client.post(other, { action: 'pause' })).toMatchObject({ status: 200 });
  expect((await client.post('/api/run/resume')).status).toBe(200);
  await coordinator.line(isWorker('left', 'local-1'), 'That it has left');
  expect(await client.post(other, { action: 'continue' })).toMatchObject({ status: 200 });
  expect(await coordinator.result()).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
});

test('a local worker that a lecture poisons is convicted before the eyes of whoever watches', async () => {
  const trust = { spotCheck: 0.3, quorum: 1 };
  const cluster = await Cluster.of(perceptron({ epochs: 400, trust }));
  const alone = await cluster.alone();
  // Slow: it does not end before it is paused.
  const coordinator = cluster.train(2, ['--verbose', '--pace', '20']);
  const client = await CoordinatorClient.of(coordinator);
  const page = await client.watch();
  await coordinator.line(fromStep(100), 'Step 100');
  expect((await client.post('/api/run/pause')).status).toBe(200);
  expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
  // Steps are so short that one worker may do them all: it is to be this one.
  await page.until(({ workers }) => workers.length === 2, 'Both workers');
  const other = page.workers.find(({ name }) => name === 'local-2')?.id;
  expect(await client.post(`/api/workers/${other}`, { action: 'pause' })).toMatchObject({ status: 200 });
  expect(await client.post('/api/local/local-1', { action: 'poison' })).toMatchObject({ status: 200 });
  expect((await client.post('/api/run/resume')).status).toBe(200);
  await page.until(
    ({ events }) => events.some((message) => message.startsWith('local-1 gave a wrong answer')),
    'The verdict',
  );
  await coordinator.line(isWorker('left', 'local-1'), 'That it has left');
  expect(await client.post(`/api/workers/${other}`, { action: 'continue' })).toMatchObject({ status: 200 });
  expect(await coordinator.result()).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
  await coordinator.end();
  // The curve is that of the run as it came to be, each step once.
  const file = join(cluster.runs, await runIdOf(coordinator), 'steps.jsonl');
  const steps = (await readFile(file, 'utf8')).trim().split('\n');
  expect(steps.map((line) => JSON.parse(line)[0])).toEqual(
    Array.from({ length: alone.steps }, (_, i) => i + 1),
  );
});
