/**
 * npm run load:gateways -- [--workers 10000] [--gateways 5] [--steps 3] [--seconds 240] [--microbatches 8192]
 *   [--ms-per-leaf 2000] [--preset mnist-cnn]
 *
 * What a coordinator costs with many workers behind a few gateways, against as many direct workers as there are gateways,
 * each as fast as all behind one. Workers speak the whole protocol over loopback sockets and wait instead of computing. So
 * many steps are measured, or as many as end within the seconds.
 * Prints a JSON line for each and the ratio of the coordinator's processor time a step; exit code 1 when not all joined.
 */
import { parseArgs } from 'node:util';
import { ANSWER_MS_MAX, Part } from './part.mjs';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '10000' },
    gateways: { type: 'string', default: '5' },
    steps: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '240' },
    preset: { type: 'string', default: 'mnist-cnn' },
    microbatches: { type: 'string', default: '8192' },
    'ms-per-leaf': { type: 'string', default: '2000' },
  },
});
const { preset } = values;
const [workers, gateways, stepsWanted, seconds, microbatches, msPerLeaf] = [
  'workers',
  'gateways',
  'steps',
  'seconds',
  'microbatches',
  'ms-per-leaf',
].map((name) => Number(values[name]));
if (![workers, gateways, stepsWanted, seconds, microbatches, msPerLeaf].every((one) => one > 0)) {
  console.error('Every option takes a number above 0, such as --workers 10000.');
  process.exit(2);
}
const each = Math.ceil(workers / gateways);
/** What a gateway's process needs beside its workers' sockets. */
const SPARE_FILES = 64;
const filesMax = process.report.getReport().userLimits?.open_files?.soft;
if (typeof filesMax === 'number' && filesMax < each + SPARE_FILES) {
  console.error(
    `This shell allows ${filesMax} open files, and a gateway needs one for each of its ${each} workers. ` +
      `Raise the limit with "ulimit -n ${each + SPARE_FILES}", or give more --gateways.`,
  );
  process.exit(2);
}
const GATHER_MS_MAX = 240_000;
const WARM_UP_STEPS = 2;
const limits = ['addressConnectionsMax', 'addressSocketsMax', 'addressJoinsMax', 'tokenConnectionsMax']
  .map((name) => `${name}=1000000`)
  .concat(
    'connectionsMax=1000000',
    'socketsMax=1000000',
    'strangersMax=100000',
    'addressStrangersMax=100000',
  );

/** One cluster: `crowds` is what joins where. */
async function measured(name, open) {
  const coordinator = new Part('./coordinator.mjs', { microbatches, preset });
  const parts = [coordinator];
  try {
    const { joinUrl, gatewayUrl } = await coordinator.hear('listening', ANSWER_MS_MAX);
    const { crowds, doors } = await open({ joinUrl, gatewayUrl, parts });
    for (const crowd of crowds) await crowd.hear('gathered', GATHER_MS_MAX);
    const joinedBy = performance.now() + GATHER_MS_MAX;
    let welcomed = 0;
    while (performance.now() < joinedBy) {
      const counts = await Promise.all(crowds.map((crowd) => crowd.measure()));
      welcomed = counts.reduce((sum, count) => sum + count.welcomed, 0);
      if (welcomed >= counts.reduce((sum, count) => sum + count.inside, 0)) break;
      await sleep(500);
    }
    for (let now = await coordinator.measure(); now.total.steps < WARM_UP_STEPS; ) {
      if (performance.now() > joinedBy) break;
      await sleep(500);
      now = await coordinator.measure();
    }
    const before = await stepDone(coordinator);
    const doorsBefore = await Promise.all(doors.map((door) => door.measure()));
    let after = before;
    for (const until = before.at + seconds * 1000; after.at < until; ) {
      after = await stepDone(coordinator);
      if (after.total.steps - before.total.steps >= stepsWanted) break;
    }
    const doorsAfter = await Promise.all(doors.map((door) => door.measure()));
    const steps = after.total.steps - before.total.steps;
    const figures = {
      cluster: name,
      welcomed,
      people: after.membership.workers,
      steps,
      stepMs: Math.round((after.at - before.at) / Math.max(1, steps)),
      coordinatorCpuMsPerStep: round((after.cpuMs - before.cpuMs) / Math.max(1, steps)),
      coordinatorCpuMsPerSecond: round((1000 * (after.cpuMs - before.cpuMs)) / (after.at - before.at)),
      bytesPerStep: Math.round(
        (after.traffic.sent + after.traffic.received - before.traffic.sent - before.traffic.received) /
          Math.max(1, steps),
      ),
      gatewayCpuMsPerSecond: doorsAfter.map((one, i) =>
        round((1000 * (one.cpuMs - doorsBefore[i].cpuMs)) / (one.at - doorsBefore[i].at)),
      ),
      gatewayMebibytes: doorsAfter.map(({ resident }) => Math.round(resident / 2 ** 20)),
      reasons: after.reasons,
    };
    console.log(JSON.stringify(figures));
    return figures;
  } finally {
    for (const part of parts.reverse()) await part.end(10_000);
  }
}

const crowdOf = (joinUrl, count, ms) =>
  new Part('./workers.mjs', {
    joinUrl,
    workers: count,
    churnPerMinute: 0,
    microbatches,
    msPerLeaf: ms,
    preset,
  });

const direct = await measured('direct', async ({ joinUrl, parts }) => {
  const crowd = crowdOf(joinUrl, gateways, msPerLeaf / each);
  parts.push(crowd);
  return { crowds: [crowd], doors: [] };
});
const behind = await measured('behind gateways', async ({ joinUrl, gatewayUrl, parts }) => {
  const doors = Array.from(
    { length: gateways },
    (_, i) => new Part('./gatewayPart.mjs', { link: gatewayUrl, name: `gateway-${i + 1}`, limits }),
  );
  parts.push(...doors);
  const { hash } = new URL(joinUrl);
  const crowds = [];
  for (const door of doors) {
    const { url } = await door.hear('listening', ANSWER_MS_MAX);
    await sleep(1_000);
    crowds.push(crowdOf(`${url}/join${hash}`, each, msPerLeaf));
  }
  parts.push(...crowds);
  return { crowds, doors };
});
const ratio = behind.coordinatorCpuMsPerStep / direct.coordinatorCpuMsPerStep;
console.log(JSON.stringify({ workers: behind.welcomed, gateways, cpuRatioPerStep: round(ratio) }));
process.exitCode = behind.welcomed >= each * gateways ? 0 : 1;

/** Measured as soon as another step has ended, so that a window has whole steps in it. */
async function stepDone(coordinator) {
  const from = await coordinator.measure();
  for (const until = from.at + seconds * 1000; ; ) {
    const now = await coordinator.measure();
    if (now.total.steps > from.total.steps || now.at > until) return now;
    await sleep(50);
  }
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function round(value) {
  return Math.round(value * 100) / 100;
}
