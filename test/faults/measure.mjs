// node test/faults/measure.mjs [--trials N] [--preset P] [--seconds S] [--lease S] [--port P]: how long it takes from a leader's
// end to the first step of the one that stood by, and what --cluster costs a step. Needs nats-server and a build.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    preset: { type: 'string', default: 'mnist-mlp' },
    epochs: { type: 'string', default: '2' },
    limit: { type: 'string', default: '20000' },
    lease: { type: 'string', default: '5' },
    port: { type: 'string', default: '24222' },
  },
});
const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'shoal-measure-'));
const children = new Set();
const data = process.env.SHOAL_DATA_DIR
  ? ['--data', process.env.SHOAL_DATA_DIR]
  : ['--set', 'data.source=digits'];

function start(program, args, hear = () => {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.add(child);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  void gone.then(() => children.delete(child));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) hear(JSON.parse(line), performance.now());
  });
  return { child, gone };
}

function coordinator(args, hear) {
  const words = [
    SHOAL,
    ...args,
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--json',
    '--out',
    join(folder, 'runs'),
  ];
  return start(process.execPath, [...words, ...data], hear);
}

const specOf = (epochs) => [
  ...['--preset', values.preset, '--set', `data.limit=${values.limit}`, '--set', `epochs=${epochs}`],
  ...['--set', 'earlyStopping=null', '--set', 'trust.spotCheck=0'],
];
const clusterOf = (name) => [
  ...[
    '--cluster',
    `nats://127.0.0.1:${values.port}`,
    '--cluster-name',
    name,
    '--cluster-lease',
    values.lease,
  ],
];

/** Milliseconds from the end of a leader to the first step of the next. */
async function takeover(trial) {
  const name = `t${trial}-${process.pid}`;
  const seen = [{}, {}];
  const args = ['serve', ...specOf(400), ...clusterOf(name), '--verbose'];
  const open = (i) =>
    coordinator(args, (line, at) => {
      seen[i].link ??= line.type === 'listening' ? line.joinUrl : undefined;
      seen[i].leads ??= line.type === 'cluster' && line.standing === 'leads' ? at : undefined;
      seen[i].kept ??= line.type === 'kept' && line.step > 20 ? at : undefined;
      seen[i].step ??= line.type === 'step' ? at : undefined;
    });
  const until = async (what) => {
    while (!what()) await sleep(20);
  };
  const first = open(0);
  await until(() => seen[0].leads);
  const second = open(1);
  await until(() => seen[1].link);
  const workers = [1, 2].map(() =>
    start(process.execPath, [SHOAL, 'worker', seen[0].link, '--threads', '1']),
  );
  await until(() => seen[0].kept);
  // The moment in the life of the lock is chance.
  await sleep(1_000 + Math.random() * 1_000);
  const from = performance.now();
  first.child.kill('SIGKILL');
  await until(() => seen[1].step);
  for (const { child, gone } of [second, ...workers]) {
    child.kill('SIGKILL');
    await gone;
  }
  return { leads: seen[1].leads - from, step: seen[1].step - from };
}

/** Samples a second of a run with two local workers. */
async function speed(cluster) {
  let result = null;
  const { gone } = coordinator(['train', ...specOf(values.epochs), '--workers', '2', ...cluster], (line) => {
    if (line.type === 'result') result = line;
  });
  await gone;
  return { rate: result.samplesPerSecond, sha256: result.parametersSha256 };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
try {
  start('nats-server', ['-js', '-sd', join(folder, 'nats'), '-a', '127.0.0.1', '-p', values.port]);
  await sleep(500);
  const times = [];
  for (let trial = 1; trial <= Number(values.trials); trial += 1) times.push(await takeover(trial));
  if (times.length > 0) {
    const steps = times.map(({ step }) => step / 1_000);
    console.log(
      `leader killed → first step: median ${median(steps).toFixed(1)} s, longest ${Math.max(...steps).toFixed(1)} s ` +
        `(leads after ${median(times.map(({ leads }) => leads / 1_000)).toFixed(1)} s; lease ${values.lease} s, ${times.length} trials)`,
    );
  }
  const ratios = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const first = await speed([]);
    const within = await speed(clusterOf(`s${round}-${process.pid}`));
    const last = await speed([]);
    if (first.sha256 !== within.sha256) throw new Error('The runs have reached other bits.');
    ratios.push((first.rate + last.rate) / 2 / within.rate);
    console.log(
      `${values.preset}: ${first.rate.toFixed(0)}, in a cluster ${within.rate.toFixed(0)}, ${last.rate.toFixed(0)} samples/s`,
    );
  }
  if (ratios.length > 0)
    console.log(
      `cost of --cluster to a step: ${((median(ratios) - 1) * 100).toFixed(1)} % (median of ${ratios.length})`,
    );
} finally {
  for (const child of children) child.kill('SIGKILL');
  await sleep(200);
  await rm(folder, { recursive: true, force: true });
}
