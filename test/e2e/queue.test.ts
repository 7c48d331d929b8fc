/** Runs that wait for each other: started by themselves, put into another order, taken out, and there after a crash. */
import type { QueueView, RunListView } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster, startWorker } from '../support/cluster.ts';
import type { CoordinatorClient } from '../support/coordinatorClient.ts';
import { serve } from '../support/serve.ts';
import { shoal } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

const LONG = perceptron({ epochs: 100_000 });

/** Names of the run that was asked for, and its place: 0 where it began at once. */
async function ask(client: CoordinatorClient, spec: unknown): Promise<{ runId: string; place: number }> {
  const { status, body } = await client.post('/api/runs', { spec });
  const asked = body as { runId: string; place: number };
  expect([status, asked]).toEqual([asked.place === 0 ? 201 : 202, asked]);
  return asked;
}

const waiting = async (client: CoordinatorClient): Promise<string[]> =>
  ((await client.get('/api/queue')).body as QueueView).waiting.map(({ id }) => id);

test('runs that are started while one goes on wait, in an order that can be changed, and follow by themselves', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 3 }));
  const alone = await cluster.alone();
  const { coordinator, client } = await serve(cluster, 1);
  const remote = startWorker((await coordinator.joinUrl()) as string, 'stays');
  const watching = await client.watch();
  const first = await ask(client, LONG);
  const isThere = (name: string): boolean => watching.workers.some((worker) => worker.name === name);
  await watching.until(() => isThere('stays'), 'The worker from elsewhere');
  const others = [await ask(client, cluster.spec), await ask(client, LONG), await ask(client, cluster.spec)];
  const [second, third, fourth] = others.map(({ runId }) => runId) as [string, string, string];
  expect([first.place, ...others.map(({ place }) => place)]).toEqual([0, 1, 2, 3]);

  const wrong = await client.post('/api/runs', { spec: { preset: 'mlp-xor', epochs: -1 } });
  expect(wrong).toMatchObject({
    status: 400,
    body: { error: expect.stringMatching(/^epochs must be .*\.$/) },
  });

  expect(await client.post(`/api/queue/${fourth}`, { action: 'move', place: 1 })).toMatchObject({
    status: 200,
    body: { message: '"perceptron" waits at place 1 of the queue now.' },
  });
  expect(await waiting(client)).toEqual([fourth, second, third]);
  expect(await shoal(['queue', 'remove', third, '--out', cluster.runs])).toMatchObject({
    code: 0,
    raw: '"perceptron" was taken out of the queue.\n',
  });
  expect(await client.post(`/api/queue/${third}`, { action: 'remove' })).toMatchObject({
    status: 404,
    body: { code: 'notQueued' },
  });
  expect(await client.post(`/api/queue/${second}`, { action: 'remove' }, client.tokens.viewer)).toMatchObject(
    {
      status: 403,
    },
  );
  const listed = await shoal(['runs', '--out', cluster.runs]);
  expect(listed.raw).toContain(`${fourth}  waits at place 1  new run`);
  expect(listed.raw).toContain(`${second}  waits at place 2  new run`);
  expect(listed.raw).not.toContain(third);

  expect(await client.post('/api/run/stop')).toMatchObject({ status: 200 });
  for (const runId of [fourth, second]) {
    expect(await watching.result(runId)).toMatchObject({
      state: 'finished',
      parametersSha256: alone.parametersSha256,
    });
  }
  // What a run has come to is told before the queue goes on.
  await expect
    .poll(async () => (await client.get('/api/queue')).body)
    .toMatchObject({ going: null, waiting: [] });
  // The same worker, which nobody has started anew.
  expect(remote.isRunning).toBe(true);
});

test('three runs in a queue outlive a coordinator that is killed: the one that went on goes on, the others follow', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 400 }));
  const alone = await cluster.alone();
  // Slow: its first run does not end before it is killed.
  const { coordinator, client } = await serve(cluster, 1, ['--pace', '20']);
  const watching = await client.watch();
  const ids: string[] = [];
  for (let run = 0; run < 3; run += 1) ids.push((await ask(client, cluster.spec)).runId);
  await watching.until(({ epochs }) => epochs.length > 2, 'Some epochs');
  coordinator.kill('SIGKILL');
  await coordinator.outputsEnded;
  expect((await shoal(['queue', '--json', '--out', cluster.runs])).raw.split('\n')[0]).toContain(
    `"id":"${ids[1]}"`,
  );

  const again = await serve(cluster, 1);
  const later = await again.client.watch();
  for (const runId of ids) {
    expect(await later.result(runId)).toMatchObject({
      state: 'finished',
      parametersSha256: alone.parametersSha256,
    });
  }
  const { runs } = (await again.client.get('/api/runs')).body as RunListView;
  expect(runs.map(({ runId }) => runId).sort()).toEqual([...ids].sort());
});
