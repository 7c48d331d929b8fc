import { beforeAll, describe, expect, it } from 'vitest';
import { openSimulator, type Simulator } from '../simulate.ts';
import { simulateCluster } from './simulateCluster.ts';

/** Set by `npm run simulate -- --cluster --seeds N --first-seed S`. */
const SEEDS = Number(process.env.SHOAL_SEEDS ?? 40);
const FIRST_SEED = Number(process.env.SHOAL_FIRST_SEED ?? 1);
const ARE_OWN_SEEDS = process.env.SHOAL_SEEDS === undefined && process.env.SHOAL_FIRST_SEED === undefined;
const LINES = Number(process.env.SHOAL_TRACE_LINES ?? 60);

describe('coordinators that lead one after another', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await openSimulator({ trust: { spotCheck: 0 } });
  });

  it(`end with the same bits, one at a time, and lose nothing that was kept, for ${SEEDS} seeds from ${FIRST_SEED}`, async () => {
    const seen = { terms: 0, crashes: 0, kept: 0 };
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      const verdict = await simulateCluster(simulator, seed);
      if (verdict.problem !== null) {
        const { trace } = await simulateCluster(simulator, seed, true);
        const replay = `npm run simulate -- --cluster --first-seed ${seed} --seeds 1`;
        expect.fail(`seed ${seed}: ${verdict.problem}. Replay: ${replay}\n${trace.slice(-LINES).join('\n')}`);
      }
      seen.terms += verdict.terms;
      seen.crashes += verdict.crashes;
      seen.kept += verdict.kept;
    }
    // What a person asks for beyond the tests' own seeds wants to know how much it has met.
    if (!ARE_OWN_SEEDS) console.log(JSON.stringify({ seeds: SEEDS, ...seen }));
    else {
      expect(seen.terms).toBeGreaterThan(2 * SEEDS);
      expect(seen.crashes).toBeGreaterThan(0);
    }
  }, 3_600_000);

  it('would show leaders that do not look whether they still lead', async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 40 && found.length === 0; seed += 1) {
      const { problem } = await simulateCluster(simulator, seed, false, { grantsBlindly: true });
      if (problem !== null) found.push(problem);
    }
    expect(found.join()).toMatch(/grants in term \d+ although term \d+ has begun/);
  }, 600_000);
});
