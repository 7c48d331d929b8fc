// npm run simulate -- [--cluster] [--seeds N] [--first-seed S]: many simulated runs; a failing seed is shown with its trace.
// With --cluster several coordinators lead one after another.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    cluster: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '2000' },
    'first-seed': { type: 'string', default: '1' },
  },
});
for (const [name, value] of Object.entries({ seeds: values.seeds, 'first-seed': values['first-seed'] })) {
  if (!/^\d+$/.test(value)) {
    console.error(`--${name} takes a whole number, not "${value}".`);
    process.exit(2);
  }
}
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--project',
    'simulation',
    values.cluster ? 'test/simulation/cluster' : 'test/simulation/simulation.test.ts',
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      SHOAL_SEEDS: values.seeds,
      SHOAL_FIRST_SEED: values['first-seed'],
      SHOAL_TRACE_LINES: '100000',
    },
  },
);
process.exit(status ?? 1);
