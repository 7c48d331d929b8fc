/** What docs/scale.md reckons with: costs that were measured (docs/benchmarks.md), and lines that are assumed. */
import { firstToBreak, pressures, stepOf } from './formulas.mjs';

const MEGABIT = 1e6 / 8;

/** Measured, for each answer with a vector of mnist-cnn (139 kB): the coordinator's processor, 2,000 workers. */
export const ANSWER_CPU_SECONDS = 0.183e-3;
export const ANSWER_BYTES = 139_304;
/** Workers of one gateway: so many were measured in one process. */
export const FAN_OUT = 2_000;
/** Assumed: a home line, the line of a rented server, and what a volunteer gives in a day. */
export const LINE = { up: 10 * MEGABIT, down: 50 * MEGABIT };
export const SERVER_LINE = 10_000 * MEGABIT;
export const BYTES_PER_DAY = 100e9;
export const VOLUNTEERS = [1e4, 1e5, 1e6];

/** A volunteer's processor: float operations a second that arrive, of one core in a tab. */
const FLOPS = 5e9;

export const MODELS = [
  {
    name: '`mnist-cnn`',
    parameters: 34_826,
    flopsPerSample: 14.25e6,
    trainingSamples: 55_000,
    microbatch: 32,
  },
  { name: '10⁷ parameters', parameters: 1e7, flopsPerSample: 6e7, trainingSamples: 1.28e6, microbatch: 32 },
];

/** Rounds of local steps compute for so long between two exchanges. */
const ROUND_SECONDS = 60;

export const RULES = [
  {
    name: 'synchronous, f32',
    merges: true,
    bytes: ({ parameters }) => ({ up: 4 * parameters, down: 4 * parameters }),
    compute: ({ microbatch, flopsPerSample }) => ({
      samples: microbatch,
      seconds: (microbatch * flopsPerSample) / FLOPS,
    }),
  },
  {
    name: 'local steps, 4 bits',
    merges: false,
    bytes: ({ parameters }) => ({ up: parameters / 2, down: parameters / 2 }),
    compute: ({ flopsPerSample }) => ({
      samples: Math.floor((ROUND_SECONDS * FLOPS) / flopsPerSample),
      seconds: ROUND_SECONDS,
    }),
  },
];

export function reckon(model, rule, volunteers) {
  const { up, down } = rule.bytes(model);
  const { samples, seconds } = rule.compute(model);
  const step = stepOf({
    ...{ volunteers, fanOut: FAN_OUT, computeSeconds: seconds, up, down, merges: rule.merges },
    ...{ line: LINE, gatewayLine: SERVER_LINE, coordinatorLine: SERVER_LINE },
  });
  const parts = pressures(step, {
    answerCpuSeconds: ANSWER_CPU_SECONDS * Math.max(1, (8 * model.parameters) / (2 * ANSWER_BYTES)),
    volunteerBytesPerDay: BYTES_PER_DAY,
    ...{ up, down },
  });
  const sets = (samples * volunteers) / model.trainingSamples;
  return { step, parts, broken: firstToBreak(parts), sets };
}

const WORDS = {
  coordinatorProcessor: "the coordinator's processor",
  coordinatorLine: "the coordinator's line",
  gatewayLine: "the gateways' lines",
  volunteerData: 'what a volunteer’s line carries in a day',
};

export function tables() {
  return MODELS.flatMap((model) => [
    `**${model.name}**`,
    '',
    '| Volunteers | Rule | Gateways by layer | Coordinator down, up a step | Gateway down, up a step | Step, s | Steps an hour | Training sets a step | Nearest to giving way |',
    '|---:|---|---|---:|---:|---:|---:|---:|---|',
    ...RULES.flatMap((rule) => VOLUNTEERS.map((volunteers) => row(model, rule, volunteers))),
    '',
  ]).join('\n');
}

function row(model, rule, volunteers) {
  const { step, broken, sets } = reckon(model, rule, volunteers);
  const [top, ...gateways] = step.places;
  const lowest = gateways.at(-1);
  return `| ${[
    volunteers.toLocaleString('en'),
    rule.name,
    step.layers.length === 0 ? 'none' : step.layers.map((count) => count.toLocaleString('en')).join(', '),
    `${bytes(top.downBytes)}, ${bytes(top.upBytes)}`,
    lowest === undefined ? '–' : `${bytes(lowest.downBytes)}, ${bytes(lowest.upBytes)}`,
    significant(step.seconds),
    significant(3_600 * step.stepsPerSecond),
    significant(sets),
    `${WORDS[broken[0]]}, ${significant(broken[1])} ×`,
  ].join(' | ')} |`;
}

const significant = (value) =>
  Number(value.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 4 });

function bytes(value) {
  for (const [unit, size] of [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
  ]) {
    if (value >= size) return `${significant(value / size)} ${unit}`;
  }
  return `${significant(value / 1e3)} kB`;
}
