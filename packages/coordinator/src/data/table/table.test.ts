/** Tables in files of text: what their columns become, and what is said of bad ones. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PreparedColumn } from '@shoal/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { load, writeFiles } from '../madeFiles.suite.ts';
import { openCsv } from './csv.ts';

type NumberColumn = Extract<PreparedColumn, { type: 'number' }>;
type CategoryColumn = Extract<PreparedColumn, { type: 'category' }>;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-table-'));
});
afterEach(() => rm(root, { recursive: true }));

const HOUSES = `area,city,price
100,Bonn,1.5
120,"Köln",2.5
,Bonn,1.75
140,Köln,3.25
80,Bonn,1.25
90,,1.125
110,Mainz,2.5
130,Köln,3
`;

const loadText = async (
  text: string,
  fields: Record<string, unknown> = {},
  fitting = {},
  name = 'table.csv',
) => {
  await writeFiles(root, { [name]: text });
  return load(join(root, name), { source: 'tabular', ...fields }, fitting);
};

describe('a table', () => {
  test('of numbers and categories is standardised and one-hot by its training part, and keeps how', async () => {
    const { dataSet, notices } = await loadText(HOUSES, { label: 'price' });
    expect([dataSet.train.count, dataSet.test.count]).toEqual([7, 1]);
    const { preparation, target, shape, classes } = dataSet.info;
    expect(classes).toBe(0);
    expect(preparation?.columns.map(({ type, name }) => [type, name])).toEqual([
      ['number', 'area'],
      ['category', 'city'],
    ]);
    const [area, city] = preparation!.columns as [NumberColumn, CategoryColumn];
    expect(shape).toEqual([1 + city.categories.length]);
    // What the columns of the rows to train on are, by their values: mean 0, deviation 1, in the label as well.
    const { values } = dataSet.train.inputs;
    const length = shape[0]!;
    const areas = Array.from({ length: 7 }, (_, i) => values[i * length]! * area.deviation + area.mean);
    const known = areas.filter((one) => Math.abs(one - area.mean) > 1e-4);
    expect(known.reduce((sum, one) => sum + one, 0) / known.length).toBeCloseTo(area.mean, 4);
    const prices = [...dataSet.train.targets.values].map((one) => one * target!.deviation + target!.mean);
    const tested = dataSet.test.targets.values[0]! * target!.deviation + target!.mean;
    for (const [i, price] of [1.5, 2.5, 1.75, 3.25, 1.25, 1.125, 2.5, 3].sort().entries()) {
      expect([...prices, tested].sort()[i]).toBeCloseTo(price, 5);
    }
    const sum = [...dataSet.train.targets.values].reduce((total, one) => total + one, 0);
    expect(sum).toBeCloseTo(0, 5);
    expect(notices[0]).toMatch(
      /^Values are missing in area \(1\), city \(1\): a missing number is taken as the mean/,
    );
    expect(notices[1]).toMatch(
      /is taken as a table \(data\.source tabular\): 7 samples .* each with a number, price\.$/,
    );
  });

  test('is the same whatever separates its fields, and compressed', async () => {
    const one = await loadText(HOUSES, { label: 'price' });
    for (const [name, text] of [
      ['table.tsv', HOUSES.replaceAll(',', '\t')],
      ['semicolons.csv', HOUSES.replaceAll('.', '?').replaceAll(',', ';').replaceAll('?', ',')],
      ['windows.csv', `\ufeff${HOUSES.replaceAll('\n', '\r\n')}`],
      ['unended.csv', HOUSES.trimEnd()],
    ] as const) {
      const { dataSet } = await loadText(text, { label: 'price' }, {}, name);
      expect({ ...dataSet.info, name: 'table' }, name).toEqual(one.dataSet.info);
    }
    await writeFiles(root, { 'packed.csv.gz': gzipSync(HOUSES) });
    const { dataSet } = await load(join(root, 'packed.csv.gz'), { source: 'tabular', label: 'price' });
    expect(dataSet.info.sha256).toBe(one.dataSet.info.sha256);
  });

  test('with texts for labels has classes of their names, a fifth of each set apart', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, i) => `${i % 7},${i / 2},${['setosa', 'virginica', 'versicolor'][i % 3]}`,
    );
    const { dataSet } = await loadText(['length,width,species', ...rows].join('\n'));
    expect(dataSet.info).toMatchObject({
      classes: 3,
      classNames: ['setosa', 'versicolor', 'virginica'],
      shape: [2],
    });
    expect(
      [0, 1, 2].map((label) => dataSet.test.targets.values.filter((one) => one === label).length),
    ).toEqual([2, 2, 2]);
  });

  test('of pixels is one of pictures, with and without names', async () => {
    const pixels = Array.from({ length: 16 }, (_, i) => `pixel${i}`);
    const row = (label: number): string => [label, ...pixels.map((_, i) => (i + label) % 256)].join(',');
    const text = [['label', ...pixels].join(','), row(0), row(1), row(0), row(1)].join('\n');
    const named = await loadText(text);
    expect(named.dataSet.info).toMatchObject({ shape: [1, 4, 4], classes: 2 });
    expect(named.dataSet.info.preparation).toBeUndefined();
    const { inputs, targets } = named.dataSet.train;
    expect(inputs.values).toBeInstanceOf(Uint8Array);
    expect([...inputs.values.subarray(0, 3)]).toEqual([0, 1, 2].map((i) => i + targets.values[0]!));
    const nameless = await loadText(text.split('\n').slice(1).join('\n'), {}, {}, 'nameless.csv');
    expect({ ...nameless.dataSet.info, name: 'table' }).toEqual(named.dataSet.info);
  });

  test('in files to train and to test takes each as it is', async () => {
    const [head, ...rows] = HOUSES.trim().split('\n') as [string, ...string[]];
    await writeFiles(root, {
      'set/train.csv': [head, ...rows.slice(0, 5)].join('\n'),
      'set/test.csv': ['city,price,area', 'Mainz,1,100', 'Bonn,2,'].join('\n'),
    });
    const { dataSet } = await load(join(root, 'set'), { source: 'tabular', label: 'price' });
    expect([dataSet.train.count, dataSet.test.count]).toEqual([5, 2]);
    const [area] = dataSet.info.preparation!.columns as [NumberColumn];
    expect([area.mean, dataSet.info.shape]).toEqual([110, [3]]);
    // The columns of the test file are in another order, Mainz was never seen, and an area is missing.
    const values = [...dataSet.test.inputs.values];
    expect(values[0]).toBeCloseTo((100 - 110) / area.deviation, 5);
    expect(values.slice(1)).toEqual([0, 0, 0, 1, 0]);
  });

  test('leaves out rows without a label and columns that are to be ignored', async () => {
    const text = 'id,a,label\n1,5,x\n2,6,y\n3,7,\n4,8,x\n5,9,y\n';
    const { dataSet, notices } = await loadText(text, { ignore: ['id'] });
    expect(dataSet.info.shape).toEqual([1]);
    expect(dataSet.train.count + dataSet.test.count).toBe(4);
    expect(notices[0]).toBe('1 row of 5 without a label label is left out.');
  });

  test('reads fields in quotation marks with separators, quotes and new lines in them', async () => {
    const text = 'text,label\n"a, b",x\n"say ""hi""",y\n"two\nlines",x\nplain,y\n';
    const { dataSet } = await loadText(text);
    const [column] = dataSet.info.preparation!.columns as [CategoryColumn];
    const known = new Set(['a, b', 'say "hi"', 'two\nlines', 'plain']);
    for (const one of column.categories) expect(known.has(one), one).toBe(true);
  });
});

describe('a number in a file', () => {
  test('is read as JavaScript reads it', async () => {
    const texts = [
      '0',
      '-0.5',
      '3.14159',
      '1e-3',
      '12345678901234567890',
      '0.1',
      '255',
      '.5',
      '5.',
      '-1E+5',
      '0.000000000000000000000001',
      '9007199254740993',
    ];
    await writeFiles(root, { 'numbers.csv': `value\n${texts.join('\n')}\n` });
    const source = await openCsv(join(root, 'numbers.csv'));
    const read: number[] = [];
    await source.read(
      (row) => read.push(row.numberOf(0)),
      () => {},
    );
    expect(read).toEqual(texts.map(Number));
  });
});

describe('as programs of many countries write it', () => {
  const plain = 'area,city,label\n1.5,Köln,a\n,Bonn,b\n2.5,Köln,a\n4.5,Bonn,b\n';
  test.each<readonly [string, string]>([
    ['a mark of the order of bytes and other line ends', `\ufeff${plain.replaceAll('\n', '\r\n')}`],
    ['semicolons and decimal commas', plain.replaceAll(',', ';').replaceAll(/(\d)\.(\d)/g, '$1,$2')],
    ['quotation marks', plain.replaceAll(/[^,\n]+/g, '"$&"')],
    ['spaces around', plain.replaceAll(/[^,\n]+/g, ' $& ')],
    ['no new line at the end, and empty lines', `\n${plain.replace('Köln,a\n', 'Köln,a\n\n').trimEnd()}`],
    ...[
      'NA',
      'n/a',
      'N/A',
      'n.a.',
      '#N/A',
      '<NA>',
      'NaN',
      'nan',
      '-nan',
      'NaT',
      'null',
      'NULL',
      'None',
      '?',
      '.',
      '-',
      '--',
      '–',
      '"-"',
      ' NA ',
      '#DIV/0!',
    ].map((word) => [`${word} for what is missing`, plain.replace('\n,Bonn', `\n${word},Bonn`)] as const),
  ])('%s', async (_, text) => {
    const expected = await loadText(plain);
    const { dataSet, notices } = await loadText(text);
    expect(dataSet.info).toEqual(expected.dataSet.info);
    expect(notices.some((one) => one.includes('Values are missing in area (1)'))).toBe(true);
  });

  test('columns that tell rows apart are told, with what to set', async () => {
    const toldOf = async (made: (i: number) => string, count = 40, fields = {}): Promise<string[]> => {
      const rows = Array.from({ length: count }, (_, i) => `${made(i)},${'ab'[i % 2]}`);
      const { notices } = await loadText(`Id,name,size,label\n${rows.join('\n')}\n`, fields);
      return notices.filter((one) => one.includes('data.ignore'));
    };
    const many = (i: number): string => `${i + 1},guest ${i},${(7 * i) % 40}`;
    expect(await toldOf(many)).toEqual([
      'The column Id counts the rows, the column name has 32 different texts to train on: that tells rows apart and says ' +
        'little about new ones. Leave them out with --set \'data.ignore=["Id","name"]\'.',
    ]);
    // What is left out already stays so.
    expect(await toldOf(many, 40, { ignore: ['Id'] })).toEqual([
      expect.stringContaining('Leave it out with --set \'data.ignore=["Id","name"]\'.'),
    ]);
    // A gap, texts and numbers that come again, and few rows.
    expect(await toldOf((i) => `${i > 20 ? i + 1 : i},guest ${i % 10},${i >> 1}`)).toEqual([]);
    expect(await toldOf(many, 12)).toEqual([]);
  });

  test('numbers that are taken as categories are told', async () => {
    const rows = Array.from(
      { length: 20 },
      (_, i) => `${i === 7 ? 'unknown' : i},"1,${i % 3}00.50",${'ab'[i % 2]}`,
    );
    const { notices } = await loadText(`age,price,label\n${rows.join('\n')}\n`);
    expect(notices[0]).toMatch(
      /^The column age has numbers in 19 rows and text in 1 \(.*line 9: "unknown"\), so that it is taken as categories/,
    );
    expect(notices[1]).toMatch(
      /^The column price is taken as categories, since .*line 2 has "1,000\.50", which is no number/,
    );
  });

  test.each([
    [
      'GBK',
      Buffer.concat([Buffer.from('a,label\n1,x\n2,'), Buffer.of(0xb9, 0xe5, 0x0a)]),
      /line 3 is not written in UTF-8, but perhaps in GBK/,
    ],
    [
      'a late letter',
      Buffer.concat([
        Buffer.from(`a,label\n${`${' '.repeat(1_000)}1,x\n`.repeat(5_000)}2,`),
        Buffer.of(0xe9),
      ]),
      /line 5002 is not written in UTF-8/,
    ],
    ['carriage returns', Buffer.from('a,label\r1,x\r2,y\r'), /ends its lines with a carriage return alone/],
  ])('%s is refused with a sentence', async (_, bytes, message) => {
    await writeFiles(root, { 'table.csv': bytes });
    await expect(load(join(root, 'table.csv'))).rejects.toThrow(message);
  });
});

describe('is refused with a sentence', () => {
  const many = Array.from({ length: 400 }, (_, i) => `name ${i},${i % 2}`);
  test.each([
    [
      'a label that is not there',
      HOUSES,
      { label: 'prize' },
      {},
      /has no column "prize" for data\.label\. Its columns are area, city, price\./,
    ],
    [
      'no label named',
      HOUSES,
      {},
      {},
      /does not say which column is the label: .* one of area, city, price\./,
    ],
    [
      'an ignored column that is not there',
      HOUSES,
      { label: 'price', ignore: ['x'] },
      {},
      /has no column x for data\.ignore/,
    ],
    [
      'a row of other length',
      'a,label\n1,x\n2,y,z\n',
      {},
      {},
      /line 3 has 3 fields, but the table has 2 columns/,
    ],
    [
      'a number that is not finite',
      'a,label\n1,x\n1e999,y\n',
      {},
      {},
      /line 3: the column a is "1e999", which is no finite number/,
    ],
    ['an infinite number', 'a,label\n1,x\n-inf,y\n', {}, {}, /line 3: the column a is "-inf"/],
    ['an infinite label', 'a,label\n1,2.5\n2,inf\n', {}, {}, /line 3: the label label is "inf"/],
    [
      'too many texts',
      `name,label\n${many.join('\n')}\n`,
      {},
      {},
      /The column name has more than 256 different texts \(.*line 2: "name 0"\).* data\.ignore/,
    ],
    [
      'text for a number',
      HOUSES,
      { label: 'city' },
      { isFixed: true, loss: 'squared_error' },
      /to be predicted as a number .* line 2: "Bonn".* model\.loss=cross_entropy/,
    ],
    [
      'text for a number of a trained model',
      HOUSES,
      { label: 'city' },
      { isFixed: true, isTrained: true, loss: 'squared_error' },
      /line 2: "Bonn".* The model is trained .* point --data to/,
    ],
    [
      'numbers for classes',
      `a,label\n${many.map((_, i) => `1,${i}.5`).join('\n')}\n`,
      {},
      { isFixed: true },
      /more than 256 different values, .* model\.loss=squared_error/,
    ],
    ['two columns of one name', 'a,a,label\n1,2,x\n', {}, {}, /two columns called "a"/],
    [
      'a quotation mark that is not closed',
      'a,label\n1,x\n"2,y\n',
      {},
      {},
      /line 3: a quotation mark is not closed/,
    ],
    ['nothing but a label', 'label\nx\ny\n', {}, {}, /no column beside the label label/],
    ['no rows', 'a,label\n', {}, {}, /has no rows with a label label/],
    ['one class', 'a,label\n1,x\n2,x\n', {}, {}, /samples of one class only/],
    ['a class of one row', 'a,label\n1,x\n2,x\n3,y\n', {}, {}, /one sample only of the class y/],
    ['nothing', '', {}, {}, /is empty/],
    ['no text', 'a\0b', {}, {}, /is no text/],
    [
      'a million columns',
      `${Array.from({ length: 1_000_000 }, (_, i) => i).join(',')}\n1\n`,
      {},
      {},
      /columns, but a table may have 65536/,
    ],
  ])('%s', async (_, text, fields, fitting, message) => {
    await expect(loadText(text, fields, fitting)).rejects.toThrow(message);
  });

  test('UTF-16, as some programs write text', async () => {
    await writeFiles(root, { 'table.csv': Buffer.from('\ufeffa,label\n1,x\n', 'utf16le') });
    await expect(load(join(root, 'table.csv'))).rejects.toThrow('UTF-16: save it again as CSV in UTF-8');
  });
});
