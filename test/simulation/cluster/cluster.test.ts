import { beforeAll, describe, expect, it } from 'vitest';
import { CODINGS } from '../codings.ts';
import { openSimulator, type Simulator } from '../simulate.ts';
import { simulateCluster } from './simulateCluster.ts';

/** Set by `npm run simulate -- --cluster --seeds N --first-seed S`. */
const SEEDS = Number(process.env.SHOAL_SEEDS ?? 40);
const FIRST_SEED = Number(process.env.SHOAL_FIRST_SEED ?? 1);
const ARE_OWN_SEEDS = process.env.SHOAL_SEEDS === undefined && process.env.SHOAL_FIRST_SEED === undefined;
const LINES = Number(process.env.SHOAL_TRACE_LINES ?? 60);

type Seen = Record<'terms' | 'again' | 'gateways' | 'crashes' | 'kept', number>;

async function holds(simulator: Simulator, seeds: number): Promise<Seen> {
  const seen: Seen = { terms: 0, again: 0, gateways: 0, crashes: 0, kept: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
    const verdict = await simulateCluster(simulator, seed);
    if (verdict.problem !== null) {
      const { trace } = await simulateCluster(simulator, seed, true);
      const replay = `npm run simulate -- --cluster --first-seed ${seed} --seeds 1`;
      expect.fail(`seed ${seed}: ${verdict.problem}. Replay: ${replay}\n${trace.slice(-LINES).join('\n')}`);
    }
    for (const what of Object.keys(seen) as (keyof Seen)[]) seen[what] += verdict[what];
  }
  return seen;
}

describe('coordinators that lead one after another', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await openSimulator({ trust: { spotCheck: 0 } });
  });

  it(`end with the same bits, above any gateways, one at a time, and lose nothing that was kept, for ${SEEDS} seeds from ${FIRST_SEED}`, async () => {
    const seen = await holds(simulator, SEEDS);
    // What a person asks for beyond the tests' own seeds wants to know how much it has met.
    if (!ARE_OWN_SEEDS) console.log(JSON.stringify({ seeds: SEEDS, ...seen }));
    else {
      expect(seen.terms).toBeGreaterThan(2 * SEEDS);
      expect(seen.again).toBeGreaterThan(SEEDS / 4);
      expect(seen.gateways).toBeGreaterThan(SEEDS / 2);
      expect(seen.crashes).toBeGreaterThan(0);
    }
  }, 3_600_000);

  it.each([
    [
      'leaders that do not look whether they still lead',
      { grantsBlindly: true },
      /grants in term \d+ although term \d+ has begun/,
    ],
    [
      'samples that are moved once more whenever a process leads again',
      { movesAgain: true },
      /epoch \d has \w+ [\d.]+ instead of/,
    ],
    ['coordinators that all stand by for ever', { standsBy: true }, /nobody has led for 60 s of peace/],
  ])(
    'would show %s',
    async (_what, bugs, said) => {
      const found: string[] = [];
      for (let seed = 1; seed <= 40 && found.length === 0; seed += 1) {
        const { problem } = await simulateCluster(simulator, seed, false, bugs);
        if (problem !== null) found.push(problem);
      }
      expect(found.join()).toMatch(said);
    },
    600_000,
  );

  it.each(CODINGS)(
    'end so with %s',
    async (_what, change) => {
      await holds(await openSimulator({ trust: { spotCheck: 0 }, ...change }), Math.ceil(SEEDS / 10));
    },
    3_600_000,
  );
});
