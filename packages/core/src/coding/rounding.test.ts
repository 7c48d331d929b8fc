import { describe, expect, it } from 'vitest';
import { type Key, Purpose, RandomStream } from '../random/threefry.ts';
import { VectorArena } from '../vectors/arena.ts';
import { pack, unpack } from './packingReference.ts';
import { fractionOf, roundReference } from './roundingReference.ts';
import { isScale, type RoundingName, SCALE_MAX, scaleFor, WHOLE_MAX } from './scale.ts';
import { packedLength } from './wholeNumbers.ts';

const LENGTHS = [1, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 200, 1031];
const KEY: Key = [7, Purpose.up, 3, 41];
const LEAF = 5;
const NAMES: readonly RoundingName[] = ['int8', 'int4'];

/** Of both signs and of sizes over several powers of ten, the same in every run. */
function sample(length: number, time: number): Float32Array {
  const stream = new RandomStream([1, 99, 0, time], 0);
  return Float32Array.from(
    { length },
    (_, i) => (stream.uniform(2 * i) - 0.5) * 10 ** (3 * stream.uniform(2 * i + 1) - 4),
  );
}

const largestOf = (x: Float32Array): number => x.reduce((most, one) => Math.max(most, Math.abs(one)), 0);

describe('a scale', () => {
  it('has 16 significant bits, and puts the largest value at the coding’s last whole number', () => {
    for (let time = 0; time < 200; time += 1) {
      const largest = largestOf(sample(3, time));
      for (const bound of [127, 63, 31, 7, 1]) {
        const scale = scaleFor(largest, bound);
        expect(isScale(scale)).toBe(true);
        expect(Math.fround(scale)).toBe(scale);
        expect(largest / scale).toBeGreaterThanOrEqual(bound);
        expect(largest / scale).toBeLessThan(bound * (1 + 2 ** -15));
        // What is rounded can be read off again.
        expect(scaleFor(bound * scale, bound)).toBe(scale);
        expect(Math.fround(bound * scale)).toBe(bound * scale);
      }
    }
  });

  it('is 0 for what is zero or as good as, and bounded', () => {
    expect([0, 1e-38, Number.NaN].map((largest) => scaleFor(largest, 127))).toEqual([0, 0, 0]);
    expect(scaleFor(3e38, 127)).toBe(SCALE_MAX);
  });

  it('is told from what only claims to be one', () => {
    expect([0, 1, 2 ** -20, 1 + 2 ** -15].map(isScale)).toEqual([true, true, true, true]);
    const none = [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 101, 1e-40, 1 + 2 ** -16, 0.1];
    expect(none.map(isScale)).toEqual(none.map(() => false));
  });
});

describe('the kernels', () => {
  it('find the largest absolute value at every length, and anything that is not a number', () => {
    for (const length of LENGTHS) {
      const arena = new VectorArena({ length });
      const x = sample(length, 1);
      const id = arena.allocateFrom(x);
      expect(arena.kernels.largest(arena.address(id), length)).toBe(largestOf(x));
      arena.view(id)[length - 1] = Number.NaN;
      expect(arena.kernels.largest(arena.address(id), length)).toBeNaN();
    }
  });

  it('round, pack and unpack to the bits of the reference at every length', () => {
    for (const length of LENGTHS) {
      for (const name of NAMES) {
        const arena = new VectorArena({ length });
        const { kernels } = arena;
        const x = sample(length, length);
        const [id, other] = [arena.allocateFrom(x), arena.allocateFilled(0.1)];
        const scale = scaleFor(largestOf(x), WHOLE_MAX[name]);
        kernels.round(arena.address(id), length, scale, WHOLE_MAX[name], ...KEY, LEAF);
        roundReference(x, scale, WHOLE_MAX[name], KEY, LEAF);
        expect(arena.bytes(id)).toEqual(new Uint8Array(x.buffer));

        const packed = new Uint8Array(packedLength(name, length));
        pack(name, x, scale, packed);
        const [packs, unpacks] =
          name === 'int8' ? [kernels.packInt8, kernels.unpackInt8] : [kernels.packInt4, kernels.unpackInt4];
        const bytes = arena.allocate();
        packs(arena.address(id), arena.address(bytes), length, scale);
        expect(arena.bytes(bytes).slice(0, packed.length)).toEqual(packed);

        const sum = new Float32Array(length).fill(0.1);
        expect(unpack(name, packed, scale, sum, true)).toBe(true);
        expect(sum).toEqual(x.map((value) => Math.fround(0.1) + value));

        const back = new Float32Array(length);
        expect(unpack(name, packed, scale, back, false)).toBe(true);
        expect(unpacks(arena.address(bytes), arena.address(other), length, scale)).toBe(1);
        // Nothing was lost: neither by packing nor by adding to something else before.
        for (const decoded of [new Float32Array(back), arena.view(other)]) expect(decoded).toEqual(x);
      }
    }
  });

  it('tell of whole numbers that the coding does not have, wherever they stand', () => {
    const length = 37;
    for (const [name, wrong, places] of [
      ['int8', 0x80, [0, 17, 36]],
      ['int4', 0x08, [0, 3, 18]],
      ['int4', 0x80, [0, 9, 17]],
      // The half byte behind the last element.
      ['int4', 0x10, [18]],
    ] as const) {
      for (const place of places) {
        const packed = new Uint8Array(packedLength(name, length));
        packed[place] = wrong;
        const arena = new VectorArena({ length });
        const [bytes, into] = [arena.allocateFilled(0), arena.allocate()];
        arena.bytes(bytes).set(packed);
        const unpacks = name === 'int8' ? arena.kernels.unpackInt8 : arena.kernels.unpackInt4;
        expect(unpacks(arena.address(bytes), arena.address(into), length, 1)).toBe(0);
        expect(unpack(name, packed, 1, new Float32Array(length), false)).toBe(false);
      }
    }
  });

  it('leave what is rounded as it is, whatever the random numbers', () => {
    const length = 333;
    for (const name of NAMES) {
      const x = sample(length, 12);
      const scale = scaleFor(largestOf(x), WHOLE_MAX[name]);
      roundReference(x, scale, WHOLE_MAX[name], KEY, LEAF);
      expect(scaleFor(largestOf(x), WHOLE_MAX[name])).toBe(scale);
      const once = x.slice();
      roundReference(x, scale, WHOLE_MAX[name], [8, Purpose.down, 0, 0], 0);
      expect(x).toEqual(once);
    }
  });
});

describe('rounding', () => {
  it('gives each neighbour as often as its nearness says, to 2⁻¹⁷ and what chance leaves', () => {
    const length = 65536;
    const arena = new VectorArena({ length });
    const id = arena.allocate();
    for (const value of [0.5, 0.1, -0.3, 3.999, -6.02, 2 ** -9, -(2 ** -12), 1]) {
      let [sum, strangers] = [0, 0];
      const draws = 16;
      for (let leaf = 0; leaf < draws; leaf += 1) {
        arena.kernels.fill(arena.address(id), length, value);
        arena.kernels.round(arena.address(id), length, 1, 7, ...KEY, leaf);
        for (const one of arena.view(id)) {
          if (one !== Math.floor(value) && one !== Math.ceil(value)) strangers += 1;
          sum += one;
        }
      }
      expect(strangers).toBe(0);
      const part = value - Math.floor(value);
      // Six standard deviations: the numbers are the same in every run.
      const chance = 6 * Math.sqrt((part * (1 - part)) / (length * draws));
      expect(Math.abs(sum / (length * draws) - value)).toBeLessThan(2 ** -17 + chance);
    }
  });

  it('takes fractions that know nothing of each other but what their windows share', () => {
    const count = 4096;
    const fractions = Array.from({ length: count }, (_, i) => fractionOf(KEY, LEAF, i) - 0.5);
    const product = (apart: number): number => {
      let sum = 0;
      for (let i = 0; i + apart < count; i += 1) {
        sum += (fractions[i] as number) * (fractions[i + apart] as number);
      }
      return (12 * sum) / (count - apart);
    };
    // Elements 16 apart share 8 of their 16 bits, the upper of one and the lower of the other: 1/256 of a correlation.
    for (const apart of [1, 2, 3, 4, 8, 16, 32, 48, 64]) {
      expect(Math.abs(product(apart))).toBeLessThan(1 / 256 + 5 / Math.sqrt(count));
    }
    expect(new Set(fractions).size).toBeGreaterThan(count * 0.95);
  });
});
