/** The list of runs as commands and programs ask for it: searched, sorted, labelled, archived, deleted. */
import { cp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunListView, RunSummary } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster, temporaryFolder } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { makeRuns, nameOfMade } from '../support/madeRuns.mjs';
import { expectRefusal } from '../support/refusal.ts';
import { serve } from '../support/serve.ts';
import { ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

const namesIn = (lines: readonly object[]): unknown[] =>
  lines.map((line) => (line as { readonly runId: unknown }).runId);

test('commands find runs by what is said of them, and put them away', async () => {
  const runs = join(await temporaryFolder(), 'runs');
  await makeRuns(runs, 40);
  const list = (...words: readonly string[]) => shoal(['runs', '--out', runs, '--json', ...words]);
  const first = await list('--sort', 'accuracy', '--limit', '2', '--best', 'loss');
  expect(first.errors).toBe(`The index of runs in ${runs} was made anew from 40 runs.\n`);
  expect(namesIn(first.lines)).toEqual([0, 1, 0].map(nameOfMade));
  expect(first.lines.at(-1)).toMatchObject({ type: 'best-run', by: 'testLoss' });

  const labelled = ['label', nameOfMade(7), '--out', runs, '--name', 'Wide net', '--tag', 'good,odd one'];
  const label = await shoal(['runs', ...labelled, '--note', 'to be shown', '--json']);
  expect(label.lines).toMatchObject([{ name: 'Wide net', tags: ['good', 'odd one'], notes: 'to be shown' }]);
  for (const words of [
    ['--tag', 'good'],
    ['--search', 'wide shown'],
    ['--search', 'tag=good state=diverged'],
    ['--tag', 'odd one', '--state', 'diverged', '--data', 'mnist'],
  ]) {
    expect(await list(...words)).toMatchObject({
      lines: [{ runId: nameOfMade(7), name: 'Wide net' }],
      errors: '',
    });
  }
  const text = await shoal(['runs', '--out', runs, '--tag', 'good']);
  expect(text.text).toMatch(/"Wide net" #good #odd one\n1 found of 40 runs\.\n$/);

  const unsure = await shoal(['runs', 'delete', nameOfMade(1), '--out', runs]);
  expectRefusal(unsure, [`Delete the run ${nameOfMade(1)} for good`, 'say --yes']);
  expect(await readdir(runs)).toContain(nameOfMade(1));
  const both = [nameOfMade(1), nameOfMade(2)];
  expect(await shoal(['runs', 'delete', ...both, '--yes', '--out', runs])).toMatchObject({ code: 0 });
  expect(await shoal(['runs', 'archive', nameOfMade(0), '--yes', '--out', runs])).toMatchObject({ code: 0 });
  const left = await list('--sort', 'accuracy', '--limit', '2');
  expect(namesIn(left.lines)).toEqual([nameOfMade(3), nameOfMade(4)]);
  expect(namesIn((await list('--archived', '--sort', 'accuracy', '--limit', '1')).lines)).toEqual([
    nameOfMade(0),
  ]);
  expect(await shoal(['runs', 'unarchive', nameOfMade(0), '--out', runs])).toMatchObject({ code: 0 });
  expect(namesIn((await list('--sort', 'accuracy', '--limit', '1')).lines)).toEqual([nameOfMade(0)]);

  expectRefusal(await list('--sort', 'nonsense'), ['"nonsense"', 'optimizer.lr']);
  expectRefusal(await list('--best', 'epochs'), ['--best', 'testAccuracy']);
  expectRefusal(await shoal(['runs', 'delete', nameOfMade(3), 'nobody', '--yes', '--out', runs]), [
    '"nobody"',
  ]);
  expect(await readdir(runs)).toContain(nameOfMade(3));
});

test('the interface answers in parts; the operator alone labels and deletes, and nobody a run that goes on', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 100_000 }));
  await makeRuns(cluster.runs, 30);
  const { client } = await serve(cluster, 1);
  const { viewer } = client.tokens;
  const ask = async (fields: string) => (await client.get(`/api/runs?${fields}`, viewer)).body as RunListView;

  expect(await ask('limit=2&offset=1&sort=accuracy')).toMatchObject({
    runs: [{ runId: nameOfMade(1) }, { runId: nameOfMade(2) }],
    ...{ offset: 1, found: 30, all: 30 },
  });
  expect(await ask('state=stopped&tag=sweep:lr&best=accuracy')).toMatchObject({ found: 0, best: null });
  for (const [fields, sentence] of [
    ['sort=nonsense', /No run has a "nonsense"/],
    ['order=sideways', /"order" is one of up, down/],
    ['limit=100000', /"limit" is a whole number from 0 to 1000/],
    ['colour=red', /There is no "colour" to ask runs by/],
    [`search=${'x'.repeat(501)}`, /"search" is too long/],
    ['best=name', /"best" is a figure/],
  ] as const) {
    const { status, body } = await client.get(`/api/runs?${fields}`, viewer);
    expect(status).toBe(400);
    expect((body as { error: string }).error).toMatch(sentence);
  }

  const watching = await client.watch(null, viewer);
  const path = `/api/runs/${nameOfMade(5)}`;
  for (const [route, body] of [
    [`${path}/label`, { name: 'x' }],
    [`${path}/delete`, {}],
  ] as const) {
    expect(await client.post(route, body, viewer)).toMatchObject({ status: 403 });
  }
  const label = { name: 'Named', tags: ['a'], notes: 'n' };
  expect(await client.post(`${path}/label`, label)).toMatchObject({
    status: 200,
    body: { ...label, archived: false },
  });
  expect(await client.post(`${path}/label`, { tags: ['b,c'] })).toMatchObject({ status: 400 });
  expect(await ask('search=named')).toMatchObject({
    found: 1,
    runs: [{ ...label, preset: 'mnist-softmax' }],
  });
  await watching.until(
    ({ messages }) => messages.some((message) => message.type === 'runs' && message.runs.count === 30),
    'That the list has changed',
  );
  expect(await client.post(`${path}/delete`)).toMatchObject({ status: 200 });
  expect(await ask('search=named')).toMatchObject({ found: 0, all: 29 });
  expect(await client.get(path, viewer)).toMatchObject({ status: 404, body: { code: 'noSuchRun' } });
  expect(await client.get(`/api/runs/${nameOfMade(6)}/model`, viewer)).toMatchObject({
    body: { code: 'noModel' },
  });

  // What is copied in and what vanishes is seen while the coordinator is there.
  await cp(join(cluster.runs, nameOfMade(6)), join(cluster.runs, 'copied-in'), { recursive: true });
  await rm(join(cluster.runs, nameOfMade(7)), { recursive: true });
  const found = async () => (await ask('limit=1000')).runs.map(({ runId }: RunSummary) => runId);
  await expect.poll(found, { timeout: 60_000 }).toContain('copied-in');
  await expect.poll(found, { timeout: 60_000 }).not.toContain(nameOfMade(7));

  const runId = await client.start(cluster.spec);
  expect(await ask('limit=1')).toMatchObject({
    runs: [{ runId, state: expect.stringMatching(/training|waiting/) }],
  });
  expect(await client.post(`/api/runs/${runId}/delete`)).toMatchObject({
    status: 409,
    body: { code: 'runNotEnded' },
  });
  expectRefusal(await shoal(['runs', 'delete', runId, '--yes', '--out', cluster.runs]), [
    'is in use by process',
  ]);
  expectRefusal(await shoal(['runs', 'archive', runId, '--yes', '--out', cluster.runs]), [
    'is in use by process',
  ]);
  expect(await readdir(join(cluster.runs, runId))).toContain('run.json');
});

test('two coordinators and commands on one folder at once lose no label, with the index locked, damaged or gone', async () => {
  const runs = join(await temporaryFolder(), 'runs');
  await makeRuns(runs, 30);
  const start = async () =>
    CoordinatorClient.of(
      ShoalProcess.start([
        'serve',
        '--port',
        '0',
        '--workers',
        '0',
        '--out',
        runs,
        '--host',
        '127.0.0.1',
        '--json',
      ]),
    );
  const coordinators = await Promise.all([start(), start()]);
  const [one, other] = coordinators;
  // Both began in a new folder, with one key.
  expect((await one?.get('/api/session', other?.tokens.operator))?.status).toBe(200);
  const index = join(runs, 'index.sqlite');
  const trouble = [
    () => rm(index, { force: true }),
    () => writeFile(index, 'no index'),
    async () => truncate(index, 5_000).catch(() => {}),
  ];
  const fields = [{ name: 'Named' }, { tags: ['page'] }, { notes: 'a note' }];
  for (const [round, spoil] of trouble.entries()) {
    const labelled = [10, 11, 12, 13].map((one) => one + 4 * round);
    const asked = labelled.flatMap((run) =>
      fields.map((change, i) =>
        (coordinators[(run + i) % 2] as CoordinatorClient).post(`/api/runs/${nameOfMade(run)}/label`, change),
      ),
    );
    const commands = labelled
      .slice(0, 2)
      .map((run) => shoal(['runs', 'label', nameOfMade(run), '--tag', 'command', '--out', runs]));
    await spoil();
    for (const { status, body } of await Promise.all(asked)) expect([status, body]).toEqual([200, body]);
    for (const { code, errors } of await Promise.all(commands)) expect([code, errors]).toEqual([0, '']);
    const listed = await shoal(['runs', '--out', runs, '--json', '--search', 'named', '--limit', '100']);
    expect(listed.code).toBe(0);
    expect(namesIn(listed.lines)).toEqual(expect.arrayContaining(labelled.map(nameOfMade)));
    for (const run of labelled) {
      const lines = listed.lines as readonly object[] as readonly RunSummary[];
      expect(lines.find(({ runId }) => runId === nameOfMade(run))).toMatchObject({
        ...{ name: 'Named', notes: 'a note' },
        tags: expect.arrayContaining(['page']),
      });
    }
  }
  for (const client of coordinators) {
    const query = '/api/runs?search=named&limit=100';
    await expect
      .poll(async () => ((await client.get(query)).body as RunListView).found, { timeout: 60_000 })
      .toBe(12);
  }
});
