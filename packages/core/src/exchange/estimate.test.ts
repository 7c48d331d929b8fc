import { describe, expect, it } from 'vitest';
import { type Exchange, estimateExchange, type Participant } from './estimate.ts';

const GRADIENTS: Exchange = {
  leafSamples: 100,
  leaves: 4,
  upBytes: 125_000,
  downBytes: 125_000,
  leavesTravelAlone: false,
};

const here = (samplesPerSecond: number): Participant => ({ samplesPerSecond, line: null });
const afar = (samplesPerSecond: number, megabits = 1): Participant => ({
  samplesPerSecond,
  line: { upBitsPerSecond: megabits * 1e6, downBitsPerSecond: 10e6, rttSeconds: 0.1 },
});
const LINK = 1e9;

describe('the estimate of an exchange', () => {
  it('is the arithmetic alone where nobody has a line', () => {
    const estimate = estimateExchange(GRADIENTS, [here(100), here(100)], LINK);
    expect(estimate).toEqual({
      stepSeconds: 2,
      samplesPerSecond: 200,
      bytesPerStep: 0,
      bytesPerSample: 0,
      usefulWorkers: 2,
      computingShare: 1,
    });
  });

  it('adds the way down, the way up and a round trip', () => {
    const { stepSeconds, bytesPerStep, bytesPerSample } = estimateExchange(GRADIENTS, [afar(100)], LINK);
    expect(stepSeconds).toBeCloseTo(0.1 + 0.1 + 4 + 1, 10);
    expect(bytesPerStep).toBe(250_000);
    expect(bytesPerSample).toBe(625);
  });

  it('gives nothing to whoever would only hold a step up', () => {
    const estimate = estimateExchange(GRADIENTS, [here(1000), afar(1000)], LINK);
    expect(estimate.usefulWorkers).toBe(1);
    expect(estimate.stepSeconds).toBeCloseTo(0.4, 10);
  });

  it('lets leaves travel while the next is computed, at the pace of the slower of the two', () => {
    const alone = { ...GRADIENTS, leavesTravelAlone: true };
    // A second each to compute and a second each to send.
    const even = estimateExchange(alone, [afar(100)], LINK);
    expect(even.stepSeconds).toBeCloseTo(0.2 + 5, 10);
    expect(even.bytesPerStep).toBe(625_000);
    // Half a second each to send: only the last is waited for.
    expect(estimateExchange(alone, [afar(100, 2)], LINK).stepSeconds).toBeCloseTo(0.2 + 4.5, 10);
    expect(estimateExchange(alone, [afar(100, 0.5)], LINK).stepSeconds).toBeCloseTo(0.2 + 9, 10);
  });

  it('is bound by the link on which all lines meet', () => {
    const workers = Array.from({ length: 4 }, () => afar(1000, 100));
    const estimate = estimateExchange(GRADIENTS, workers, 1e6);
    expect(estimate.bytesPerStep).toBe(1_000_000);
    expect(estimate.stepSeconds).toBeCloseTo(8, 10);
  });
});
