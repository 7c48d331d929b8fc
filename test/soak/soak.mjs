// npm run soak -- [--minutes N] [--seed S]: a real run under churn, compared with the same run left in peace.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});
if (!/^\d+(\.\d+)?$/.test(values.minutes) || !/^\d+$/.test(values.seed)) {
  console.error('--minutes takes a number, such as 10 or 1.5, and --seed a whole number.');
  process.exit(2);
}
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', 'test/soak/vitest.config.ts'], {
  cwd: fileURLToPath(new URL('../../', import.meta.url)),
  stdio: 'inherit',
  env: {
    ...process.env,
    SHOAL_SOAK_SECONDS: String(60 * Number(values.minutes)),
    SHOAL_SOAK_SEED: values.seed,
  },
});
process.exit(status ?? 1);
