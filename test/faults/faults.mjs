// npm run faults -- [--runs N] [--seed S] [--servers 1|3] [--gateway]: real runs in a cluster whose coordinators, workers and NATS servers
// are killed, stopped and cut off at random, compared with the same run left in peace.
import { spawnSync } from 'node:child_process';
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
  },
});
if (!/^\d+$/.test(values.runs) || !/^\d+$/.test(values.seed) || !['', '1', '3'].includes(values.servers)) {
  console.error('--runs and --seed take whole numbers, --servers 1 or 3.');
  process.exit(2);
}
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', 'test/faults/vitest.config.ts'], {
  cwd: fileURLToPath(new URL('../../', import.meta.url)),
  stdio: 'inherit',
  env: {
    ...process.env,
    SHOAL_FAULT_RUNS: values.runs,
    SHOAL_FAULT_SEED: values.seed,
    SHOAL_FAULT_SERVERS: values.servers,
    SHOAL_FAULT_GATEWAY: String(values.gateway),
  },
});
process.exit(status ?? 1);
