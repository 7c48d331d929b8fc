import { beforeAll, describe, expect, it } from 'vitest';
import { CODINGS } from './codings.ts';
import { type Liar, liesSometimes, tells, turnsBad } from './liars.ts';
import { openSimulator, type Simulator, simulate } from './simulate.ts';

/** Set by `npm run simulate -- --seeds N --first-seed S`. */
const SEEDS = Number(process.env.SHOAL_SEEDS ?? 100);
const FIRST_SEED = Number(process.env.SHOAL_FIRST_SEED ?? 1);
/**
 * The seeds that the tests bring along are known to meet every kind of fault, and must go on doing so. Others are drawn
 * to look for broken promises, and what they meet is chance.
 */
const ARE_OWN_SEEDS = process.env.SHOAL_SEEDS === undefined && process.env.SHOAL_FIRST_SEED === undefined;
/** What a person reads of a failing seed at once; `npm run simulate` shows all of it. */
const LINES = Number(process.env.SHOAL_TRACE_LINES ?? 40);

/** Of 49 samples a step takes 40; microbatches and batches are cut at the borders of epochs. */
const LOCAL_STEPS = {
  batch: 5,
  microbatch: 2,
  optimizer: { type: 'momentum', lr: 0.1 },
  schedule: { type: 'cosine' },
  steps: { type: 'localSteps', replicas: 4, localSteps: 2, outer: { type: 'nesterov' } },
};

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
    if (ARE_OWN_SEEDS) {
      expect(crashes).toBeGreaterThan(0);
      expect(tornWrites).toBeGreaterThan(0);
    }
  }, 3_600_000);

  it('does so with local steps, of which a round outlasts most of what goes wrong', async () => {
    const rounds = await openSimulator({ ...LOCAL_STEPS, epochs: 12 });
    const seeds = Math.ceil(SEEDS / 2);
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
      const verdict = await simulate(rounds, seed, false);
      if (verdict.problem !== null) {
        const { trace } = await simulate(rounds, seed, true);
        expect.fail(`seed ${seed}: ${verdict.problem}.\n${trace.slice(-LINES).join('\n')}`);
      }
    }
  }, 3_600_000);

  it.each([...CODINGS, ['4 bits down alone', { coding: { down: 'int4' } }]])(
    'ends with the same bits with %s',
    async (_what, change) => {
      const simulator = await openSimulator(change);
      for (let seed = FIRST_SEED; seed < FIRST_SEED + Math.ceil(SEEDS / 4); seed += 1) {
        const verdict = await simulate(simulator, seed, false);
        if (verdict.problem === null) continue;
        const { trace } = await simulate(simulator, seed, true);
        expect.fail(
          `seed ${seed}, ${JSON.stringify(change)}: ${verdict.problem}.\n${trace.slice(-LINES).join('\n')}`,
        );
      }
    },
    3_600_000,
  );

  it.each([
    ['all of its layers', { initial: { layers: null } }],
    ['its first layers, frozen', { initial: { layers: 2, frozen: true } }],
    ['these in rounds of local steps', { ...LOCAL_STEPS, initial: { layers: 2, frozen: true } }],
    [
      'these where parameters travel as changes of 8 bits',
      { coding: { up: 'int8', down: 'int8' }, initial: { layers: 2, frozen: true } },
    ],
    [
      'these, and some of its workers lie',
      {
        ...{ trust: { spotCheck: 0.25 }, epochs: 10, earlyStopping: { patience: 6 } },
        initial: { layers: 2, frozen: true },
      },
    ],
  ])(
    'ends with the same bits where it begins with a model: %s',
    async (what, change) => {
      const liar = (draw: () => number): Liar =>
        turnsBad(liesSometimes(tells('noise', draw), 0.7, draw), Math.floor(draw() * 12));
      const simulator = await openSimulator(change, what.endsWith('lie') ? liar : null);
      let rollbacks = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + Math.ceil(SEEDS / 4); seed += 1) {
        const verdict = await simulate(simulator, seed, false);
        rollbacks += verdict.rollbacks;
        if (verdict.problem === null) continue;
        const { trace } = await simulate(simulator, seed, true);
        expect.fail(`seed ${seed}: ${verdict.problem}.\n${trace.slice(-LINES).join('\n')}`);
      }
      // It goes back on the way.
      if (ARE_OWN_SEEDS && what.endsWith('lie')) expect(rollbacks).toBeGreaterThan(0);
    },
    3_600_000,
  );

  it.each([
    ['spot checks', { spotCheck: 0.25, quorum: 1 }],
    ['a quorum', { spotCheck: 0.001, quorum: 2 }],
    ['both', { spotCheck: 0.1, quorum: 2 }],
    ['what the operator changes again and again', { spotCheck: 0.25, quorum: 1 }],
  ])(
    'with liars among its workers and %s, ends with the same bits once they are convicted',
    async (what, trust) => {
      // They tell the truth for a while, and then not always a lie; without noise they all tell the same one.
      const liar = (draw: () => number): Liar =>
        turnsBad(
          liesSometimes(tells(draw() < 0.5 ? 'noise' : 'signFlip', draw), 0.7, draw),
          Math.floor(draw() * 12),
        );
      const seeds = Math.ceil(SEEDS / 2);
      const simulator = await openSimulator(
        { trust, epochs: 10, earlyStopping: { patience: 6 } },
        liar,
        what.startsWith('what'),
      );
      const seen = { convictions: 0, rollbacks: 0, honest: 0 };
      for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
        const verdict = await simulate(simulator, seed, false);
        if (verdict.problem !== null) {
          const { trace } = await simulate(simulator, seed, true);
          expect.fail(
            `seed ${seed}, trust ${JSON.stringify(trust)}: ${verdict.problem}.\n${trace.slice(-LINES).join('\n')}`,
          );
        }
        seen.convictions += verdict.convictions;
        seen.rollbacks += verdict.rollbacks;
        if (!verdict.deceived) seen.honest += 1;
      }
      if (ARE_OWN_SEEDS) {
        expect(seen.convictions).toBeGreaterThan(seeds / 4);
        expect(seen.honest).toBeGreaterThan(seeds / 2);
        // Before a quorum a lie hardly ever counts.
        if (trust.quorum === 1) expect(seen.rollbacks).toBeGreaterThan(0);
      }
    },
    3_600_000,
  );
});
