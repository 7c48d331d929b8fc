import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence } from '@shoal/core';
import { expect, onTestFinished, test } from 'vitest';
import { diskFiles } from '../../files/diskFiles.ts';
import type { Evidence } from '../../transition/model/effects.ts';
import { ConvictionLog, convictedIdentities } from '../folder/convictions.ts';
import { ProvenWorkers } from './provenWorkers.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'shoal-standing-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const silent = (): void => {};

test('what has been found right is known again in the next run, and a convicted identity begins anew', async () => {
  const runs = await folder();
  const first = await ProvenWorkers.open(runs, silent);
  first.set('ada-00001', 7);
  first.set('ben-00001', 3);
  first.forget('ben-00001');
  await first.flush();
  const second = await ProvenWorkers.open(runs, silent);
  expect([...second.all]).toEqual([['ada-00001', 7]]);
});

test('a damaged file makes newcomers of everybody, and nothing else', async () => {
  const runs = await folder();
  for (const content of ['{"ada":', '[]', '"x"', '{"ada":-1,"ben":"5","cid":1.5}']) {
    await writeFile(join(runs, 'standing.json'), content);
    expect((await ProvenWorkers.open(runs, silent)).all.size).toBe(0);
  }
});

test('it remembers a bounded number, those found right last', async () => {
  const runs = await folder();
  const proven = await ProvenWorkers.open(runs, silent);
  for (let i = 0; i < 10_050; i += 1) proven.set(`worker-${i}`, 1);
  await proven.flush();
  expect(proven.all.size).toBe(10_000);
  expect(proven.all.has('worker-10049')).toBe(true);
  expect(proven.all.has('worker-0')).toBe(false);
  expect(JSON.parse(await readFile(join(runs, 'standing.json'), 'utf8'))['worker-10049']).toBe(1);
});

test('a folder that cannot be written is told', async () => {
  const problems: string[] = [];
  const proven = await ProvenWorkers.open(join(await folder(), 'absent'), (fact) =>
    problems.push(sentence(fact, 'en')),
  );
  proven.set('ada-00001', 1);
  await proven.flush();
  expect(problems.join()).toContain('have proved themselves could not be written');
});

test('convictions are kept line by line, and a line cut short is passed over', async () => {
  const file = join(await folder(), 'convictions.jsonl');
  expect(await convictedIdentities(diskFiles, file)).toEqual([]);
  const evidence: Evidence = {
    ...{
      identity: 'eve-00001',
      name: 'eve',
      origin: null,
      lease: 3,
      node: '1/0',
      set: 'train',
      from: 0,
      to: 2,
    },
    ...{ leaves: 4, epoch: 0, step: 1, globalStep: 1, version: 1, given: 'a', expected: 'b' },
  };
  const log = new ConvictionLog(diskFiles, file, silent);
  log.add(evidence, new Date(0));
  log.add({ ...evidence, identity: 'mal-00001' }, new Date(0));
  await log.settled();
  await writeFile(file, `${await readFile(file, 'utf8')}{"identity":"cut`);
  expect(await convictedIdentities(diskFiles, file)).toEqual(['eve-00001', 'mal-00001']);
  const [line = ''] = (await readFile(file, 'utf8')).split('\n');
  expect(JSON.parse(line)).toEqual({ at: '1970-01-01T00:00:00.000Z', ...evidence });
});

test.skipIf(process.platform === 'win32')(
  'who was found right or wrong is for the owner of the files alone, also in files of before',
  async () => {
    const runs = await folder();
    const convictions = join(runs, 'convictions.jsonl');
    for (const file of [convictions, join(runs, 'standing.json')]) {
      await writeFile(file, '');
      await chmod(file, 0o644);
    }
    const proven = await ProvenWorkers.open(runs, silent);
    proven.set('ada-00001', 7);
    await proven.flush();
    const log = new ConvictionLog(diskFiles, convictions, silent);
    log.add({ identity: 'ben-00001' } as Evidence, new Date(0));
    await log.settled();
    for (const file of [convictions, join(runs, 'standing.json')]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
  },
);
