/**
 * npm run bench:compare -- [--rounds N] [--seconds S]: Shoal beside PyTorch and TensorFlow.js, interleaved in one run,
 * since a shared machine's speed changes from minute to minute. Ratios are medians over rounds of the ratio within a
 * round. Writes the tables into docs/benchmarks.md between its markers.
 *
 * PyTorch is measured with the Python that SHOAL_PYTHON names, or python3, where it can import torch. TensorFlow.js is
 * installed into a temporary folder by this script, never by `npm ci`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const root = fileURLToPath(new URL('../../', import.meta.url));
const contestant = (name) => fileURLToPath(new URL(`./contestants/${name}`, import.meta.url));
const python = process.env.SHOAL_PYTHON ?? 'python3';
const MODELS = ['mnist-mlp', 'mnist-cnn'];
const MICROBATCH = 64;

/** A process that answers one JSON line for each it is sent. */
class Contestant {
  constructor(command, args, env = {}) {
    this.process = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async ask(question) {
    this.process.stdin.write(`${JSON.stringify(question)}\n`);
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) return { problem: 'it ended' };
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  end() {
    this.process.stdin.end();
  }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const whole = (number) => Math.round(number).toLocaleString('en-US');

async function measureEngines(tfjsFolder, hasTorch) {
  const shoal = new Contestant(process.execPath, [contestant('shoal.mjs')]);
  const torch = hasTorch ? new Contestant(python, [contestant('torch_rate.py')]) : null;
  const tfjs =
    tfjsFolder === null
      ? null
      : new Contestant(process.execPath, [contestant('tfjs.mjs')], { SHOAL_TFJS: tfjsFolder });
  const entries = [
    ...(torch === null ? [] : [{ label: 'PyTorch', who: torch, engine: 'torch' }]),
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
      if (list.length === 0) {
        table.push({ model, label: entry.label, problem: problems.get(entry) });
        continue;
      }
      const ratio = base === null ? null : median(list.map((rate, i) => rate / base[i]));
      table.push({ model, label: entry.label, rate: median(list), best: Math.max(...list), ratio });
    }
  }
  for (const who of [shoal, torch, tfjs]) who?.end();
  return table;
}

async function measureVectors() {
  const vectors = new Contestant(process.execPath, [contestant('vectors.mjs')]);
  const rows = [];
  for (const engine of ['copy', 'merge', 'adam']) {
    const said = await vectors.ask({ engine, repeats: 15 });
    rows.push({ engine, ...said });
  }
  vectors.end();
  return rows;
}

/** PyTorch's own side of the cluster table, from a script beside the checkout where there is one. */
function distributedTorch() {
  const script = join(root, '..', 'shared', 'peers', 'torch_mnist.py');
  if (!existsSync(script)) return new Map();
  const { stdout } = spawnSync(
    python,
    ['-m', 'torch.distributed.run', '--nproc-per-node', '2', '--master-port', '29517', script, 'ddp'],
    { encoding: 'utf8', timeout: 240_000 },
  );
  const rates = new Map();
  for (const line of (stdout ?? '').split('\n')) {
    if (!line.startsWith('{')) continue;
    const row = JSON.parse(line);
    if (row.globalBatch === 256) rates.set(`mnist-${row.model}`, row.samplesPerSecond);
  }
  return rates;
}

async function measureCluster(hasTorch) {
  const cluster = new Contestant(process.execPath, [contestant('cluster.mjs')]);
  const rows = [];
  const torchRates = new Map(MODELS.map((model) => [model, []]));
  const own = new Map(MODELS.map((model) => [model, []]));
  for (let round = 0; round < Math.max(2, Math.floor(rounds / 2)); round += 1) {
    for (const model of MODELS) {
      own.get(model).push(
        await cluster.ask({
          model,
          batch: 256,
          microbatch: model === 'mnist-mlp' ? 64 : 32,
          workers: 2,
          seconds: 2 * seconds,
        }),
      );
    }
    if (hasTorch) for (const [model, rate] of distributedTorch()) torchRates.get(model)?.push(rate);
  }
  const failed = [...own.values()].flat().find((one) => one.problem !== undefined);
  if (failed !== undefined) throw new Error(`The cluster could not be measured: ${failed.problem}.`);
  const memory = await cluster.ask({
    model: 'mnist-cnn',
    batch: 256,
    microbatch: 64,
    workers: 1,
    seconds: 2 * seconds,
  });
  cluster.end();
  for (const model of MODELS) {
    const rates = own.get(model).map((one) => one.samplesPerSecond);
    const torch = torchRates.get(model);
    rows.push({
      model,
      rate: median(rates),
      torch: torch.length === 0 ? null : median(torch),
      ratio: torch.length === 0 ? null : median(rates.map((rate, i) => rate / (torch[i] ?? torch[0]))),
      share: median(own.get(model).map((one) => one.coordinatorShare)),
    });
  }
  return { rows, memory };
}

/** What else the machine was doing before it was asked for more. */
const loadBefore = loadavg()[0] ?? 0;
const hasTorch = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
const tfjsFolder = await mkdtemp(join(tmpdir(), 'shoal-tfjs-'));
writeFileSync(join(tfjsFolder, 'package.json'), '{"private":true}\n');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const installed = spawnSync(
  npm,
  ['install', '--no-audit', '--no-fund', '@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
  {
    cwd: tfjsFolder,
    stdio: 'ignore',
    shell: process.platform === 'win32',
  },
);
const engines = await measureEngines(installed.status === 0 ? tfjsFolder : null, hasTorch);
const vectors = await measureVectors();
const cluster = await measureCluster(hasTorch);
await rm(tfjsFolder, { recursive: true, force: true });

const ratioText = (ratio) => (ratio === null ? '' : `${ratio.toFixed(2)} ×`);
const lines = [
  `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench:compare\`: ${cpus()[0]?.model ?? 'unknown processor'}, ` +
    `${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${release()}, Node.js ${process.versions.node}; ` +
    `${rounds} interleaved rounds of ${seconds} s; other work on the machine at the start (load average): ${loadBefore.toFixed(1)}.`,
  '',
  '### One thread, microbatch 64: forward and backward, samples a second',
  '',
  '| Model | Engine | Median | Best | Beside PyTorch, one thread |',
  '|---|---|---:|---:|---:|',
  ...engines.map((row) =>
    row.problem === undefined
      ? `| \`${row.model}\` | ${row.label} | ${whole(row.rate)} | ${whole(row.best)} | ${ratioText(row.ratio)} |`
      : `| \`${row.model}\` | ${row.label} | – | – | ${row.problem.replaceAll('|', '/').split('\n')[0]} |`,
  ),
  '',
  '### Two processes, global batch 256, samples a second',
  '',
  '| Model | Shoal, two local workers, exact | PyTorch DistributedDataParallel, gloo | Ratio | Coordinator’s own thread, busy |',
  '|---|---:|---:|---:|---:|',
  ...cluster.rows.map(
    (row) =>
      `| \`${row.model}\` | ${whole(row.rate)} | ${row.torch === null ? '–' : whole(row.torch)} | ${ratioText(row.ratio)} | ${(100 * row.share).toFixed(0)} % |`,
  ),
  '',
  '### The coordinator’s kernels at 16 million parameters',
  '',
  '| Work | Bytes moved a parameter | GB/s | Beside `memory.copy` |',
  '|---|---:|---:|---:|',
  ...vectors.map(
    (row) =>
      `| ${row.engine} | ${{ copy: 8, merge: 12, adam: 28 }[row.engine]} | ${row.gigabytesPerSecond.toFixed(1)} | ${(row.gigabytesPerSecond / vectors[0].gigabytesPerSecond).toFixed(2)} × |`,
  ),
  '',
  `A coordinator and a local worker for \`mnist-cnn\` at microbatch 64, with the built-in digits (10 MB), in one process: ` +
    `${cluster.memory.megabytes == null ? 'not measured on this platform' : `${cluster.memory.megabytes.now.toFixed(0)} MB resident, ${cluster.memory.megabytes.peak.toFixed(0)} MB at the peak`}.`,
];
const file = join(root, 'docs', 'benchmarks.md');
const [BEGIN, END] = ['<!-- compare: begin -->', '<!-- compare: end -->'];
const text = readFileSync(file, 'utf8');
const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
const after = text.slice(text.indexOf(END));
writeFileSync(file, `${before}\n${lines.join('\n')}\n${after}`);
process.stdout.write(`${lines.join('\n')}\n`);
