/**
 * Liars among real processes: a worker that proves itself and then sends wrong gradients is convicted by the trusted
 * worker, what it got through is taken back, and the run ends with the bits it would have had without it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ByeCode, KERNEL_BUILD } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster, fromStep, isWorker, runIdOf, startWorker } from '../support/cluster.ts';
import { exactWork } from '../support/exactCompute.ts';
import { checksum } from '../support/foreignArithmetic.ts';
import { answersTo, ForeignWorker, helloWith, type Message } from '../support/foreignWorker.ts';
import { perceptron } from '../support/specs.ts';
import { StationClient } from '../support/stationClient.ts';

type Liar = { readonly worker: ForeignWorker; readonly lies: () => number };

/** Answers so many leases rightly, and from then on with every sign turned. */
async function liarAt(url: string, cluster: Cluster, identity: string, honest: number): Promise<Liar> {
  const work = await exactWork(cluster.spec);
  const worker = await ForeignWorker.connect(url);
  worker.versions.set(0, work.initial);
  let answered = 0;
  let lies = 0;
  worker.onMessage((message) => {
    if (message.type !== 'lease') return;
    answered += 1;
    for (const answer of answersTo(message, work.run, worker.versions, work.compute)) {
      if (answered <= honest || answer.gradient === null) {
        worker.send(answer);
        continue;
      }
      lies += 1;
      const turned = new Float32Array((answer.gradient as Uint8Array).slice().buffer).map((value) => -value);
      const gradient = new Uint8Array(turned.buffer);
      worker.send({ ...answer, gradient, checksum: checksum(gradient) });
    }
  });
  worker.send(hello(url, identity));
  return { worker, lies: () => lies };
}

const hello = (url: string, identity: string): Message =>
  helloWith(url, { kernels: KERNEL_BUILD, identity, name: 'a liar' });

test('a worker that begins to lie is convicted, and the run ends with the honest bits', async () => {
  const trust = { spotCheck: 0.3, quorum: 1 };
  const cluster = await Cluster.of(perceptron({ epochs: 60, trust }));
  const alone = await cluster.alone();
  const coordinator = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(coordinator);
  const url = await coordinator.joinUrl();
  const { worker, lies } = await liarAt(url, cluster, 'liar-0000-1111', 25);
  startWorker(url, 'honest');
  expect(await worker.closed).toMatchObject({ code: ByeCode.convicted.code });
  expect(lies()).toBeGreaterThan(0);

  const again = await ForeignWorker.connect(url);
  again.send(hello(url, 'liar-0000-1111'));
  expect(await again.closed).toMatchObject({ code: ByeCode.convicted.code });

  const verdict = await coordinator.line(({ type }) => type === 'trust', 'A verdict');
  expect(verdict.message).toContain('a liar gave a wrong answer');
  const folder = join(cluster.runs, runId);
  const [line = ''] = (await readFile(join(folder, 'convictions.jsonl'), 'utf8')).trim().split('\n');
  const evidence = JSON.parse(line);
  expect(evidence).toMatchObject({ name: 'a liar', identity: 'liar-0000-1111', origin: '127.0.0.1' });
  expect(evidence.given).toMatch(/^[0-9a-f]{64}$/);
  expect(evidence.expected).not.toBe(evidence.given);

  expect(await coordinator.result()).toMatchObject({
    state: 'finished',
    steps: alone.steps,
    parametersSha256: alone.parametersSha256,
  });
  await coordinator.end();
  const records = (await readFile(join(folder, 'epochs.jsonl'), 'utf8')).trim().split('\n');
  expect(records.map((record) => JSON.parse(record).epoch)).toEqual(
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
  const standing = JSON.parse(await readFile(join(cluster.runs, 'standing.json'), 'utf8'));
  expect(standing['liar-0000-1111']).toBeUndefined();
  expect(Object.keys(standing)).toHaveLength(1);
});

test('a coordinator killed after a conviction remembers it, and resumes to the honest bits', async () => {
  const trust = { spotCheck: 0.3, quorum: 1 };
  const cluster = await Cluster.of(perceptron({ epochs: 80, trust }));
  const alone = await cluster.alone();
  const first = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(first);
  const url = await first.joinUrl();
  startWorker(url, 'honest');
  const { worker } = await liarAt(url, cluster, 'liar-0000-2222', 25);
  await worker.closed;
  first.kill('SIGKILL');
  await first.outputsEnded;

  const second = cluster.resume(runId, 0, ['--verbose']);
  await second.line(fromStep(1), 'A step');
  const again = await ForeignWorker.connect(url);
  again.send(hello(url, 'liar-0000-2222'));
  expect(await again.closed).toMatchObject({ code: ByeCode.convicted.code });
  expect(await second.result()).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
});

test('with too few unrelated workers for a quorum the trusted worker computes all of it, and says so', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 3, trust: { quorum: 2 } }));
  const alone = await cluster.alone();
  const coordinator = cluster.train(2);
  const verdict = await coordinator.line(({ type }) => type === 'trust', 'The reason');
  expect(verdict.message).toContain('too few for a quorum of 2');
  expect(await coordinator.result()).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
});

test('a local worker that a lecture poisons is convicted before the eyes of whoever watches', async () => {
  const trust = { spotCheck: 0.3, quorum: 1 };
  const cluster = await Cluster.of(perceptron({ epochs: 1000, trust }));
  const alone = await cluster.alone();
  const coordinator = cluster.train(2, ['--verbose']);
  const client = await StationClient.of(coordinator);
  const page = await client.watch();
  await coordinator.line(fromStep(200), 'Step 200');
  // Steps are so short that one worker may do them all: it is to be this one.
  await page.until(({ workers }) => workers.length === 2, 'Both workers');
  const other = page.workers.find(({ name }) => name === 'local-2')?.id;
  expect(await client.post(`/api/workers/${other}`, { action: 'pause' })).toMatchObject({ status: 200 });
  expect(await client.post('/api/local/local-1', { action: 'poison' })).toMatchObject({ status: 200 });
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
