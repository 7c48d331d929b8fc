import { describe, expect, it } from 'vitest';
import { fuzz, openTarget } from './fuzz.ts';
import { attack } from './session.ts';

/** Set by `npm run fuzz -- --frames N --seed S`. */
const FRAMES = Number(process.env.SHOAL_FUZZ_FRAMES ?? 50_000);
const SEED = Number(process.env.SHOAL_FUZZ_SEED ?? 1);

describe('the coordinator under hostile frames', () => {
  it.each([
    ['as they are', FRAMES, {}],
    ['in 8 bits', Math.ceil(FRAMES / 5), { coding: { up: 'int8', down: 'int8' } }],
  ])(
    'whose vectors travel %s takes %i of them without a crash, a rejection, a standstill or a rise in memory',
    async (_how, wanted, change) => {
      const report = await fuzz({ frames: wanted, seed: SEED, change });
      const { problem, frames, runs, sameBits, admittedRuns, seconds, heapMegabytes } = report;
      const [early, late] = heapMegabytes.map((one) => one.toFixed(1));
      console.log(
        `${frames} frames in ${runs} runs and ${seconds.toFixed(1)} s (${Math.round(frames / seconds)} frames/s): ` +
          `${sameBits} runs ended with the bits of peace, ${admittedRuns} had let an intruder compute; ` +
          `heap ${early} MB early, ${late} MB at the end`,
      );
      if (problem !== null) {
        const seed = /seed (\d+)/.exec(problem)?.[1] ?? SEED;
        const frame = /frame (\d+)/.exec(problem)?.[1] ?? wanted;
        expect.fail(`${problem}\nReplay: npm run fuzz -- --seed ${seed} --frames ${frame}`);
      }
      expect(frames).toBeGreaterThanOrEqual(wanted);
      // An attack that never comes far would prove little.
      if (wanted >= 10_000) {
        expect(sameBits).toBeGreaterThan(0);
        expect(admittedRuns).toBeGreaterThan(0);
      }
    },
    7_200_000,
  );
});

describe('the fuzzer', () => {
  it('does the same again for the same seed', async () => {
    const target = await openTarget();
    const seen: number[] = [];
    const once = await attack(target, 7, 800, () => seen.push(1));
    expect(await attack(target, 7, 800, () => seen.push(2))).toEqual(once);
    expect(seen.length).toBe(2 * once.frames);
  });

  it('notices a coordinator that throws, and says at which frame', async () => {
    const target = await openTarget();
    const prepare: typeof target.bench.prepare = () => {
      const run = target.bench.prepare();
      run.leases.probe = () => {
        throw new Error('planted');
      };
      return run;
    };
    const { problem } = await attack({ ...target, bench: { ...target.bench, prepare } }, 3, 5_000, () => {});
    expect(problem).toMatch(/^seed 3, frame \d+: it threw Error: planted/);
  });

  it('notices a run that ends with other bits', async () => {
    const target = await openTarget();
    const expected = { ...target.bench.expected, parametersSha256: 'f'.repeat(64) };
    const wrong = { ...target, bench: { ...target.bench, expected } };
    const problems: (string | null)[] = [];
    for (let seed = 1; seed <= 12; seed += 1) {
      problems.push((await attack(wrong, seed, 10_000, () => {})).problem);
    }
    expect(problems).toContainEqual(expect.stringMatching(/ended with other parameters/));
  });
});
