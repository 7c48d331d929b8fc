/** A folder that holds several data sets: which one is meant. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { load, plainPng, writeFiles } from './madeFiles.suite.ts';
import { offersIn } from './recognise.ts';
import { smallSet, writeSet } from './smallSet.suite.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-several-'));
  await writeFiles(root, {
    'houses.csv': 'area,label\n1,x\n2,y\n3,x\n4,y\n',
    'flowers/rose/1.png': plainPng(4, 1),
    'flowers/rose/2.png': plainPng(4, 2),
    'flowers/tulip/1.png': plainPng(4, 3),
    'flowers/tulip/2.png': plainPng(4, 4),
    'notes.txt': 'nothing',
  });
  await writeSet(join(root, 'FashionMNIST/raw'), smallSet());
});
afterEach(() => rm(root, { recursive: true }));

test('each is offered by its name', async () => {
  expect(await offersIn(root, join(root, 'cache'))).toEqual([
    { name: 'houses.csv', source: 'tabular' },
    { name: 'FashionMNIST', source: 'idx' },
    { name: 'flowers', source: 'pictures' },
  ]);
});

test('nobody guesses: they are listed, and data.from names one', async () => {
  await expect(load(root)).rejects.toThrow(
    /holds several data sets: houses\.csv \(a table\), FashionMNIST \(IDX files\), flowers \(pictures in a folder for each class\)\. Point to one of them, or name it with data\.from\./,
  );
  const named = async (source: string, from: string) => (await load(root, { source, from })).dataSet.info;
  expect(await named('pictures', 'flowers')).toMatchObject({ name: 'flowers', source: 'pictures' });
  expect(await named('tabular', 'houses')).toMatchObject({ name: 'houses', source: 'tabular' });
  expect(await named('idx', 'fashion-mnist')).toMatchObject({ name: 'FashionMNIST', source: 'idx' });
  await expect(named('pictures', '../other')).rejects.toThrow('holds no data set called "../other"');
  await expect(named('pictures', 'houses')).rejects.toThrow(
    /data\.source is pictures, but .*houses\.csv holds a table: set data\.source=tabular/,
  );
});

test('a folder called MNIST among them is what a run on MNIST takes', async () => {
  await writeSet(join(root, 'mnist'), smallSet(3));
  expect((await load(root)).dataSet.info).toMatchObject({ name: 'mnist-other', source: 'idx' });
});
