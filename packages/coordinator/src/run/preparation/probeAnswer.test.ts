import {
  bytesOf,
  compileModel,
  epochOrder,
  initialParameters,
  type Numerics,
  type PartialAnswer,
  referenceEngine,
  SampleWriter,
  xxh32,
} from '@shoal/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { prepareRun, probeAnswer } from './prepare.ts';
import { ProbeAnswer } from './probeAnswer.ts';

function partial(gradient: Float32Array, loss: number, change: Partial<PartialAnswer> = {}): PartialAnswer {
  const bytes = bytesOf(gradient).slice();
  return {
    type: 'partial',
    lease: 0,
    level: 0,
    index: 0,
    finite: true,
    loss,
    correct: 0,
    count: 2,
    vector: bytes,
    checksum: xxh32(bytes),
    computeMs: 1,
    ...change,
  };
}

const GRADIENT = Float32Array.of(1, -0.5, 0.25);
const { tensors } = compileModel({ input: [2], layers: [{ type: 'dense', units: 1 }], loss: 'mse' });
const answer = (numerics: Numerics, finite = true): ProbeAnswer =>
  new ProbeAnswer({ gradient: GRADIENT, sums: { loss: 2, correct: 0, finite }, count: 2, numerics, tensors });
const exact = answer('exact');
const fast = answer('fast');

describe('the probe', () => {
  test('of a round in fast numerics leaves room for updates that go by the sign, and refuses what is no such round', () => {
    const options = { sums: { loss: 2, correct: 0, finite: true }, count: 2, tensors };
    const round = new ProbeAnswer({ ...options, gradient: GRADIENT, numerics: 'fast', isRound: true });
    const off = (part: number): Float32Array => GRADIENT.map((value) => value * (1 + part));
    expect(round.faultOf(partial(off(0.1), 2.03))).toBeNull();
    expect(fast.faultOf(partial(off(0.1), 2))).toMatch(/2 % of/);
    expect(round.faultOf(partial(off(0.25), 2))).toMatch(/of which 20 % of/);
    expect(round.faultOf(partial(GRADIENT, 2.1))).toMatch(/It may differ by 2 %/);
    const exactRound = new ProbeAnswer({ ...options, gradient: GRADIENT, numerics: 'exact', isRound: true });
    expect(exactRound.faultOf(partial(off(2 ** -20), 2))).toMatch(/other bits/);
  });

  test('of an exact run asks for every bit of gradient and loss, and says which is the first that differs', () => {
    expect(exact.faultOf(partial(GRADIENT, 2))).toBeNull();
    expect(exact.faultOf(partial(GRADIENT, 2 + 2 ** -51))).toBe(
      'The probe came back with other bits than this run computes. Loss: expected 2, received 2.0000000000000004. ' +
        'The gradient is right.',
    );
    expect(exact.faultOf(partial(Float32Array.of(1, -0.5, 0.25 + 2 ** -25), 2))).toBe(
      'The probe came back with other bits than this run computes. The loss is right, 2. 1 of 3 elements of the gradient ' +
        'differ; the first is element 2, dense1.bias[0]: expected 0.25 (3e800000), received 0.25000003 (3e800001).',
    );
    expect(exact.faultOf(partial(Float32Array.of(1, 0.5, 8), 3, { correct: 1 }))).toBe(
      'The probe came back with other bits than this run computes. Loss: expected 2, received 3. Correct samples: expected ' +
        '0, received 1. 2 of 3 elements of the gradient differ; the first is element 1, dense1.weight[0, 1]: expected -0.5 ' +
        '(bf000000), received 0.5 (3f000000).',
    );
  });

  test('of a fast run asks for a gradient within two hundredths of its length, and for the loss', () => {
    expect(fast.faultOf(partial(Float32Array.of(1.01, -0.51, 0.24), 2.001))).toBeNull();
    expect(fast.faultOf(partial(Float32Array.of(1, -0.525, 0.25), 2))).toBe(
      'The probe came back further from what this run computes than fast numerics may be. The loss is near enough to 2. ' +
        'The gradient differs from the expected one by 0.0249999762 in Euclidean length, of which 2 % of 1.14564392 are ' +
        'allowed; the first element that is off by more than its share is element 1, dense1.weight[0, 1]: expected -0.5 ' +
        '(bf000000), received -0.524999976 (bf066666).',
    );
    expect(fast.faultOf(partial(GRADIENT, 2.01))).toBe(
      'The probe came back further from what this run computes than fast numerics may be. Loss: expected 2, received 2.01. ' +
        'It may differ by 0.1 %. The gradient is near enough.',
    );
    expect(fast.faultOf(partial(Float32Array.of(1, Number.NaN, 0.25), 2))).toContain(
      'received NaN (7fc00000)',
    );
  });

  test('finds the first element that is far off in any fast answer that is', () => {
    const far = fc.record({
      right: fc.array(fc.float({ noNaN: true, min: -8, max: 8 }), { minLength: 3, maxLength: 3 }),
      given: fc.array(fc.float({ noNaN: true, min: -8, max: 8 }), { minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(far, ({ right, given }) => {
        const sums = { loss: 2, correct: 0, finite: true };
        const options = { sums, count: 2, numerics: 'fast', tensors } as const;
        const fault = new ProbeAnswer({ gradient: Float32Array.from(right), ...options }).faultOf(
          partial(Float32Array.from(given), 2),
        );
        if (fault !== null)
          expect(fault).toMatch(/element [012], dense1\.(weight\[0, [01]\]|bias\[0\]): expected/);
      }),
    );
  });

  test('says what is wrong in what a goodbye has room for, however long the numbers are', () => {
    const layers = Array.from({ length: 998 }, () => ({ type: 'flatten' as const }));
    const model = compileModel({ input: [2], layers: [...layers, { type: 'dense', units: 1 }], loss: 'mse' });
    const long = Float32Array.of(-1.2345678e-38, -1.2345679e-38, -1.1111111e-38);
    for (const numerics of ['exact', 'fast'] as const) {
      const sums = { loss: -1.2345678901234568e-300, correct: 4095, finite: true };
      const probe = new ProbeAnswer({ gradient: long, sums, count: 2, numerics, tensors: model.tensors });
      const fault = probe.faultOf(
        partial(
          long.map((value) => -value),
          1.2345678901234568e-300,
        ),
      );
      expect(fault?.length).toBeLessThanOrEqual(700);
    }
  });

  test('reads a gradient where it stands in a frame', () => {
    const frame = Buffer.concat([Buffer.alloc(3), bytesOf(GRADIENT)]);
    const gradient = frame.subarray(3);
    for (const probe of [exact, fast])
      expect(probe.faultOf(partial(GRADIENT, 2, { vector: gradient }))).toBeNull();
  });

  test('is wrong with another node, count or finiteness', () => {
    for (const probe of [exact, fast]) {
      const faultWith = (change: Partial<PartialAnswer>): string | null =>
        probe.faultOf(partial(GRADIENT, 2, change));
      expect(faultWith({ index: 1 })).toMatch(/level 0 and index 0; this one is for level 0 and index 1/);
      expect(faultWith({ count: 3 })).toBe('The probe has 2 samples; the answer counts 3.');
      expect(faultWith({ vector: null })).toMatch(/there is none/);
      expect(faultWith({ loss: 0, finite: false, vector: null })).toMatch(/are finite \(the loss is 2\)/);
    }
  });

  test('that is not finite has one right answer', () => {
    const probe = answer('exact', false);
    expect(probe.faultOf(partial(GRADIENT, 0, { finite: false, vector: null }))).toBeNull();
    expect(probe.faultOf(partial(GRADIENT, 2))).toMatch(/not finite; the answer says that it is/);
  });

  test('of a real run is within the tolerance of the readable engine, but not its bits', async () => {
    const run = prepareRun({ ...smallSpec, numerics: 'fast' }, smallData);
    const executor = await referenceEngine.compile(run.model, { microbatch: 2, inputGradient: false });
    executor.parameters.set(initialParameters(run.model, smallSpec.seed));
    executor.parametersChanged();
    const numbers = epochOrder(smallSpec, 0, run.data.train.count).slice(0, 2);
    const writer = new SampleWriter({ shape: [6], augment: null, seed: smallSpec.seed });
    writer.write(executor, run.data.train, numbers, numbers, 0);
    const { loss } = executor.computeGradient(2, { seed: smallSpec.seed, epoch: 0 });
    const probe = await probeAnswer(run);
    expect(probe.faultOf(partial(executor.gradient, loss))).toBeNull();
    const wrong = executor.gradient.map((value) => 1.03 * value);
    expect(probe.faultOf(partial(wrong, loss))).toMatch(/^The probe came back further/);
  });
});
