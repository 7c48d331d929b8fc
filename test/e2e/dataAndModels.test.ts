/** The commands of the pages on data and models, run one after another on small data of every kind that they name. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { encodeIdx } from '@shoal/core';
import { encode } from 'fast-png';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npy, zip } from '../../packages/coordinator/src/data/madeFiles.suite.ts';
import { ROOT } from '../support/installed.ts';
import { type Line, SHOAL } from '../support/shoalProcess.ts';

const run = promisify(execFile);
const COUNT = 60;

let folder: string;
let runId = '';
let tableRun = '';

const write = async (name: string, content: Uint8Array | string): Promise<void> => {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
};

/** Upright and lying bars, the two kinds that all pictures here are of. */
const bar = (label: number, place: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size * size }, (_, i) =>
    (label === 0 ? i % size : Math.floor(i / size)) === place % size ? 255 : 0,
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-data-'));
  const kinds = ['tulip', 'rose'];
  const pictures = Array.from({ length: COUNT }, (_, i) => ({
    name: `${kinds[i % 2]}/${i}.png`,
    content: encode({ width: 12, height: 12, channels: 1, data: bar(i % 2, i >> 1, 12) }),
  }));
  for (const { name, content } of pictures) await write(`flowers/${name}`, content);
  await write('flowers.zip', zip(pictures));
  await write('picture.png', pictures[0]!.content);
  await write('more.zip', zip(pictures.slice(0, 4)));
  const images = Buffer.concat(Array.from({ length: COUNT }, (_, i) => bar(i % 2, i >> 1, 8)));
  const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % 2);
  const sized = (count: number) => images.subarray(0, count * 64);
  for (const [name, count] of [
    ['train', COUNT],
    ['t10k', 20],
  ] as const) {
    await write(`fashion-mnist/${name}-images-idx3-ubyte`, encodeIdx([count, 8, 8], sized(count)));
    await write(`fashion-mnist/${name}-labels-idx1-ubyte`, encodeIdx([count], labels.subarray(0, count)));
  }
  for (const [name, count] of [
    ['train', COUNT],
    ['test', 20],
  ] as const) {
    await write(`arrays/x_${name}.npy`, npy('|u1', [count, 8, 8], sized(count)));
    await write(`arrays/y_${name}.npy`, npy('|u1', [count], labels.subarray(0, count)));
  }
  await write(
    'digits.npz',
    zip([
      { name: 'x_train.npy', content: npy('|u1', [COUNT, 8, 8], images) },
      { name: 'y_train.npy', content: npy('|u1', [COUNT], labels) },
    ]),
  );
  const records = Buffer.concat(
    Array.from({ length: 20 }, (_, i) =>
      Buffer.concat([Buffer.of(i % 10), Buffer.alloc(3072, 20 * (i % 10))]),
    ),
  );
  for (const name of [
    'data_batch_1',
    'data_batch_2',
    'data_batch_3',
    'data_batch_4',
    'data_batch_5',
    'test_batch',
  ]) {
    await write(`cifar-10-batches-bin/${name}.bin`, records);
  }
  const names = ['label', ...Array.from({ length: 64 }, (_, i) => `pixel${i}`)];
  const rows = Array.from({ length: COUNT }, (_, i) => [i % 2, ...bar(i % 2, i >> 1, 8)].join(','));
  const table = [names.join(','), ...rows].join('\n');
  await write('pixels.csv', table);
  await write('pixels.tsv', table.replaceAll(',', '\t'));
  const houses = await readFile(join(ROOT, 'packages/coordinator/examples/houses.csv'), 'utf8');
  await write('houses.csv', houses);
  await write('rows.csv', houses.split('\n').slice(0, 6).join('\n'));
  const areas = Array.from({ length: COUNT }, (_, i) => 20 + i);
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: 'area', data: areas, type: 'INT32' },
      { name: 'rent', data: areas.map((area) => area * 10.5), type: 'DOUBLE' },
    ],
  });
  await write('houses.parquet', new Uint8Array(parquet));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The commands in the blocks of a page, without what starts them. */
const commandsOf = async (page: string): Promise<string[][]> => {
  const text = await readFile(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .map((line) => line.replace(/^npx --no shoal /, '').split(' '));
};

const shoal = async (...words: readonly string[]): Promise<Line[]> => {
  const { stdout } = await run(process.execPath, [SHOAL, ...words, '--json'], {
    cwd: folder,
    maxBuffer: 1 << 26,
    env: { ...process.env, SHOAL_DATA_DIR: '' },
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
};

const QUICK = [
  '--set',
  'epochs=2',
  '--set',
  'earlyStopping=null',
  '--workers',
  '1',
  '--host',
  '127.0.0.1',
  '--port',
  '0',
];

test('every command on data trains on the kind that it names', async () => {
  const commands = await commandsOf('docs/data.md');
  expect(commands).toHaveLength(10);
  const sources: unknown[] = [];
  for (const words of commands) {
    const lines = await shoal(...words, ...QUICK);
    const begun = lines.find(({ type }) => type === 'run') as Line & {
      readonly spec: { readonly data: Line };
    };
    const result = lines.at(-1) as Line;
    expect(result, words.join(' ')).toMatchObject({ type: 'result', state: 'finished' });
    sources.push(begun.spec.data.source);
    const isOfNumbers = result.regression !== undefined;
    if (isOfNumbers) tableRun = words.join(' ').includes('.csv') ? String(result.runId) : tableRun;
    else if (words.includes('flowers')) runId = String(result.runId);
    // Without naming the data again.
    const [evaluated] = await shoal('evaluate', String(result.runId));
    expect(evaluated, words.join(' ')).toMatchObject(
      isOfNumbers
        ? { testAccuracy: null, r2: (result.regression as { r2: number }).r2 }
        : { testAccuracy: result.testAccuracy, testLoss: result.testLoss },
    );
  }
  expect(sources).toEqual([
    ...['idx', 'pictures', 'pictures', 'numpy', 'cifar', 'numpy'],
    ...['tabular', 'tabular', 'tabular', 'tabular'],
  ]);
});

test('every command on models writes and answers what it says', async () => {
  const all = await commandsOf('docs/models.md');
  const commands = all.filter(([command]) => command !== 'train');
  expect([all.length, commands.length]).toEqual([9, 7]);
  for (const [command = '', ...words] of commands) {
    const isTable = words.includes('rows.csv');
    const lines = await shoal(
      command,
      ...words.map((word) => (word === 'RUN' ? (isTable ? tableRun : runId) : word)),
    );
    if (command === 'export') {
      for (const file of (lines[0] as Line).files as string[])
        expect((await readFile(join(folder, file))).length).toBeGreaterThan(100);
    } else if (isTable) {
      expect(lines).toHaveLength(5);
      expect(lines[0]).toMatchObject({
        type: 'prediction',
        name: 'rows.csv line 2',
        label: 'rent',
        value: expect.any(Number),
      });
    } else {
      expect(lines.map(({ name }) => name)).toEqual([
        'picture.png',
        ...['rose/1', 'rose/3', 'tulip/0', 'tulip/2'].map((name) => `more.zip/${name}.png`),
      ]);
      expect(lines).toHaveLength(5);
      const [first] = lines as (Line & { readonly probabilities: Record<string, number> })[];
      expect(Object.keys(first!.probabilities).sort()).toEqual(['rose', 'tulip']);
      expect(Object.values(first!.probabilities).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
    }
  }
});

test('a network that has learned digits goes on to other pictures with frozen convolutions, as the page says', async () => {
  const [first, second] = (await commandsOf('docs/models.md')).filter(([command]) => command === 'train');
  const few = ['--set', 'data.limit=300', '--set', 'data.validation=50', '--no-download'];
  const begun = await shoal(...(first as string[]), ...QUICK, ...few);
  const source = String((begun.at(-1) as Line).runId);
  const lines = await shoal(
    ...(second as string[]).map((word) => (word === 'RUN' ? source : word)),
    ...QUICK,
  );
  const result = lines.at(-1) as Line;
  expect(result).toMatchObject({ type: 'result', state: 'finished', steps: expect.any(Number) });
  const modelOf = async (name: string) => {
    const bytes = await readFile(join(folder, 'runs', name, 'model.safetensors'));
    return decodeTensors(bytes);
  };
  const [before, after] = [await modelOf(source), await modelOf(String(result.runId))];
  for (const name of ['conv2d1.weight', 'conv2d1.bias', 'conv2d4.weight', 'conv2d4.bias']) {
    expect(after.get(name), name).toEqual(before.get(name));
  }
  // Two kinds of flowers, and none of ten digits.
  expect(after.get('dense8.bias')).toHaveLength(2 * 4);
});

/** The bytes of each tensor of a safetensors file. */
function decodeTensors(file: Buffer): Map<string, Buffer> {
  const from = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, from).toString()) as Record<
    string,
    { readonly data_offsets: readonly [number, number] }
  >;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(
    tensors.map(
      ([
        name,
        {
          data_offsets: [begin, end],
        },
      ]) => [name, file.subarray(from + begin, from + end)],
    ),
  );
}

test('what cannot be read ends with code 2 and leaves no run behind', async () => {
  await write('bad/only/1.png', 'no picture');
  const before = await shoal('runs');
  const failed = await run(process.execPath, [SHOAL, 'train', '--data', 'bad', '--json', ...QUICK], {
    cwd: folder,
  }).then(
    () => ({ code: 0, stdout: '' }),
    (error: { readonly code: number; readonly stdout: string }) => error,
  );
  expect(failed.code).toBe(2);
  expect(JSON.parse(failed.stdout.trim().split('\n').at(-1) as string)).toMatchObject({
    type: 'error',
    message: expect.stringContaining('only/1.png (it is neither a PNG nor a JPEG picture)'),
  });
  expect(await shoal('runs')).toEqual(before);
});
