/**
 * `npm run bench:sweep`: how long a sweep of short runs takes, beside the same runs one after another by hand: each asked
 * for at a coordinator as soon as the one before has ended, and each as a command of its own. All with the same local
 * workers; the time is from the first run's result to the last one's, so that starting processes counts for commands alone.
 * `--runs`, `--rounds`, `--workers`, `--ways sweep,coordinator` for some of the three.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    workers: { type: 'string', default: '2' },
    ways: { type: 'string', default: 'sweep,coordinator,commands' },
  },
});
const runs = Number(values.runs);
const rounds = Number(values.rounds);

const BASE = {
  preset: 'mnist-softmax',
  data: { source: 'digits', limit: 2000, validation: 200 },
  epochs: 10,
};
const rates = Array.from({ length: runs }, (_, run) => Number((0.001 * 1.3 ** run).toPrecision(4)));

const where = (out) => [
  '--out',
  out,
  '--host',
  '127.0.0.1',
  '--port',
  '0',
  '--json',
  '--workers',
  values.workers,
];

function start(args) {
  const child = spawn(process.execPath, [SHOAL, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let text = '';
  const waiting = [];
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    text += piece;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines.map((one) => JSON.parse(one))) for (const hear of waiting) hear(line);
  });
  const line = (type) =>
    new Promise((resolve) => {
      waiting.push((one) => {
        if (one.type === type) resolve(one);
      });
    });
  return { child, ended, line };
}

/** Seconds from the first run's result to the last one's, as their folders have it. */
async function span(out) {
  const ends = [];
  for (const entry of await readdir(out, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const result = await stat(join(out, entry.name, 'result.json')).catch(() => null);
    if (result !== null) ends.push(result.mtimeMs);
  }
  if (ends.length !== runs) throw new Error(`${ends.length} runs have ended in ${out}, not ${runs}.`);
  return (Math.max(...ends) - Math.min(...ends)) / 1000;
}

async function bySweep(out) {
  const file = join(out, 'sweep.json');
  const sweep = { name: 'bench', base: BASE, vary: { 'optimizer.lr': rates } };
  await writeFile(file, JSON.stringify(sweep));
  await start(['sweep', file, ...where(out)]).ended;
}

async function atCoordinator(out) {
  const { child, ended, line } = start(['serve', ...where(out)]);
  const { dashboardUrl } = await line('listening');
  const url = new URL(dashboardUrl);
  const token = url.hash.slice(1);
  const socket = new WebSocket(new URL('/watch', url.href.replace('http', 'ws')));
  const over = new Set();
  let wake = () => {};
  await new Promise((resolve) => {
    socket.once('open', resolve);
  });
  socket.send(JSON.stringify({ type: 'watch', token, have: null }));
  socket.on('message', (data) => {
    const { run } = JSON.parse(String(data));
    if (run?.result) over.add(run.runId);
    wake();
  });
  for (const lr of rates) {
    const response = await fetch(new URL('/api/runs', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ spec: { ...BASE, optimizer: { type: 'sgd', lr } } }),
    });
    const { runId } = await response.json();
    if (response.status !== 201) throw new Error(`The run was not started: ${response.status}.`);
    while (!over.has(runId)) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  }
  socket.close();
  child.kill('SIGTERM');
  await ended;
}

async function asCommands(out) {
  for (const lr of rates) {
    const file = join(out, 'run.json');
    await writeFile(file, JSON.stringify({ ...BASE, optimizer: { type: 'sgd', lr } }));
    await start(['train', '--config', file, ...where(out)]).ended;
  }
}

const WAYS = {
  sweep: ['sweep', bySweep],
  coordinator: ['by hand at one coordinator, without a pause', atCoordinator],
  commands: ['by hand, a command each', asCommands],
};
const wanted = Object.entries(WAYS).filter(([name]) => values.ways.split(',').includes(name));
const seconds = new Map(wanted.map(([name]) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, [, way]] of wanted) {
    const out = await mkdtemp(join(tmpdir(), 'shoal-sweep-'));
    try {
      await way(out);
      seconds.get(name).push(await span(out));
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }
}
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
// Within a round, so that what else the machine is busy with counts for both.
const ratioTo = (name) => median(seconds.get('sweep').map((time, round) => time / seconds.get(name)[round]));
console.log(`${runs} runs, ${values.workers} local workers, medians of ${rounds} rounds:`);
for (const [name, [text]] of wanted) {
  const time = `${median(seconds.get(name)).toFixed(2)} s`;
  console.log(`${text.padEnd(44)} ${time.padStart(9)}   sweep / this ${ratioTo(name).toFixed(3)}`);
}
