/**
 * A process with many load workers. It keeps their number, lets some leave and others join at the rate it is given,
 * half of them in order and half of them without a word, and answers each 'measure' with its counts so far.
 */
import { bytesOf, compileModel, xxh32 } from '@shoal/core';
import { loadDataSet, loadSpec } from './loadRun.mjs';
import { LoadWorker } from './loadWorker.mjs';
import { answerToProbe } from './probe.mjs';

/** Connections being opened at a time while the crowd gathers. */
const OPENING_MAX = 50;

const {
  joinUrl,
  workers: wanted,
  churnPerMinute,
  microbatches,
  msPerLeaf,
  preset,
} = JSON.parse(process.argv[2]);
const { host, hash } = new URL(joinUrl);
const spec = loadSpec(microbatches, preset);
const dataSet = loadDataSet(microbatches);
const vector = new Float32Array(compileModel(spec.model).vectorLength).fill(2 ** -30);
const gradient = { bytes: bytesOf(vector), checksum: xxh32(bytesOf(vector)) };

const counts = {
  leases: 0,
  parameters: 0,
  partials: 0,
  revoked: 0,
  pings: 0,
  pingGapMaxMs: 0,
  welcomed: 0,
  left: 0,
  /** Ended by the other side. */
  lost: 0,
  byes: {},
};
const inside = new Set();
let number = 0;
let ending = false;
let probeAnswer = null;

function join() {
  const joined = new LoadWorker({
    number,
    url: `ws://${host}/ws`,
    token: decodeURIComponent(hash.slice(1)),
    // Machines differ: from the given time to three times that.
    msPerLeaf: msPerLeaf * (1 + (number % 5) / 2),
    gradient,
    probe: (lease) => {
      probeAnswer ??= answerToProbe(spec, dataSet, lease);
      return probeAnswer;
    },
    counts,
    onEnd: (worker, meant) => {
      inside.delete(worker);
      if (!meant) counts.lost += 1;
      // Whoever goes is replaced, so that the number stays.
      if (!ending) join();
    },
  });
  number += 1;
  inside.add(joined);
}

function gather() {
  while (inside.size < wanted && inside.size - counts.welcomed < OPENING_MAX) join();
  if (inside.size < wanted) setTimeout(gather, 10);
  else process.send({ type: 'gathered' });
}

/** By the clock: a timer that is late on a busy machine must not make fewer of them leave. */
function churn() {
  const everyMs = 60_000 / (wanted * churnPerMinute);
  const startedAt = performance.now();
  let asked = 0;
  setInterval(() => {
    for (; asked < Math.floor((performance.now() - startedAt) / everyMs); asked += 1) {
      const [oldest] = inside;
      if (oldest === undefined) return;
      inside.delete(oldest);
      counts.left += 1;
      oldest.leave(counts.left % 2 === 0);
    }
  }, 50);
}

process.on('message', (message) => {
  if (message === 'measure') {
    const now = performance.now();
    for (const worker of inside) counts.pingGapMaxMs = Math.max(counts.pingGapMaxMs, worker.silentMs(now));
    process.send({ type: 'measured', ...counts, byes: { ...counts.byes }, inside: inside.size });
    counts.pingGapMaxMs = 0;
  }
  if (message === 'churn' && churnPerMinute > 0) churn();
});
process.on('disconnect', () => {
  ending = true;
  process.exit(0);
});

gather();
