/** Clusters with gateways, one below another, under any fault: the bits are those of the run without a network. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CODINGS, FOUR_BITS } from './codings.ts';
import { type Liar, liesSometimes, tells, turnsBad } from './liars.ts';
import { openSimulator, type Simulator, simulate } from './simulate.ts';

/** Set by `npm run simulate -- --seeds N --first-seed S`. */
const SEEDS = Number(process.env.SHOAL_SEEDS ?? 60);
const FIRST_SEED = Number(process.env.SHOAL_FIRST_SEED ?? 1);
/** As in `simulation.test.ts`. */
const ARE_OWN_SEEDS = process.env.SHOAL_SEEDS === undefined && process.env.SHOAL_FIRST_SEED === undefined;
const LINES = Number(process.env.SHOAL_TRACE_LINES ?? 40);

async function holds(simulator: Simulator, seeds: number): Promise<void> {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
    const verdict = await simulate(simulator, seed, false);
    if (verdict.problem === null) continue;
    const { trace } = await simulate(simulator, seed, true);
    expect.fail(`seed ${seed}: ${verdict.problem}.\n${trace.slice(-LINES).join('\n')}`);
  }
}

describe('a cluster with gateways under any fault', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await openSimulator({}, null, false, true);
  });

  it(`ends with the bits of the run without a network, for ${SEEDS} seeds from ${FIRST_SEED}`, async () => {
    await holds(simulator, SEEDS);
  }, 3_600_000);

  it.each([
    ...CODINGS,
    ['a model to begin with, whose first layers are frozen', { initial: { layers: 2, frozen: true } }],
    [
      'such a model in rounds of local steps, 4 bits both ways',
      { ...FOUR_BITS, initial: { layers: 2, frozen: true } },
    ],
  ])(
    'does so with %s',
    async (_what, change) => {
      await holds(await openSimulator(change, null, false, true), Math.ceil(SEEDS / 3));
    },
    3_600_000,
  );

  it.each([
    ['spot checks', { spotCheck: 0.25, quorum: 1 }],
    ['a quorum', { spotCheck: 0.001, quorum: 2 }],
    ['what the operator changes again and again', { spotCheck: 0.25, quorum: 1 }],
  ])(
    'with liars behind them and %s, ends with the same bits once they are convicted',
    async (what, trust) => {
      const liar = (draw: () => number): Liar =>
        turnsBad(liesSometimes(tells('noise', draw), 0.7, draw), Math.floor(draw() * 12));
      const simulator = await openSimulator(
        { trust, epochs: 10, earlyStopping: { patience: 6 } },
        liar,
        what.startsWith('what'),
        true,
      );
      const seeds = Math.ceil(SEEDS / 2);
      let behindGateways = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
        const verdict = await simulate(simulator, seed, false);
        behindGateways += verdict.convictionsBehind;
        if (verdict.problem === null) continue;
        const { trace } = await simulate(simulator, seed, true);
        expect.fail(`seed ${seed}: ${verdict.problem}.\n${trace.slice(-LINES).join('\n')}`);
      }
      if (ARE_OWN_SEEDS) expect(behindGateways).toBeGreaterThan(seeds / 10);
    },
    3_600_000,
  );
});
