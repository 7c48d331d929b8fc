/**
 * npm run bench:compare [-- --rounds N --seconds S --trainings N --epochs N --trial]: Shoal beside PyTorch and TensorFlow.js,
 * interleaved in one run, since a shared machine's speed changes from minute to minute. Ratios are medians over rounds of
 * the ratio within a round. Writes the tables into docs/benchmarks.md; with --trial they are only printed.
 *
 * PyTorch is measured with the Python that SHOAL_PYTHON names, or python3, where it can import torch. TensorFlow.js is
 * installed into a temporary folder by this script, never by `npm ci`. Trainings need MNIST: SHOAL_DATA_DIR names its folder. On a
 * machine with a graphics card that Node.js reaches, the card is measured too, beside PyTorch in CUDA.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Contestant } from './contestant.mjs';
import { median, origin, publish, spread, times, whole } from './figures.mjs';
import { compareCard } from './gpu/report.mjs';
import * as torch from './torch.mjs';
import { ownTraining } from './trainings.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    trainings: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '7' },
    trial: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const trainings = Number(values.trainings);
const epochs = Number(values.epochs);
const MODELS = ['mnist-mlp', 'mnist-cnn'];
const MICROBATCH = 64;
const BATCH = 256;

async function measureEngines(tfjsFolder, hasTorch) {
  const shoal = new Contestant('shoal.mjs');
  const pytorch = hasTorch ? new Contestant('torch_rate.py', torch.torchCommand) : null;
  const tfjs =
    tfjsFolder === null
      ? null
      : new Contestant('tfjs.mjs', { env: { ...process.env, SHOAL_TFJS: tfjsFolder } });
  const entries = [
    ...(pytorch === null ? [] : [{ label: 'PyTorch', who: pytorch, engine: 'torch' }]),
    { label: 'Shoal `wasm-strict` (exact)', who: shoal, engine: 'wasm-strict' },
    { label: 'Shoal `wasm-relaxed` (fast)', who: shoal, engine: 'wasm-relaxed' },
    { label: 'Shoal `blas` (fast)', who: shoal, engine: 'blas' },
    ...(tfjs === null ? [] : [{ label: 'TensorFlow.js, WASM backend', who: tfjs, engine: 'wasm' }]),
  ];
  const table = [];
  for (const model of MODELS) {
    const rates = new Map(entries.map((entry) => [entry, []]));
    const problems = new Map();
    for (let round = 0; round < rounds; round += 1) {
      for (const entry of entries) {
        if (problems.has(entry)) continue;
        const said = await entry.who.ask({ engine: entry.engine, model, microbatch: MICROBATCH, seconds });
        if (said.problem === undefined) rates.get(entry).push(said.samplesPerSecond);
        else problems.set(entry, said.problem);
      }
    }
    const base = entries[0].label === 'PyTorch' ? rates.get(entries[0]) : null;
    for (const entry of entries) {
      const list = rates.get(entry);
      const ratios = base === null ? [] : list.map((rate, i) => rate / base[i]);
      table.push({ model, label: entry.label, problem: problems.get(entry), rates: list, ratios });
    }
  }
  for (const who of [shoal, pytorch, tfjs]) who?.end();
  return table;
}

async function measureVectors() {
  const vectors = new Contestant('vectors.mjs');
  const rows = [];
  for (const engine of ['copy', 'merge', 'adam']) {
    rows.push({ engine, ...(await vectors.ask({ engine, repeats: 15 })) });
  }
  vectors.end();
  return rows;
}

async function measureCluster(hasTorch) {
  const cluster = new Contestant('cluster.mjs');
  const found = MODELS.map((model) => ({ model, rates: [], torch: [], ratios: [], shares: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { model, rates, shares } of found) {
      const microbatch = model === 'mnist-mlp' ? 64 : 32;
      const said = await cluster.ask({ model, batch: BATCH, microbatch, workers: 2, seconds: 2 * seconds });
      if (said.problem !== undefined) throw new Error(`The cluster could not be measured: ${said.problem}.`);
      rates.push(said.samplesPerSecond);
      shares.push(said.coordinatorShare);
    }
    const peers = hasTorch ? torch.distributed(BATCH) : new Map();
    for (const one of found) {
      const peer = peers.get(one.model);
      if (peer === undefined) continue;
      one.torch.push(peer);
      one.ratios.push(one.rates.at(-1) / peer);
    }
  }
  cluster.end();
  return found;
}

/** The same model by the same rule on the same 60,000 samples; only the distortion of images is the preset's own. */
async function measureTrainings(hasTorch, data) {
  const overrides = [`epochs=${epochs}`, 'data.validation=0', 'earlyStopping=null', `batch=${BATCH}`];
  const [own, peers] = [[], []];
  for (let round = 0; round < trainings; round += 1) {
    own.push(await ownTraining({ preset: 'mnist-cnn', overrides, data }));
    if (!hasTorch) continue;
    const peer = torch.train({ model: 'cnn', epochs, batch: BATCH, rate: 0.002, threads: 2, data });
    if (peer !== null) peers.push(peer);
  }
  return { own, peers };
}

const hasTorch = torch.hasTorch();
const tfjsFolder = await mkdtemp(join(tmpdir(), 'shoal-tfjs-'));
writeFileSync(join(tfjsFolder, 'package.json'), '{"private":true}\n');
const isWindows = process.platform === 'win32';
const installed = spawnSync(
  isWindows ? 'npm.cmd' : 'npm',
  ['install', '--no-audit', '--no-fund', '@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
  { cwd: tfjsFolder, stdio: 'ignore', shell: isWindows },
);
const stage = (what) => process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${what}\n`);
stage('Engines on one thread');
const engines = await measureEngines(installed.status === 0 ? tfjsFolder : null, hasTorch);
stage('The coordinator’s kernels');
const vectors = await measureVectors();
stage('Two workers');
const cluster = await measureCluster(hasTorch);
stage('Whole trainings');
const data = process.env.SHOAL_DATA_DIR ?? '';
const trained = data === '' ? null : await measureTrainings(hasTorch, data);
const memory =
  data === '' ? null : (await ownTraining({ preset: 'mnist-mlp', overrides: ['epochs=3'], data })).memory;
await rm(tfjsFolder, { recursive: true, force: true });
stage('A graphics card');
const card = compareCard(values.trial);

const secondsText = (number) => `${number.toFixed(1)} s`;
const percents = (list) => `${(100 * median(list)).toFixed(2)} %`;

/** One line for each who trained; a word where MNIST is not there. */
function trainingLines() {
  if (trained === null) return ['Not measured: `SHOAL_DATA_DIR` names no folder with MNIST.'];
  const { own, peers } = trained;
  const row = (label, list, ratio) => {
    const [took, accuracy] = [list.map((one) => one.seconds), list.map((one) => one.testAccuracy)];
    return `| ${label} | ${spread(took, secondsText)} | ${percents(accuracy)} | ${ratio} |`;
  };
  const ratios = peers.map(({ seconds: theirs }, i) => own[i].seconds / theirs);
  return [
    `| ${epochs} epochs of \`mnist-cnn\`, 60,000 samples, batch ${BATCH} | Time | Test accuracy | Beside PyTorch |`,
    '|---|---:|---:|---:|',
    ...(peers.length === 0 ? [] : [row('PyTorch, two threads', peers, '1.00 ×')]),
    row(
      'Shoal, two local workers, exact, images distorted',
      own,
      ratios.length === 0 ? '' : spread(ratios, times),
    ),
  ];
}

publish(
  'compare',
  [
    `${origin('npm run bench:compare')} ${rounds} interleaved rounds of ${seconds} s, ${trainings} of trainings; medians, with the least and the greatest.`,
    '',
    '### One thread, microbatch 64: forward and backward, samples a second',
    '',
    '| Model | Engine | Median | Best | Beside PyTorch, one thread |',
    '|---|---|---:|---:|---:|',
    ...engines.map(({ model, label, problem, rates, ratios }) =>
      rates.length === 0
        ? `| \`${model}\` | ${label} | – | – | ${problem.replaceAll('|', '/').split('\n')[0]} |`
        : `| \`${model}\` | ${label} | ${whole(median(rates))} | ${whole(Math.max(...rates))} | ${ratios.length === 0 ? '' : spread(ratios, times)} |`,
    ),
    '',
    `### Two workers, global batch ${BATCH}, samples a second`,
    '',
    '| Model | Shoal, two local workers, exact | PyTorch DistributedDataParallel, gloo, two processes | Ratio | Coordinator’s own thread, busy |',
    '|---|---:|---:|---:|---:|',
    ...cluster.map(
      ({ model, rates, torch: peers, ratios, shares }) =>
        `| \`${model}\` | ${spread(rates, whole)} | ${peers.length === 0 ? '–' : spread(peers, whole)} | ` +
        `${ratios.length === 0 ? '' : spread(ratios, times)} | ${(100 * median(shares)).toFixed(0)} % |`,
    ),
    '',
    '### Whole trainings',
    '',
    ...trainingLines(),
    '',
    '### A graphics card',
    '',
    ...card,
    '',
    '### The coordinator’s kernels at 16 million parameters',
    '',
    '| Work | Bytes moved a parameter | GB/s | Beside `memory.copy` |',
    '|---|---:|---:|---:|',
    ...vectors.map(
      (row) =>
        `| ${row.engine} | ${{ copy: 8, merge: 12, adam: 28 }[row.engine]} | ${row.gigabytesPerSecond.toFixed(1)} | ${times(row.gigabytesPerSecond / vectors[0].gigabytesPerSecond)} |`,
    ),
    '',
    'A coordinator and two local workers that train `mnist-mlp` on MNIST, in one process: ' +
      `${memory === null ? 'not measured here' : `${whole(memory.now)} MB resident, ${whole(memory.peak)} MB at the peak`}.`,
  ],
  { isTrial: values.trial },
);
