import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BrokerModel } from '../cluster/brokerModel.ts';
import { ClusterFiles } from '../cluster/clusterFiles.ts';
import { diskFiles } from '../files/diskFiles.ts';
import { queueFile, readQueue, WAITING_MAX, type Waiting, WaitingList } from './waitingList.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'shoal-queue-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const entry = (id: string): Waiting => ({
  ...{ id, kind: 'run', name: id, trials: 1 },
  queuedAt: '2026-01-05T10:15:00.000Z',
  spec: { epochs: 3 },
});

const idsOf = (list: WaitingList): string[] => list.entries.map(({ id }) => id);

test('what waits and what goes on are there for the next process, what went on first', async () => {
  const runs = await folder();
  const list = new WaitingList(diskFiles, runs);
  for (const id of ['b', 'c', 'd']) list.add(entry(id));
  list.move('d', 1);
  await list.keep(entry('a'));
  const next = new WaitingList(diskFiles, runs);
  await next.read(() => false);
  expect(idsOf(next)).toEqual(['a', 'd', 'b', 'c']);
  expect(next.entries[1]).toEqual(entry('d'));
  const resumed = new WaitingList(diskFiles, runs);
  await resumed.read(({ id }) => id === 'a');
  expect(idsOf(resumed)).toEqual(['d', 'b', 'c']);
});

test('entries move within the list, and one that is not there is refused', async () => {
  const list = new WaitingList(diskFiles, await folder());
  for (const id of ['a', 'b', 'c']) list.add(entry(id));
  expect(list.move('a', 2)[1]).toBe(2);
  expect(list.move('a', 99)[1]).toBe(3);
  expect(idsOf(list)).toEqual(['b', 'c', 'a']);
  expect(list.remove('c').id).toBe('c');
  expect(() => list.remove('c')).toThrow('Nothing called "c" waits');
  expect(list.shift()?.id).toBe('b');
  expect(list.placeOf('a')).toBe(1);
});

test('in a cluster, what was to be kept in an earlier term is not', async () => {
  let term = 1;
  const files = new ClusterFiles({
    ...{
      broker: new BrokerModel({ leaseMs: 1_000, clock: () => 0 }).connect(),
      root: 'cluster/test',
      id: 'one',
    },
    leading: { term: () => term, begins: async () => {}, overtaken: () => {} },
    ...{ wait: async () => {}, onAway: () => {} },
  });
  const list = new WaitingList(files, 'cluster/test');
  list.add(entry('a'));
  await list.keep(null);
  list.add(entry('b'));
  const late = list.keep(null);
  // Another leads, and this one again, before it is written.
  term = 3;
  files.termChanged();
  await expect(late).rejects.toThrow(/queue cannot be written/);
  expect((await readQueue(files, 'cluster/test'))?.waiting).toEqual([entry('a')]);
  await list.keep(null);
  expect((await readQueue(files, 'cluster/test'))?.waiting).toHaveLength(2);
});

test('no file is left once nothing waits, and none is made before anything does', async () => {
  const runs = await folder();
  const list = new WaitingList(diskFiles, runs);
  await list.keep(null);
  expect(await readQueue(diskFiles, runs)).toBeNull();
  list.add(entry('a'));
  await list.keep(null);
  expect(JSON.parse(await readFile(queueFile(runs), 'utf8'))).toMatchObject({
    going: null,
    waiting: [{ id: 'a' }],
  });
  list.shift();
  await list.keep(null);
  expect(await readQueue(diskFiles, runs)).toBeNull();
});

test('only so many wait', async () => {
  const list = new WaitingList(diskFiles, await folder());
  for (let i = 0; i < WAITING_MAX; i += 1) list.add(entry(`run-${i}`));
  expect(() => list.add(entry('one-more'))).toThrow(`As many runs wait as may: ${WAITING_MAX}.`);
});

test.each(['{', '{"going": 3}', '{"going": null, "waiting": [{"id": "../x", "kind": "run"}]}'])(
  'a damaged file, %j, is said in a sentence',
  async (content) => {
    const runs = await folder();
    await writeFile(queueFile(runs), content);
    await expect(readQueue(diskFiles, runs)).rejects.toThrow(
      /^The queue .*queue\.json cannot be read .*remove it\.$/,
    );
  },
);
