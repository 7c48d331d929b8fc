/** What waits in a cluster, and its sweeps: whoever leads next carries them out, and one that stands by says whom to ask. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueueView, RunListView, SweepView } from '@shoal/core';
import { expect, onTestFinished, test } from 'vitest';
import {
  type NatsServer,
  natsServer,
  natsServers,
} from '../../packages/coordinator/src/cluster/natsServer.suite.ts';
import { Cluster, temporaryFolder } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

const PATIENTLY = { timeout: 120_000, interval: 300 };

async function broker(): Promise<NatsServer> {
  const [nats] = await natsServers(1);
  if (nats === undefined) throw new Error('There is no NATS server.');
  onTestFinished(() => nats.end());
  return nats;
}

/** A coordinator that waits for runs, once it is known how it stands. */
async function serve(
  { where }: Pick<Cluster, 'where'>,
  { url }: NatsServer,
  standing: 'leads' | 'standsBy',
  more: readonly string[] = [],
) {
  const coordinator = ShoalProcess.start([
    ...['serve', '--port', '0', '--workers', '1', ...where, '--cluster', url, '--cluster-lease', '15'],
    ...more,
  ]);
  await coordinator.line(
    (line) => line.type === 'cluster' && line.standing === standing,
    `That it ${standing}`,
  );
  return { coordinator, client: await CoordinatorClient.of(coordinator) };
}

test.skipIf(natsServer === null)(
  'runs that wait follow each other in the hands of the one that stood by, which refuses to change anything before',
  async () => {
    const nats = await broker();
    const cluster = await Cluster.of(perceptron({ epochs: 300 }));
    // Slow: its first run does not end before it is paused.
    const leader = await serve(cluster, nats, 'leads', ['--pace', '20']);
    const standby = await serve(cluster, nats, 'standsBy');
    const ids: string[] = [];
    for (let run = 0; run < 3; run += 1) {
      const { body } = await leader.client.post('/api/runs', { spec: cluster.spec });
      ids.push((body as { readonly runId: string }).runId);
    }
    const [first = '', second = '', third = ''] = ids;
    // It waits there for what follows, however fast it is.
    const earlier = await leader.client.watch();
    await earlier.until(({ epochs }) => epochs.length > 2, 'Some epochs');
    expect(await leader.client.post('/api/run/pause', {})).toMatchObject({ status: 200 });
    const labelled = await leader.client.post(`/api/runs/${first}/label`, { name: 'Kept', tags: ['a'] });
    expect(labelled).toMatchObject({ status: 200, body: { name: 'Kept' } });

    for (const [path, body] of [
      ['/api/runs', { spec: cluster.spec }],
      [`/api/runs/${first}/label`, { name: 'Other' }],
      [`/api/runs/${first}/label`, { archived: true }],
      [`/api/runs/${first}/delete`, {}],
      [`/api/runs/${first}/resume`, {}],
      ['/api/run/stop', {}],
      [`/api/queue/${second}`, { action: 'remove' }],
      ['/api/sweeps', { sweep: {} }],
      ['/api/sweeps/none/resume', {}],
      ['/api/sweeps/none/stop', {}],
      ['/api/access/revoke', { role: 'worker' }],
    ] as const) {
      expect(await standby.client.post(path, body), path).toEqual({
        status: 409,
        body: {
          code: 'standby',
          error: `This coordinator stands by: ask the one that leads instead, at ${leader.client.url}.`,
        },
      });
      expect(await standby.client.post(path, body, standby.client.tokens.viewer), path).toMatchObject({
        status: 403,
      });
    }
    // Looking is open to whoever asks there.
    const listed = async ({ client }: typeof leader) => (await client.get('/api/runs')).body as RunListView;
    await expect
      .poll(async () => (await listed(standby)).runs, PATIENTLY)
      .toContainEqual(expect.objectContaining({ runId: first, name: 'Kept', tags: ['a'], archived: false }));

    const later = await standby.client.watch();
    leader.coordinator.kill('SIGKILL');
    await leader.coordinator.outputsEnded;
    const { parametersSha256 } = await cluster.alone();
    for (const runId of ids) {
      expect(await later.result(runId)).toMatchObject({ state: 'finished', parametersSha256 });
    }
    await expect
      .poll(async () => (await standby.client.get('/api/queue')).body as QueueView, PATIENTLY)
      .toEqual({ going: null, waiting: [] });
    const { runs } = await listed(standby);
    expect(runs.map(({ runId, name }) => [runId, name]).sort()).toEqual(
      [
        [first, 'Kept'],
        [second, 'perceptron'],
        [third, 'perceptron'],
      ].sort(),
    );
    // What leads can be told to put away.
    expect(await standby.client.post(`/api/runs/${second}/label`, { archived: true })).toMatchObject({
      status: 200,
    });
    expect(await standby.client.post(`/api/runs/${third}/delete`, {})).toMatchObject({ status: 200 });
    expect((await listed(standby)).runs.map(({ runId }) => runId)).toEqual([first]);
  },
);

const HALVING = {
  name: 'halving',
  base: { preset: 'mnist-softmax', data: { source: 'digits', limit: 300, validation: 100 } },
  vary: { 'optimizer.lr': { from: 0.001, to: 1, scale: 'log' }, batch: [20, 50] },
  search: { type: 'successiveHalving', trials: 6, seed: 2, eta: 2, minEpochs: 2, maxEpochs: 8 },
  objective: { metric: 'validationLoss' },
};

/** What does not depend on how fast it was. */
const tableOf = ({ table, best, done }: SweepView) => ({
  ...{ best, done },
  table: table.map(({ seconds: _seconds, ...trial }) => trial),
});

test.skipIf(natsServer === null)(
  'a sweep goes on with whoever leads next, to the table of one that nothing befell',
  async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'halving.json');
    await writeFile(file, JSON.stringify(HALVING));
    const here = ['--host', '127.0.0.1', '--port', '0', '--workers', '1', '--json'];
    const alone = await shoal(['sweep', file, '--out', join(folder, 'alone'), ...here]);
    const expected = tableOf(alone.lines.find(({ type }) => type === 'sweep') as unknown as SweepView);

    const nats = await broker();
    const where = ['--host', '127.0.0.1', '--json'];
    const leader = await serve({ where }, nats, 'leads');
    const standby = await serve({ where }, nats, 'standsBy');
    expect(await leader.client.post('/api/sweeps', { sweep: HALVING })).toEqual({
      status: 201,
      body: { sweep: 'halving', place: 0 },
    });
    const viewOf = async ({ client }: typeof leader): Promise<SweepView> =>
      (await client.get('/api/sweeps/halving')).body as SweepView;
    await expect
      .poll(async () => (await viewOf(leader)).table.filter(({ epochs }) => epochs > 0).length, PATIENTLY)
      .toBeGreaterThan(1);
    leader.coordinator.kill('SIGKILL');
    await leader.coordinator.outputsEnded;
    await expect.poll(async () => (await viewOf(standby)).state, PATIENTLY).toBe('done');
    expect(tableOf(await viewOf(standby))).toEqual(expected);
    // A sweep is done before the queue goes on.
    await expect
      .poll(async () => (await standby.client.get('/api/queue')).body, PATIENTLY)
      .toMatchObject({ going: null, waiting: [] });
  },
);
