import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { Purpose, RandomStream } from '../random/threefry.ts';
import { classSamples, type Samples, selectSamples } from './dataSet.ts';
import { type FillTarget, SampleWriter } from './fill.ts';
import type { AugmentSpec } from './sources.ts';
import { tableDataSet } from './tables.ts';

const SIDE = 9;
const AREA = SIDE * SIDE;
const NONE: AugmentSpec = { shift: 0, rotate: 0, scale: 0, elastic: { alpha: 0, sigma: 4 } };
const EVERY: AugmentSpec = { shift: 1, rotate: 15, scale: 0.1, elastic: { alpha: 8, sigma: 2 } };

const target = (places: number, length: number): FillTarget => ({
  inputs: new Float32Array(places * length),
  targets: new Int32Array(places),
  samples: new Uint32Array(places),
});

/** Images with a bright 5 × 5 square in the middle whose grey depends on the sample. */
const squares = (count: number): Samples => {
  const values = new Uint8Array(count * AREA);
  for (let i = 0; i < count; i += 1) {
    for (let y = 2; y < 7; y += 1) values.fill(100 + i, i * AREA + y * SIDE + 2, i * AREA + y * SIDE + 7);
  }
  return classSamples(
    { shape: [1, SIDE, SIDE], values },
    Uint8Array.from({ length: count }, (_, i) => i % 10),
  );
};

const writer = (augment: AugmentSpec | null): SampleWriter =>
  new SampleWriter({ shape: [1, SIDE, SIDE], augment, seed: 11 });

const augmented = (augment: AugmentSpec, number: number, epoch: number): Float32Array => {
  const out = target(1, AREA);
  writer(augment).write(out, squares(4), Uint32Array.of(0), Uint32Array.of(number), epoch);
  return out.inputs;
};
const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);

describe('a sample writer', () => {
  it('reads bytes as byte/255 in float32, with labels and numbers', () => {
    const out = target(3, AREA);
    writer(NONE).write(out, squares(4), Uint32Array.of(3, 1), Uint32Array.of(3, 1), 0);
    expect(out.inputs[2 * SIDE + 2]).toBe(Math.fround(103 / 255));
    expect(out.inputs[AREA + 2 * SIDE + 2]).toBe(Math.fround(101 / 255));
    expect([...out.targets]).toEqual([3, 1, 0]);
    expect([...out.samples]).toEqual([3, 1, 0]);
  });

  it('takes float values as they are', () => {
    const out = target(4, 2);
    const rows = Uint32Array.of(3, 2, 1, 0);
    new SampleWriter({ shape: [2], augment: null, seed: 1 }).write(
      out,
      tableDataSet('xor').train,
      rows,
      rows,
      0,
    );
    expect([...out.inputs]).toEqual([1, 1, 1, 0, 0, 1, 0, 0]);
  });

  it('gives a sample the same pixels alone, carried by a lease, or in a batch', () => {
    const all = squares(4);
    const batch = target(4, AREA);
    const rows = Uint32Array.of(2, 0, 3, 1);
    writer(EVERY).write(batch, all, rows, rows, 5);
    const carried = selectSamples(all, Uint32Array.of(3));
    const alone = target(1, AREA);
    writer(EVERY).write(alone, carried, Uint32Array.of(0), Uint32Array.of(3), 5);
    expect(alone.inputs).toEqual(batch.inputs.slice(2 * AREA, 3 * AREA));
    expect([...alone.samples]).toEqual([3]);
  });

  it('never augments in evaluation', () => {
    const plain = target(1, AREA);
    const evaluated = target(1, AREA);
    const row = Uint32Array.of(2);
    writer(null).write(plain, squares(4), row, row, null);
    writer(EVERY).write(evaluated, squares(4), row, row, null);
    expect(evaluated.inputs).toEqual(plain.inputs);
  });

  it('augments differently in every epoch and for every sample, and the same when asked again', () => {
    const once = augmented(EVERY, 0, 0);
    expect(augmented(EVERY, 0, 0)).toEqual(once);
    expect(augmented(EVERY, 0, 1)).not.toEqual(once);
    expect(augmented(EVERY, 1, 0)).not.toEqual(once);
  });

  it('augments to the same bits everywhere', () => {
    const image = augmented(EVERY, 3, 2);
    // Written by this program on Node 20 and Node 24; any change of the arithmetic changes it.
    expect(bytesToHex(sha256(new Uint8Array(image.buffer)))).toBe(
      '020ae77455a3ce0bb86f4f9abbf3197acd52f8bf00414b1a1318f345267baab7',
    );
  });

  it('moves, turns and distorts without losing ink, and scales it by the square of the scale', () => {
    const ink = sum(augmented(NONE, 0, 0));
    for (const change of [{ shift: 1.5 }, { rotate: 40 }, { elastic: { alpha: 4, sigma: 2 } }]) {
      for (let number = 0; number < 20; number += 1) {
        const total = sum(augmented({ ...NONE, ...change }, number, 0));
        expect(Math.abs(total / ink - 1)).toBeLessThan('elastic' in change ? 0.4 : 0.03);
      }
    }
    for (let number = 0; number < 20; number += 1) {
      const ratio = sum(augmented({ ...NONE, scale: 0.2 }, number, 0)) / ink;
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.48);
    }
  });

  it('shifts the centre of mass by the two words of its address', () => {
    const image = augmented({ ...NONE, shift: 1.5 }, 7, 3);
    let x = 0;
    let y = 0;
    for (let i = 0; i < AREA; i += 1) {
      x += image[i]! * ((i % SIDE) - 4);
      y += image[i]! * (Math.floor(i / SIDE) - 4);
    }
    const stream = new RandomStream([11, Purpose.augment, 0, 3], 7);
    expect(x / sum(image)).toBeCloseTo(1.5 * (2 * stream.uniform(0) - 1), 5);
    expect(y / sum(image)).toBeCloseTo(1.5 * (2 * stream.uniform(1) - 1), 5);
  });

  it('moves all channels of an image alike', () => {
    const one = squares(1);
    const { values } = one.inputs;
    const three: Samples = {
      ...one,
      inputs: { shape: [3, SIDE, SIDE], values: Uint8Array.from([...values, ...values, ...values]) },
    };
    const out = target(1, 3 * AREA);
    const row = Uint32Array.of(0);
    new SampleWriter({ shape: [3, SIDE, SIDE], augment: EVERY, seed: 11 }).write(out, three, row, row, 0);
    const expected = augmented(EVERY, 0, 0);
    for (let channel = 0; channel < 3; channel += 1) {
      expect(out.inputs.slice(channel * AREA, (channel + 1) * AREA)).toEqual(expected);
    }
  });

  it('refuses what does not fit with a sentence', () => {
    expect(() => new SampleWriter({ shape: [2], augment: EVERY, seed: 1 })).toThrow(
      /^data\.augment moves pixels, but the samples have shape \[2\]/,
    );
    const row = Uint32Array.of(9);
    expect(() => writer(null).write(target(1, AREA), squares(4), row, row, 0)).toThrow(
      /^Sample 9 was asked for/,
    );
    const rows = new Uint32Array(2);
    expect(() => writer(null).write(target(1, AREA), squares(4), rows, rows, 0)).toThrow(
      /microbatch of up to 1/,
    );
    expect(() => writer(null).write(target(1, 2), tableDataSet('or').train, row, row, 0)).toThrow(
      /^The samples have 2 values each, but the model takes 81/,
    );
  });
});
