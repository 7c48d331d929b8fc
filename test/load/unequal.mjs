/**
 * npm run bench:schedule -- [--seconds 15]
 *
 * How well steps of 64 microbatches are shared out in real time, over real sockets, by workers that wait in place of
 * computing: four equal ones, then one of four ten times slower, then one of four frozen in the middle. Each is held
 * against what was promised (`docs/guarantees.md`); exit code 1 when a figure falls short.
 */
import { parseArgs } from 'node:util';
import { bytesOf, compileModel, xxh32 } from '@shoal/core';
import { loadDataSet, loadSpec } from './loadRun.mjs';
import { LoadWorker } from './loadWorker.mjs';
import { ANSWER_MS_MAX, Part } from './part.mjs';
import { answerToProbe } from './probe.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '15' } } });
const seconds = Number(values.seconds);
if (!(seconds > 0)) {
  console.error('--seconds takes a number above 0.');
  process.exit(2);
}

const MICROBATCHES = 64;
const LEAF_MS = 20;
/** A lease counts as late after twice its time, and at least after so long. */
const DETECTION_MS = 500;

const spec = loadSpec(MICROBATCHES);
const dataSet = loadDataSet(MICROBATCHES);
const vector = new Float32Array(compileModel(spec.model).vectorLength).fill(2 ** -30);
const gradient = { bytes: bytesOf(vector), checksum: xxh32(bytesOf(vector)) };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The least that any split over workers of these speeds takes. */
function bestStaticSplit(leafMs) {
  const held = leafMs.map(() => 0);
  for (let leaf = 0; leaf < MICROBATCHES; leaf += 1) {
    const ends = leafMs.map((ms, i) => (held[i] + 1) * ms);
    held[ends.indexOf(Math.min(...ends))] += 1;
  }
  return Math.max(...held.map((count, i) => count * leafMs[i]));
}

/** Milliseconds of each step; `midway(workers)` is called after a third of the time. */
async function stepsWith(leafMs, midway = () => {}) {
  const coordinator = new Part('./coordinator.mjs', { microbatches: MICROBATCHES });
  const workers = [];
  try {
    const { joinUrl } = await coordinator.hear('listening', ANSWER_MS_MAX);
    const { host, hash } = new URL(joinUrl);
    const counts = {
      leases: 0,
      parameters: 0,
      partials: 0,
      revoked: 0,
      pings: 0,
      pingGapMaxMs: 0,
      welcomed: 0,
      byes: {},
    };
    let probe = null;
    leafMs.forEach((msPerLeaf, number) => {
      const worker = new LoadWorker({
        number,
        url: `ws://${host}/ws`,
        token: decodeURIComponent(hash.slice(1)),
        msPerLeaf,
        gradient,
        probe: (lease) => {
          probe ??= answerToProbe(spec, dataSet, lease);
          return probe;
        },
        counts,
        onEnd: () => {},
      });
      workers.push(worker);
    });
    // The first steps, in which speeds are learned.
    await pause(4_000);
    await coordinator.measure();
    await pause((seconds * 1000) / 3);
    const before = (await coordinator.measure()).stepsMs;
    midway(workers);
    await pause((seconds * 2000) / 3);
    return { before, after: (await coordinator.measure()).stepsMs };
  } finally {
    for (const worker of workers) worker.leave(false);
    coordinator.say('stop');
    await Promise.race([coordinator.exited, pause(20_000)]);
    await coordinator.end(1_000);
  }
}

let problem = false;
function tell(what, figure, limit, text) {
  const holds = figure <= limit;
  if (!holds) problem = true;
  console.log(JSON.stringify({ type: 'schedule', what, figure: Number(figure.toFixed(3)), limit, holds }));
  console.log(`${what}: ${text}`);
}

const equal = [LEAF_MS, LEAF_MS, LEAF_MS, LEAF_MS];
const usual = await stepsWith(equal);
const usualMs = median([...usual.before, ...usual.after]);
const best = bestStaticSplit(equal);
console.log(`four equal workers: ${usualMs.toFixed(0)} ms a step, the best static split takes ${best} ms`);

const oneSlow = [LEAF_MS, LEAF_MS, LEAF_MS, 10 * LEAF_MS];
const slow = await stepsWith(oneSlow);
const slowMs = median([...slow.before, ...slow.after]);
const slowBest = bestStaticSplit(oneSlow);
tell(
  'one of four ten times slower',
  slowMs / slowBest,
  1.1,
  `${slowMs.toFixed(0)} ms a step, the best static split takes ${slowBest} ms`,
);

const frozen = await stepsWith(equal, (workers) => workers[1].freeze());
const worst = Math.max(...frozen.after);
const limitMs = 1.5 * usualMs + Math.max(DETECTION_MS, 2 * usualMs);
tell(
  'one of four frozen',
  worst / limitMs,
  1,
  `the longest step took ${worst.toFixed(0)} ms (limit ${limitMs.toFixed(0)}), later ones ${median(frozen.after).toFixed(0)} ms`,
);
process.exit(problem ? 1 : 0);
