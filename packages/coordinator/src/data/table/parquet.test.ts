/** Parquet files, as the writers of data frames make them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { load, writeFiles } from '../madeFiles.suite.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-parquet-'));
});
afterEach(() => rm(root, { recursive: true }));

const COUNT = 40;
const numbers = Array.from({ length: COUNT }, (_, i) => i);

test('a Parquet file is the same table as the text of its rows', async () => {
  const columns = {
    area: numbers.map((i) => (i === 7 ? null : i / 4)),
    rooms: numbers.map((i) => BigInt(i % 5)),
    city: numbers.map((i) => (i === 3 ? null : ['Bonn', 'Köln'][i % 2])),
    label: numbers.map((i) => ['house', 'flat'][i % 2]),
  };
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'area', data: columns.area, type: 'DOUBLE' },
      { name: 'rooms', data: columns.rooms, type: 'INT64' },
      { name: 'city', data: columns.city, type: 'STRING' },
      { name: 'label', data: columns.label, type: 'STRING' },
    ],
    rowGroupSize: 16,
  });
  await writeFile(join(root, 'table.parquet'), new Uint8Array(bytes));
  const rows = numbers.map((i) =>
    Object.values(columns)
      .map((column) => column[i] ?? '')
      .join(','),
  );
  await writeFiles(root, { 'other/table.csv': ['area,rooms,city,label', ...rows].join('\n') });
  const parquet = await load(join(root, 'table.parquet'));
  const csv = await load(join(root, 'other/table.csv'));
  expect(parquet.dataSet.info).toEqual(csv.dataSet.info);
  expect(parquet.dataSet.info).toMatchObject({ classes: 2, classNames: ['flat', 'house'], shape: [4] });
  expect(parquet.notices[0]).toContain('area (1), city (1)');
});

test('a file that is cut off, and a column of lists, are told', async () => {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'list', data: numbers.map((i) => ({ i })), type: 'JSON' },
        { name: 'label', data: numbers.map((i) => i % 2), type: 'INT32' },
      ],
    }),
  );
  await writeFile(join(root, 'table.parquet'), bytes);
  await expect(load(join(root, 'table.parquet'))).rejects.toThrow(
    /row 1: the column list holds lists or records, not numbers or texts\. Leave it out with data\.ignore/,
  );
  await writeFile(join(root, 'half.parquet'), bytes.subarray(0, bytes.length - 20));
  await expect(load(join(root, 'half.parquet'))).rejects.toThrow(/cannot be read as Parquet/);
});
