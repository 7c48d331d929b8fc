/**
 * npm run load -- [--workers 10,100,500,1000,2000] [--seconds 30] [--microbatches 4096] [--churn 0.2]
 *   [--ms-per-leaf 0.2] [--processes 1] [--profile FOLDER] [--write]
 *
 * What a coordinator costs with more and more workers: a real one in a process of its own, and workers that speak the
 * whole protocol over loopback sockets but compute nothing. Each size is measured for so many seconds with joins and
 * leaves of the given part of the workers a minute. Prints a JSON line for each size and a table; --write puts the
 * table into docs/benchmarks.md between its markers. Exit code 1 when a heartbeat was missed or a size gave no figures.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ANSWER_MS_MAX, Part } from './part.mjs';
import { reportOf, tableOf } from './report.mjs';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '10,100,500,1000,2000' },
    seconds: { type: 'string', default: '30' },
    microbatches: { type: 'string', default: '4096' },
    churn: { type: 'string', default: '0.2' },
    // What a sample of mnist-cnn takes on one core of a server; a microbatch has one.
    'ms-per-leaf': { type: 'string', default: '0.2' },
    processes: { type: 'string', default: '1' },
    profile: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const sizes = values.workers.split(',').map(Number);
const seconds = Number(values.seconds);
const microbatches = Number(values.microbatches);
const churnPerMinute = Number(values.churn);
const msPerLeaf = Number(values['ms-per-leaf']);
const processes = Number(values.processes);
const wholes = [...sizes, microbatches, processes];
if (
  !wholes.every((one) => Number.isInteger(one) && one > 0) ||
  ![seconds, msPerLeaf].every((one) => one > 0)
) {
  console.error(
    '--workers takes whole numbers, such as 10,100; --microbatches and --processes a whole number.',
  );
  process.exit(2);
}

/** What a process needs beside its sockets: files, pipes, the event loop. */
const SPARE_FILES = 64;
const GATHER_MS_MAX = 120_000;
/** Before the measurement: a few steps, in which compilers warm up and speeds are learned. */
const WARM_UP_STEPS = 3;
const WARM_UP_MS_MAX = 60_000;

const filesMax = process.report.getReport().userLimits?.open_files?.soft;
if (typeof filesMax === 'number' && filesMax < Math.max(...sizes) + SPARE_FILES) {
  console.error(
    `This shell allows ${filesMax} open files, and ${Math.max(...sizes)} workers need one each. ` +
      `Raise the limit with "ulimit -n ${Math.max(...sizes) + SPARE_FILES}", or give fewer --workers.`,
  );
  process.exit(2);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function measureSize(workers) {
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const coordinator = new Part('./coordinator.mjs', { microbatches }, profile);
  const crowds = [];
  try {
    const { joinUrl, heartbeatMs } = await coordinator.hear('listening', ANSWER_MS_MAX);
    const count = Math.min(processes, workers);
    for (let i = 0; i < count; i += 1) {
      const share = Math.floor(((i + 1) * workers) / count) - Math.floor((i * workers) / count);
      const options = { joinUrl, workers: share, churnPerMinute, microbatches, msPerLeaf };
      crowds.push(new Part('./workers.mjs', options));
    }
    const gatheringAt = performance.now();
    for (const crowd of crowds) await crowd.hear('gathered', GATHER_MS_MAX);
    const gatherMs = performance.now() - gatheringAt;
    for (const crowd of crowds) crowd.say('churn');
    const warmUntil = performance.now() + WARM_UP_MS_MAX;
    const { total } = await coordinator.measure();
    for (;;) {
      await pause(500);
      const { total: now } = await coordinator.measure();
      if (now.steps >= total.steps + WARM_UP_STEPS) break;
      if (performance.now() > warmUntil) throw new Error(`${WARM_UP_STEPS} steps took more than a minute.`);
    }
    const both = async () => ({
      coordinator: await coordinator.measure(),
      crowds: await Promise.all(crowds.map((crowd) => crowd.measure())),
    });
    const before = await both();
    await pause(seconds * 1000);
    const after = await both();
    return reportOf({
      workers,
      microbatches,
      before,
      after,
      heartbeatMs,
      gatherMs,
      loadAverage: loadavg()[0],
    });
  } finally {
    // The coordinator first: told to stop, it says farewell to its workers.
    coordinator.say('stop');
    await Promise.race([coordinator.exited, pause(20_000)]);
    await coordinator.end(1_000);
    for (const crowd of crowds) await crowd.end(5_000);
  }
}

const reports = [];
let problem = false;
for (const workers of sizes) {
  try {
    const report = await measureSize(workers);
    reports.push(report);
    console.log(JSON.stringify(report));
    if (report.heartbeatsMissed > 0) problem = true;
  } catch (error) {
    problem = true;
    console.error(`With ${workers} workers: ${error.message}`);
  }
}
const [{ model }] = cpus();
const machine =
  `Measured for ${seconds} s a size on ${cpus().length} cores (${model.trim()}, ` +
  `${Math.round(totalmem() / 2 ** 30)} GiB), Node.js ${process.versions.node}, with coordinator and workers on the ` +
  `same machine; the last column is its load average, in which other programs have their part.`;
const table = `${machine}\n\n${tableOf(reports)}\n`;
console.log(`\n${table}`);
if (values.write) {
  const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
  const [begin, end] = ['<!-- load: begin -->', '<!-- load: end -->'];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} lacks the markers ${begin} and ${end}.`);
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n${table}${text.slice(to)}`);
}
process.exit(problem ? 1 : 0);
