/**
 * npm run bench:shares [-- --rounds N --seconds S --trial]: which share of its engines a cluster delivers, by
 * `shoal bench cluster`, for the work that docs/benchmarks.md names. Writes its table there and the one of the README; with
 * --trial they are only printed.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { origin, publish, ROOT, whole } from './figures.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    trial: { type: 'boolean', default: false },
  },
});
const BATCH = 256;
const WORK = [
  { model: 'mnist-mlp', workers: '1,2', carriers: ['memory', 'socket'] },
  { model: 'mnist-cnn', workers: '2', carriers: ['memory'] },
  { model: 'mnist-softmax', workers: '1', carriers: ['memory'] },
];
const shoal = join(ROOT, 'packages', 'coordinator', 'bin', 'shoal.js');
const rows = WORK.flatMap(({ model, workers, carriers }) => {
  const carrier = carriers.length === 1 ? ['--carrier', carriers[0]] : [];
  const { stdout, status } = spawnSync(
    process.execPath,
    [
      ...[shoal, 'bench', 'cluster', '--model', model, '--workers', workers, ...carrier, '--json'],
      ...['--batch', String(BATCH), '--rounds', values.rounds, '--seconds', values.seconds],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (status !== 0) throw new Error(`${model} could not be measured.`);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'cluster');
});

const cell = (number) => number.toFixed(2);
publish(
  'shares',
  [
    `${origin('npm run bench:shares')} Batch ${BATCH}, ${values.rounds} rounds of ${values.seconds} s in turns; the share is the median over rounds, with the least and the greatest.`,
    '',
    '| Work | Workers | Carrier | Cluster, samples/s | Engines alone, samples/s | Share of the engines alone | A step |',
    '|---|---:|---|---:|---:|---:|---:|',
    ...rows.map(
      ({ model, workers, carrier, samplesPerSecond, aloneSamplesPerSecond, share, shareSpread, stepMs }) =>
        `| \`${model}\` | ${workers} | ${carrier} | ${whole(samplesPerSecond)} | ${whole(aloneSamplesPerSecond)} | ` +
        `${cell(share)} (${shareSpread.map(cell).join(' to ')}) | ${stepMs.toPrecision(3)} ms |`,
    ),
  ],
  { isTrial: values.trial },
);
publish(
  'shares',
  [
    `| Work, batch ${BATCH} | Local workers | Samples/s | Share of the engines alone |`,
    '|---|---:|---:|---:|',
    ...rows
      .filter(({ carrier }) => carrier === 'memory')
      .map(
        ({ model, workers, samplesPerSecond, share }) =>
          `| \`${model}\` | ${workers} | ${whole(samplesPerSecond)} | ${cell(share)} |`,
      ),
  ],
  { isTrial: values.trial, page: 'README.md' },
);
