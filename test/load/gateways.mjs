/**
 * npm run load:gateways -- [--workers 10000] [--gateways 5] [--steps 5] [--seconds 480] [--microbatches 8192]
 *   [--ms-per-leaf 2000] [--preset mnist-cnn]
 *
 * What a coordinator costs with many workers behind a few gateways, against as many direct workers as there are gateways,
 * each as fast as all behind one. Workers speak the whole protocol over loopback sockets and wait instead of computing. So
 * many steps are measured, or as many as end within the seconds.
 * A coordinator also works by the second (pings, progress, ticks), so that the longer of two steps costs more. Hence the
 * direct workers, measured second, are slowed down until their steps take as long as those behind gateways did.
 * Prints a JSON line for each, with the median of the steps and their least and most, and the ratio of the coordinator's
 * processor time a step; exit code 1 when not all joined.
 */
import { parseArgs } from 'node:util';
import { ANSWER_MS_MAX, Part } from './part.mjs';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '10000' },
    gateways: { type: 'string', default: '5' },
    steps: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '480' },
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
    // Compilers warm up and speeds are learned once all are there.
    await stepsOf(coordinator, WARM_UP_STEPS);
    const doorsBefore = await Promise.all(doors.map((door) => door.measure()));
    const { ends, last } = await stepsOf(coordinator, stepsWanted + 1);
    if (ends.length < 2) throw new Error(`No whole step within ${seconds} s: give more --seconds.`);
    const doorsAfter = await Promise.all(doors.map((door) => door.measure()));
    const of = (figure) => ends.slice(1).map((end, i) => end[figure] - ends[i][figure]);
    const [first, final] = [ends.at(0), ends.at(-1)];
    const figures = {
      cluster: name,
      welcomed,
      steps: ends.length - 1,
      stepMs: spreadOf(of('at')),
      coordinatorCpuMsPerStep: spreadOf(of('cpuMs')),
      coordinatorCpuMsPerSecond: round((1000 * (final.cpuMs - first.cpuMs)) / (final.at - first.at)),
      bytesPerStep: spreadOf(of('bytes')),
      gatewayCpuMsPerSecond: doorsAfter.map((one, i) =>
        round((1000 * (one.cpuMs - doorsBefore[i].cpuMs)) / (one.at - doorsBefore[i].at)),
      ),
      gatewayMebibytes: doorsAfter.map(({ resident }) => Math.round(resident / 2 ** 20)),
      reasons: last.reasons,
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
const directMs = msPerLeafFor(behind.stepMs.median);
const direct = await measured('direct', async ({ joinUrl, parts }) => {
  const crowd = crowdOf(joinUrl, gateways, directMs);
  parts.push(crowd);
  return { crowds: [crowd], doors: [] };
});
const ratio = (figure) => round(behind[figure].median / direct[figure].median);
console.log(
  JSON.stringify({
    workers: behind.welcomed,
    gateways,
    cpuRatioPerStep: ratio('coordinatorCpuMsPerStep'),
    stepMsRatio: ratio('stepMs'),
    bytesRatioPerStep: ratio('bytesPerStep'),
    // Beside steps in which nobody ever waits for anybody.
    speedBehindGateways: round(msPerLeaf / each / directMs),
  }),
);
process.exitCode = behind.welcomed >= each * gateways ? 0 : 1;

/** Milliseconds a leaf with which as many direct workers as there are gateways take so long for a step. */
function msPerLeafFor(stepMs) {
  // Of a crowd of five the slowest takes three times as long as the fastest: see workers.mjs.
  const leavesPerMs = Array.from({ length: gateways }, (_, i) => 1 / (1 + (i % 5) / 2));
  return (stepMs * leavesPerMs.reduce((sum, one) => sum + one, 0)) / microbatches;
}

/** What had been used at the end of each of so many steps from now on, or of those that end in time; the last measurement with it. */
async function stepsOf(coordinator, count) {
  let last = await coordinator.measure();
  const ends = [];
  for (const until = last.at + seconds * 1000; ends.length < count && last.at < until; ) {
    await sleep(250);
    last = await coordinator.measure();
    ends.push(...last.stepEnds);
  }
  return { ends: ends.slice(0, count), last };
}

function spreadOf(all) {
  const sorted = [...all].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median: round(median), least: round(sorted[0]), most: round(sorted.at(-1)) };
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function round(value) {
  return Math.round(value * 100) / 100;
}
