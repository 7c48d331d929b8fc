/** Parquet files, as the writers of data frames make them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { load, writeFiles } from '../madeFiles.suite.ts';
import { checkContents } from './parquet.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-parquet-'));
});
afterEach(() => rm(root, { recursive: true }));

const NULLS_LZ4 =
  'UEFSMRUEFQAVAkwVABUAEgAAABUAFQ4VECwVCBUQFQYVBhwAAABwAgAAAAgAABUEFUAVLkwVCBUAEgAAIgEAAQASAgcAIwAD' +
  'CACABAAAAAAAAAAVABUUFRYsFQgVEBUGFQYcGAgEAAAAAAAAABgIAQAAAAAAAAAWACgIBAAAAAAAAAAYCAEAAAAAAAAAEREA' +
  'AACgAgAAAAgBAgPkABUEFRQVFkwVBBUAEgAAoAEAAABhAQAAAGIVABUSFRQsFQgVEBUGFQYcNgAoAWIYAWEREQAAAJACAAAA' +
  'CAEBAwoVBBlMNQAYBnNjaGVtYRUGABUCJQIYA251bGy8AAAAFQQlAhgBeAAVDCUCGAVsYWJlbCUATBwAAAAWCBkcGTwmABwV' +
  'Ahk1AAYQGRgDbnVsFQ4WCBZQFlQmJiYIKSwVBBUAFQIAFQAVEBUCADwpBhkmCAAAAAAmABwVBBk1AAYQGRgBeBUOFggW7gEW' +
  '3gEmpgEmXBwYCAQAAAAAAAAAGAgBAAAAAAAAABYAKAgEAAAAAAAAABgIAQAAAAAAAAAREQAZLBUEFQAVAgAVABUQFQIAPCkG' +
  'GSYACAAAACYAHBUMGTUABhAZGAVsYWJlbBUOFggWfBaAASbsAia6Ahw2ACgBYhgBYRERABksFQQVABUCABUAFRAVAgA8FggZ' +
  'BhkmAAgAAAAWugMWCCYIFrIDACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNS4wLjEZPBwAABwAABwAAABcAQAAUEFS' +
  'MQ==';

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

test('a column without any value is one of missing numbers in every codec', async () => {
  // Written by pyarrow 25.0.1: pa.table({'nul': pa.nulls(4), 'x': [1, 2, 3, 4], 'label': ['a', 'b', 'a', 'b']}), LZ4.
  await writeFile(join(root, 'nulls.parquet'), Buffer.from(NULLS_LZ4, 'base64'));
  const { dataSet, notices } = await load(join(root, 'nulls.parquet'));
  expect(dataSet.info).toMatchObject({ shape: [2], classNames: ['a', 'b'] });
  expect(notices[0]).toContain('Values are missing in nul (4)');
});

test('a codec that nobody reads, and more rows than there can be, are told before anything is read', async () => {
  const path = join(root, 'table.parquet');
  const bytes = Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'x', data: numbers, type: 'INT32' },
        { name: 'label', data: numbers.map((i) => i % 2), type: 'INT32' },
      ],
      codec: 'UNCOMPRESSED',
    }),
  );
  const metadata = parquetMetadata(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  );
  const [group] = metadata.row_groups;
  for (const { meta_data: column } of group?.columns ?? []) if (column !== undefined) column.codec = 'LZO';
  expect(() => checkContents(path, metadata)).toThrow(
    `${path} is compressed with LZO, which is not read: write it again with snappy, zstd or gzip.`,
  );
  expect(() => checkContents(path, { ...metadata, row_groups: [], num_rows: 10n ** 12n })).toThrow(
    'it claims 1000000000000 rows',
  );
});
