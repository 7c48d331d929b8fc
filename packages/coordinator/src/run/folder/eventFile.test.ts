import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EpochRecord, sentence } from '@shoal/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskFiles } from '../../files/diskFiles.ts';
import { EventFile } from './eventFile.ts';
import {
  crc32c,
  decodeRecords,
  encodeRecord,
  readEvent,
  scalarsEvent,
  versionEvent,
} from './eventRecords.ts';

let folder = '';
let now = 0;
const problems: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-events-'));
  now = 1_800_000_000_123;
  problems.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('the checksum is that of RFC 3720, appendix B.4', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test('an event is laid out as event.proto says', () => {
  // 09: field 1, 64 bits, the double 1.5. 1a: field 3, 13 bytes of text.
  expect(hex(versionEvent(1.5))).toBe(
    `09000000000000f83f1a0d${Buffer.from('brain.Event:2').toString('hex')}`,
  );
  // 10: field 2, a varint, 300. 2a: field 5; in it 0a: a value; in that 0a: its tag, 15: its float, here 0.25.
  expect(hex(scalarsEvent(1.5, 300, { ab: 0.25 }))).toBe(
    '09000000000000f83f10ac022a0b0a090a026162150000803e',
  );
  expect(readEvent(scalarsEvent(1.5, 300, { ab: 0.25, c: 1 }))).toEqual({ step: 300, tags: ['ab', 'c'] });
  expect(readEvent(versionEvent(1.5))).toBeNull();
});

test('a record has its length, the data, and a masked checksum of each', () => {
  const record = Buffer.from(encodeRecord(versionEvent(1.5)));
  expect(record.readBigUInt64LE()).toBe(24n);
  const mask = (bytes: Uint8Array): number => {
    const crc = BigInt(crc32c(bytes));
    return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
  };
  expect(record.readUInt32LE(8)).toBe(mask(record.subarray(0, 8)));
  expect(record.readUInt32LE(36)).toBe(mask(record.subarray(12, 36)));
  expect(decodeRecords(Buffer.concat([record, record])).map(hex)).toEqual([
    hex(versionEvent(1.5)),
    hex(versionEvent(1.5)),
  ]);
  // What a crash has cut off or a disk has changed ends the file.
  expect(decodeRecords(Buffer.concat([record, record]).subarray(0, 79))).toHaveLength(1);
  record[20] = 7;
  expect(decodeRecords(record)).toEqual([]);
});

const opened = (): EventFile =>
  new EventFile({
    folder,
    files: diskFiles,
    now: () => now,
    onProblem: (fact) => problems.push(sentence(fact, 'en')),
  });

const point = (globalStep: number) => ({
  ...{ globalStep, loss: 1 / globalStep, learningRate: 0.1, gradientNorm: 2, samplesPerSecond: 100 },
});
const epoch = (number: number): EpochRecord =>
  ({
    ...{ epoch: number, trainLoss: 1, trainAccuracy: 0.5, validationLoss: null, validationAccuracy: null },
  }) as EpochRecord;

/** Each event of the one file: its step, and `e` for that of an epoch. */
async function written(): Promise<string[]> {
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  const records = decodeRecords(await readFile(join(folder, names[0]!)));
  return records.flatMap((record) => {
    const event = readEvent(record);
    if (event === null) return [];
    return [`${event.step}${event.tags.includes('loss/train') ? 'e' : ''}`];
  });
}

test('a run that is taken up again goes on in a new file, in which no step is twice', async () => {
  const first = opened();
  first.begin({ step: 0, epochs: 0 });
  for (let step = 1; step <= 6; step += 1) {
    first.step(point(step));
    if (step % 3 === 0) first.epoch(epoch(step / 3), step, true);
  }
  await first.flush();
  expect(await written()).toEqual(['1', '2', '3', '3e', '4', '5', '6', '6e']);
  const [before] = await readdir(folder);
  // The last record is torn; the checkpoint is of step 6, and its epoch is to be evaluated again.
  await truncate(join(folder, before!), (await readFile(join(folder, before!))).length - 5);
  now += 5_000;
  const second = opened();
  second.begin({ step: 6, epochs: 1 });
  second.epoch(epoch(2), 6, true);
  second.step(point(7));
  second.result({ steps: 7, testLoss: 0.5, testAccuracy: null });
  await second.flush();
  expect(await written()).toEqual(['1', '2', '3', '3e', '4', '5', '6', '6e', '7', '7']);
  const [after] = await readdir(folder);
  // TensorBoard goes on to files whose names come later.
  expect(after! > before!).toBe(true);
  expect(problems).toEqual([]);
});

test('where a number is predicted no accuracy is written', async () => {
  const events = opened();
  events.begin({ step: 0, epochs: 0 });
  events.epoch(epoch(1), 1, false);
  await events.flush();
  const [name = ''] = await readdir(folder);
  const tags = decodeRecords(await readFile(join(folder, name))).flatMap(
    (record) => readEvent(record)?.tags ?? [],
  );
  expect(tags).toEqual(['loss/train']);
});

test('an epoch that was told before it was kept is told once', async () => {
  const first = opened();
  first.begin({ step: 0, epochs: 0 });
  first.step(point(1));
  first.epoch(epoch(1), 1, true);
  await first.flush();
  const second = opened();
  second.begin({ step: 1, epochs: 0 });
  second.epoch(epoch(1), 1, true);
  await second.flush();
  expect(await written()).toEqual(['1', '1e']);
});

test('going back voids what came after, in the middle of a second', async () => {
  const events = opened();
  events.begin({ step: 0, epochs: 0 });
  for (let step = 1; step <= 4; step += 1) events.step(point(step));
  events.begin({ step: 2, epochs: 0 });
  events.step(point(3));
  events.begin({ step: 1, epochs: 0 });
  events.step(point(2));
  await events.flush();
  expect(await written()).toEqual(['1', '2']);
});

test('a folder that cannot be written is told once, and nothing fails', async () => {
  const events = new EventFile({
    folder: join(folder, 'file', 'no-folder'),
    files: { ...diskFiles, replace: () => Promise.reject(new Error('ENOSPC: no space left on device')) },
    now: () => now,
    onProblem: (fact) => problems.push(sentence(fact, 'en')),
  });
  events.begin({ step: 0, epochs: 0 });
  events.step(point(1));
  await events.flush();
  events.step(point(2));
  await events.flush();
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/cannot be written to .*tfevents.*no space left/);
});
