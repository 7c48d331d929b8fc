// npm run fuzz -- [--frames N] [--seed S]: hostile frames for a coordinator; a failing seed is shown with its frame.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
for (const [name, value] of Object.entries(values)) {
  if (!/^[1-9]\d*$/.test(value)) {
    console.error(`--${name} takes a whole number above 0, not "${value}".`);
    process.exit(2);
  }
}
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
// Not picked by their names: of tests that are all passed over nothing is heard.
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'fuzz', 'test/fuzz/fuzz.test.ts'],
  {
    stdio: 'inherit',
    env: { ...process.env, SHOAL_FUZZ_FRAMES: values.frames, SHOAL_FUZZ_SEED: values.seed },
  },
);
process.exit(status ?? 1);
