/** From two measurements to figures and a table. */

/** A worker whose gap between two pings is longer than so many heartbeats has missed one. */
const GAP_BEATS_MAX = 2;

const rounded = (number, digits) => Number(number.toFixed(digits));

export function reportOf({ workers, microbatches, before, after, heartbeatMs, gatherMs, loadAverage }) {
  const [a, b] = [before.coordinator, after.coordinator];
  const seconds = (b.at - a.at) / 1000;
  const gained = (pick) => pick(b) - pick(a);
  const summed = (key) => after.crowds.reduce((sum, crowd, i) => sum + crowd[key] - before.crowds[i][key], 0);
  const steps = gained(({ total }) => total.steps);
  const partials = summed('partials');
  const cpuMs = gained(({ cpuMs: ms }) => ms);
  const perStep = (amount, digits) => rounded(amount / Math.max(1, steps), digits);
  const pingGapMaxMs = Math.max(...after.crowds.map((crowd) => crowd.pingGapMaxMs));
  const silent = b.membership.silent;
  return {
    type: 'load',
    workers,
    microbatches,
    seconds: rounded(seconds, 1),
    steps,
    stepsPerSecond: rounded(steps / seconds, 2),
    partials,
    partialsPerStep: perStep(partials, 0),
    cpuMsPerPartial: rounded(cpuMs / Math.max(1, partials), 4),
    systemMsPerPartial: rounded(gained(({ systemMs }) => systemMs) / Math.max(1, partials), 4),
    cpuShare: rounded(cpuMs / 1000 / seconds, 2),
    broadcastMbPerStep: perStep(gained(({ traffic }) => traffic.sent) / 1e6, 1),
    receivedMbPerStep: perStep(gained(({ traffic }) => traffic.received) / 1e6, 1),
    broadcastMsPerStep: perStep(
      gained(({ total }) => total.sendMs),
      1,
    ),
    receiveMsPerStep: perStep(
      gained(({ total }) => total.receiveMs),
      1,
    ),
    reduceMsPerStep: perStep(
      gained(({ total }) => total.reduceMs),
      1,
    ),
    residentMb: rounded(b.residentMax / 1e6, 0),
    heapMb: rounded(b.memory.heapUsed / 1e6, 0),
    buffersMb: rounded((b.memory.arrayBuffers + b.memory.external) / 1e6, 0),
    joins: gained(({ membership }) => membership.joined),
    leaves: gained(({ membership }) => membership.left),
    workersAtEnd: b.membership.workers,
    lost: summed('lost'),
    revoked: summed('revoked'),
    pingGapMaxMs: rounded(pingGapMaxMs, 0),
    /** Connections cut for silence, from the start; one more where some worker waited too long for a ping. */
    heartbeatsMissed: silent + (pingGapMaxMs > GAP_BEATS_MAX * heartbeatMs ? 1 : 0),
    delayMaxMs: rounded(b.delayMaxMs, 0),
    gatherSeconds: rounded(gatherMs / 1000, 1),
    loadAverage: rounded(loadAverage, 1),
    reasons: b.reasons,
  };
}

const COLUMNS = [
  ['Workers', (r) => r.workers],
  ['Steps/s', (r) => r.stepsPerSecond],
  ['Partials a step', (r) => r.partialsPerStep],
  ['CPU per partial, ms', (r) => r.cpuMsPerPartial.toFixed(3)],
  ['Coordinator CPU', (r) => `${Math.round(r.cpuShare * 100)} %`],
  ['Broadcast a step', (r) => `${r.broadcastMbPerStep} MB, ${r.broadcastMsPerStep} ms`],
  ['Resident, MB', (r) => r.residentMb],
  ['Joins, leaves', (r) => `${r.joins}, ${r.leaves}`],
  ['Heartbeats missed', (r) => r.heartbeatsMissed],
  ['Load', (r) => r.loadAverage],
];

/** A Markdown table, a row for each report. */
export function tableOf(reports) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [
    row(COLUMNS.map(([name]) => name)),
    row(COLUMNS.map(() => '---:')),
    ...reports.map((report) => row(COLUMNS.map(([, value]) => value(report)))),
  ].join('\n');
}
