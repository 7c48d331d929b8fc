/**
 * The coordinator under load, as a process of its own that its parent can measure: it opens a run, says where it can
 * be joined, and answers each 'measure' with what it has used and done so far.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectGarbageLazily, compileSoon, openRun, readLimits, TrustedProxies } from '@shoal/coordinator';
import { DEFAULT_LIMITS } from '@shoal/core';
import { loadDataSet, loadSpec } from './loadRun.mjs';

collectGarbageLazily();
compileSoon();
const { microbatches, preset } = JSON.parse(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), 'shoal-load-'));
const host = await openRun({
  runsFolder: folder,
  start: { type: 'new', spec: loadSpec(microbatches, preset), dataSet: loadDataSet(microbatches) },
  host: '127.0.0.1',
  port: 0,
  publicUrl: null,
  token: null,
  localWorkers: 0,
  threadsPerWorker: 1,
  logLevel: 'error',
  // All workers of a load test come from one address.
  network: {
    limits: readLimits([
      'addressConnectionsMax=8192',
      'addressSocketsMax=8192',
      'addressJoinsMax=1000000',
      'tokenConnectionsMax=1000000',
    ]),
    allowOrigins: [],
    proxies: TrustedProxies.none,
  },
});

const total = { steps: 0, leases: 0, sendMs: 0, receiveMs: 0, reduceMs: 0, updateMs: 0, checkpointMs: 0 };
const membership = { joined: 0, left: 0, silent: 0, workers: 0 };
/** Why workers left, other than by their own will. */
const reasons = {};
/** Of each step since the last measurement. */
let stepsMs = [];
/** What had been used when each of them ended. */
let stepEnds = [];
host.onStepTimes(({ stepMs, coordinator }) => {
  total.steps += 1;
  stepsMs.push(stepMs);
  stepEnds.push(used());
  for (const [key, ms] of Object.entries(coordinator)) total[key] += ms;
});
host.onReport((report) => {
  if (report.type !== 'worker') return;
  membership[report.event] += 1;
  membership.workers = report.workers;
  if (report.event !== 'left') return;
  if (/Nothing was heard/.test(report.reason)) membership.silent += 1;
  const reason = report.reason.replace(/\d+/g, 'N');
  reasons[reason] = (reasons[reason] ?? 0) + 1;
});

// The largest memory between two measurements; Linux's own high-water mark would include the start.
let residentMax = 0;
const watching = setInterval(() => {
  residentMax = Math.max(residentMax, process.memoryUsage.rss());
}, 100);
const delay = monitorEventLoopDelay({ resolution: 20 });
delay.enable();

function used() {
  const { user, system } = process.cpuUsage();
  const { sent, received } = host.traffic();
  return { at: performance.now(), cpuMs: (user + system) / 1000, bytes: sent + received };
}

function measure() {
  residentMax = Math.max(residentMax, process.memoryUsage.rss());
  const { user, system } = process.cpuUsage();
  const taken = {
    at: performance.now(),
    cpuMs: (user + system) / 1000,
    systemMs: system / 1000,
    residentMax,
    delayMaxMs: delay.max / 1e6,
    memory: process.memoryUsage(),
    traffic: host.traffic(),
    total: { ...total },
    stepsMs,
    stepEnds,
    membership: { ...membership },
    reasons: { ...reasons },
  };
  residentMax = 0;
  stepsMs = [];
  stepEnds = [];
  delay.reset();
  return taken;
}

process.on('message', async (message) => {
  if (message === 'measure') process.send({ type: 'measured', ...measure() });
  if (message === 'stop') await end();
});
process.on('disconnect', () => void end());

async function end() {
  host.stop('The load test is over.');
  await host.finished;
  clearInterval(watching);
  await host.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  // The channel to the parent keeps this process alive; a profile is written at an orderly exit.
  process.exit(0);
}

host.start();
process.send({
  type: 'listening',
  joinUrl: host.joinUrl,
  gatewayUrl: host.gatewayUrl,
  heartbeatMs: DEFAULT_LIMITS.heartbeatMs,
});
