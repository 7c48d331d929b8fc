import { bytesOf, initialParameters, type Partial, referenceEngine, SampleWriter, xxh32 } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { prepareRun, probeAnswer } from './prepare.ts';
import { ProbeAnswer } from './probeAnswer.ts';
import { smallData, smallSpec } from './smallRun.suite.ts';

function partial(gradient: Float32Array, loss: number, change: globalThis.Partial<Partial> = {}): Partial {
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
    gradient: bytes,
    checksum: xxh32(bytes),
    computeMs: 1,
    ...change,
  };
}

const GRADIENT = Float32Array.of(1, -0.5, 0.25);
const exact = new ProbeAnswer({ gradient: GRADIENT, loss: 2, finite: true, numerics: 'exact' });
const fast = new ProbeAnswer({ gradient: GRADIENT, loss: 2, finite: true, numerics: 'fast' });

describe('the probe', () => {
  test('of an exact run asks for every bit of gradient and loss', () => {
    expect(exact.isRight(partial(GRADIENT, 2))).toBe(true);
    expect(exact.isRight(partial(GRADIENT, 2 + 2 ** -51))).toBe(false);
    expect(exact.isRight(partial(Float32Array.of(1, -0.5, 0.25 + 2 ** -25), 2))).toBe(false);
  });

  test('of a fast run asks for a gradient within two hundredths of its length, and for the loss', () => {
    expect(fast.isRight(partial(Float32Array.of(1.01, -0.51, 0.24), 2.001))).toBe(true);
    expect(fast.isRight(partial(Float32Array.of(1, -0.525, 0.25), 2))).toBe(false);
    expect(fast.isRight(partial(GRADIENT, 2.01))).toBe(false);
    expect(fast.isRight(partial(Float32Array.of(1, Number.NaN, 0.25), 2))).toBe(false);
  });

  test('reads a gradient where it stands in a frame', () => {
    const frame = Buffer.concat([Buffer.alloc(3), bytesOf(GRADIENT)]);
    const gradient = frame.subarray(3);
    for (const probe of [exact, fast]) expect(probe.isRight(partial(GRADIENT, 2, { gradient }))).toBe(true);
  });

  test('is wrong with another node, length or finiteness', () => {
    for (const probe of [exact, fast]) {
      expect(probe.isRight(partial(GRADIENT, 2, { index: 1 }))).toBe(false);
      expect(probe.isRight(partial(GRADIENT.slice(1), 2))).toBe(false);
      expect(probe.isRight(partial(GRADIENT, 0, { finite: false, gradient: null }))).toBe(false);
    }
  });

  test('that is not finite has one right answer', () => {
    const probe = new ProbeAnswer({ gradient: GRADIENT, loss: 0, finite: false, numerics: 'exact' });
    expect(probe.isRight(partial(GRADIENT, 0, { finite: false, gradient: null }))).toBe(true);
    expect(probe.isRight(partial(GRADIENT, 2))).toBe(false);
  });

  test('of a real run is within the tolerance of the readable engine, but not its bits', async () => {
    const run = prepareRun({ ...smallSpec, numerics: 'fast' }, smallData);
    const executor = await referenceEngine.compile(run.model, { microbatch: 2, inputGradient: false });
    executor.parameters.set(initialParameters(run.model, smallSpec.seed));
    executor.parametersChanged();
    const numbers = new Uint32Array(run.leases.probe().samples.slice().buffer);
    const writer = new SampleWriter({ shape: [6], augment: null, seed: smallSpec.seed });
    writer.write(executor, run.data.train, numbers, numbers, 0);
    const { loss } = executor.computeGradient(2, { seed: smallSpec.seed, epoch: 0 });
    expect((await probeAnswer(run)).isRight(partial(executor.gradient, loss))).toBe(true);
    const wrong = executor.gradient.map((value) => 1.03 * value);
    expect((await probeAnswer(run)).isRight(partial(wrong, loss))).toBe(false);
  });
});
