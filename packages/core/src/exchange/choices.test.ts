import { describe, expect, it } from 'vitest';
import { compileModel } from '../nn/compile.ts';
import { findPreset } from '../spec/presets/presets.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { choicesOf, exchangeOf, withExchange } from './choices.ts';
import type { Participant } from './estimate.ts';

const SAMPLES = 55_000;
const LINK = 1e9;
const cnn = resolveRunSpec(findPreset('mnist-cnn'));
const here: Participant = { samplesPerSecond: 6000, line: null };
const athome = (up: number): Participant => ({
  samplesPerSecond: 6000,
  line: { upBitsPerSecond: up * 1e6, downBitsPerSecond: 10 * up * 1e6, rttSeconds: 0.05 },
});
const choices = (spec: RunSpec, participants: readonly Participant[]) =>
  choicesOf(spec, compileModel(spec.model), SAMPLES, participants, LINK);

describe('the exchanges of a spec', () => {
  it('cut steps by its step rule and count what its codings take', () => {
    const model = compileModel(cnn.model);
    expect(exchangeOf(cnn, model, SAMPLES)).toEqual({
      leafSamples: 32,
      leaves: 8,
      upBytes: 4 * 34_826 + 300,
      downBytes: 4 * 34_826 + 300,
      leavesTravelAlone: false,
    });
    const rounds = withExchange(cnn, 'rounds', SAMPLES);
    if (rounds === null) throw new Error('It can be trained in rounds.');
    const exchange = exchangeOf(rounds, model, SAMPLES);
    expect(exchange).toMatchObject({ leaves: 8, leavesTravelAlone: true });
    expect(exchange.leafSamples % 32).toBe(0);
    expect(exchange.upBytes / (34_826 / 2)).toBeCloseTo(1, 1);
    expect(exchange.downBytes / 34_826).toBeCloseTo(1, 1);
  });

  it('are gradients where no line is slow, and rounds where lines are', () => {
    expect(choices(cnn, [here, here]).recommended.name).toBe('gradients');
    const slow = choices(cnn, [athome(1), athome(1)]);
    expect(slow.recommended.name).toBe('rounds');
    expect(slow.written.name).toBe('gradients');
    expect(slow.recommended.bytesPerEpoch * 100).toBeLessThan(slow.written.bytesPerEpoch);
  });

  it('have the written one among them, whichever it is', () => {
    const rounds = withExchange(cnn, 'rounds', SAMPLES);
    if (rounds === null) throw new Error('It can be trained in rounds.');
    const names = (spec: RunSpec) => choices(spec, [athome(1)]).all.map(({ name }) => name);
    expect(names(cnn)).toEqual(['gradients', 'shortGradients', 'rounds']);
    expect(names(rounds)).toEqual(['gradients', 'shortGradients', 'rounds']);
    expect(choices(rounds, [athome(1)]).written.name).toBe('rounds');
    const half = resolveRunSpec({ ...cnn, coding: { up: 'f32', down: 'int8' } });
    expect(names(half)).toEqual([null, 'gradients', 'shortGradients', 'rounds']);
  });

  it('lead back from rounds to gradients with what gradients are usually trained with', () => {
    const rounds = withExchange(cnn, 'rounds', SAMPLES);
    const back = rounds === null ? null : withExchange(rounds, 'gradients', SAMPLES);
    expect(back).toMatchObject({ steps: { type: 'synchronous' }, batch: 256, microbatch: 32 });
    expect(back?.optimizer.type).toBe('adam');
    expect(back?.model).toEqual(cnn.model);
  });

  it('have no rounds where there are too few samples for any', () => {
    expect(withExchange(cnn, 'rounds', 500)).toBeNull();
    expect(choices(cnn, [here]).all).toHaveLength(3);
  });
});
