// npm run faults -- [--runs N] [--seed S] [--servers 1|3] [--gateway] [--at-once N] [--epochs N]: real runs in a cluster whose
// coordinators, workers and NATS servers are killed, stopped and cut off at random, compared with the same run left in peace.
// Several at once end sooner; then each is slower, and fewer epochs last until all faults have happened.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    servers: { type: 'string', default: '' },
    gateway: { type: 'boolean', default: false },
    'at-once': { type: 'string', default: '1' },
    epochs: { type: 'string', default: '700' },
  },
});
const [runs, firstSeed, atOnce, epochs] = [values.runs, values.seed, values['at-once'], values.epochs].map(
  (text) => (/^\d+$/.test(text) ? Number(text) : Number.NaN),
);
if (
  [runs, firstSeed].some(Number.isNaN) ||
  !(atOnce >= 1) ||
  !(epochs >= 1) ||
  !['', '1', '3'].includes(values.servers)
) {
  console.error(
    '--runs, --seed, --at-once and --epochs take whole numbers, the last two at least 1; --servers takes 1 or 3.',
  );
  process.exit(2);
}
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');

/** Runs `count` seeds from `seed`, one after another. */
function inTurn(seed, count) {
  const child = spawn(process.execPath, [vitest, 'run', '--config', 'test/faults/vitest.config.ts'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SHOAL_FAULT_RUNS: String(count),
      SHOAL_FAULT_SEED: String(seed),
      SHOAL_FAULT_EPOCHS: String(epochs),
      SHOAL_FAULT_SERVERS: values.servers,
      SHOAL_FAULT_GATEWAY: String(values.gateway),
    },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    process.stdout.write(text);
  });
  return new Promise((resolve) => {
    child.on('close', (status) => {
      const [, led = 0, kept = 0] =
        /(\d+) times another coordinator led, (\d+) steps were said to be kept/.exec(said) ?? [];
      resolve({ isGood: status === 0, led: Number(led), kept: Number(kept) });
    });
  });
}

const lanes = Math.min(atOnce, Math.max(1, runs));
const from = (lane) => firstSeed + Math.floor((lane * runs) / lanes);
const ended = await Promise.all(
  Array.from({ length: lanes }, (_, lane) => inTurn(from(lane), from(lane + 1) - from(lane))),
);
if (lanes > 1) {
  const sum = (of) => ended.reduce((total, part) => total + of(part), 0);
  console.log(
    `${runs} runs, ${lanes} at once: ${sum(({ led }) => led)} times another coordinator led, ` +
      `${sum(({ kept }) => kept)} steps were said to be kept; ` +
      (ended.every(({ isGood }) => isGood)
        ? 'all ended with the same bits.'
        : 'not all is as it must be: see above.'),
  );
}
process.exit(ended.every(({ isGood }) => isGood) ? 0 : 1);
