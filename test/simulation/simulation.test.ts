import { beforeAll, describe, expect, it } from 'vitest';
import { openSimulator, type Simulator, simulate } from './simulate.ts';

/** Set by `npm run simulate -- --seeds N --first-seed S`. */
const SEEDS = Number(process.env.SHOAL_SEEDS ?? 100);
const FIRST_SEED = Number(process.env.SHOAL_FIRST_SEED ?? 1);
/** What a person reads of a failing seed at once; `npm run simulate` shows all of it. */
const LINES = Number(process.env.SHOAL_TRACE_LINES ?? 40);

describe('a cluster under any fault', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await openSimulator();
  });

  it(`ends with the bits of the run without a network, for ${SEEDS} seeds from ${FIRST_SEED}`, async () => {
    let crashes = 0;
    let tornWrites = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      const verdict = await simulate(simulator, seed, false);
      if (verdict.problem !== null) {
        const { trace } = await simulate(simulator, seed, true);
        const replay = `npm run simulate -- --first-seed ${seed} --seeds 1`;
        expect.fail(`seed ${seed}: ${verdict.problem}. Replay: ${replay}\n${trace.slice(-LINES).join('\n')}`);
      }
      crashes += verdict.crashes;
      tornWrites += verdict.tornWrites;
    }
    if (SEEDS >= 20) {
      expect(crashes).toBeGreaterThan(0);
      expect(tornWrites).toBeGreaterThan(0);
    }
  }, 3_600_000);
});
