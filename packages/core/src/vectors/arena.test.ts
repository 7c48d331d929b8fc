import { describe, expect, test } from 'vitest';
import { VectorArena } from './arena.ts';

const LENGTHS = [1, 3, 4, 7, 15, 16, 17, 33, 100, 1031];
/** Values of both signs and many sizes, the same in every run. */
const sample = (length: number, turn: number): Float32Array =>
  Float32Array.from(
    { length },
    (_, i) => Math.fround(((i * 7919 + turn * 104729) % 2003) / 331 - 3) * 1.7 ** (i % 13),
  );

describe('VectorArena', () => {
  test('reuses freed slots and grows only when none is free', () => {
    const arena = new VectorArena({ length: 40_000, vectorsMax: 3 });
    const a = arena.allocateFilled(1);
    const b = arena.allocateFilled(2);
    arena.free(a);
    expect(arena.allocate()).toBe(a);
    expect(arena.size).toBe(2);
    expect(arena.view(b)[39_999]).toBe(2);
  });

  test('keeps what vectors hold when it grows, while earlier views are detached', () => {
    const arena = new VectorArena({ length: 40_000, vectorsMax: 8 });
    const a = arena.allocateFilled(3);
    const early = arena.view(a);
    for (let i = 0; i < 7; i += 1) arena.allocate();
    expect(early.length).toBe(0);
    expect(arena.view(a).every((x) => x === 3)).toBe(true);
  });

  test('says so when its bound is reached or a handle is stale', () => {
    const arena = new VectorArena({ length: 4, vectorsMax: 1 });
    const id = arena.allocate();
    expect(() => arena.allocate()).toThrow(/All 1 vectors of 4 elements are in use/);
    arena.free(id);
    expect(() => arena.free(id)).toThrow(/Vector 0 is not in use/);
    expect(() => arena.view(id)).toThrow(/not in use/);
    expect(() => arena.allocateFrom(new Float32Array(5))).toThrow(/vectors of 4 elements, but was given 5/);
    expect(() => new VectorArena({ length: 2 ** 31 })).toThrow(/does not fit/);
  });
});

describe('vector kernels', () => {
  test('add, scale, fill and copy give the float32 result of every element at every length', () => {
    for (const length of LENGTHS) {
      const arena = new VectorArena({ length });
      const [x, y] = [sample(length, 1), sample(length, 2)];
      const a = arena.allocateFrom(x);
      const b = arena.allocateFrom(y);
      arena.add(a, b);
      expect(arena.view(a)).toEqual(x.map((v, i) => Math.fround(v + y[i]!)));
      arena.kernels.scale(arena.address(b), length, 0.3);
      expect(arena.view(b)).toEqual(y.map((v) => v * Math.fround(0.3)));
      arena.copy(a, b);
      expect(arena.bytes(a)).toEqual(arena.bytes(b));
      arena.kernels.fill(arena.address(a), length, 0.1);
      expect(arena.view(a)).toEqual(new Float32Array(length).fill(0.1));
    }
  });

  test('a single infinity or NaN is found wherever it stands', () => {
    for (const length of [1, 5, 8, 19]) {
      const arena = new VectorArena({ length });
      const id = arena.allocateFrom(new Float32Array(length).fill(3.4e38));
      expect(arena.isFinite(id)).toBe(true);
      expect(Number.isFinite(arena.kernels.sumSquares(arena.address(id), length))).toBe(true);
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        for (let i = 0; i < length; i += 1) {
          arena.view(id).fill(1)[i] = bad;
          expect(arena.isFinite(id)).toBe(false);
        }
      }
    }
  });

  test('sums of squares follow the documented order to the bit', () => {
    for (const length of LENGTHS) {
      const arena = new VectorArena({ length });
      const x = sample(length, 3);
      const factor = Math.fround(1 / 37);
      const id = arena.allocateFrom(x);
      const ordered = (values: Float32Array): number => {
        const lanes = new Float64Array(8);
        const whole = length - (length % 8);
        for (let i = 0; i < whole; i += 1) lanes[i % 8]! += values[i]! * values[i]!;
        const [a, b, c, d, e, f, g, h] = [...lanes] as [
          number,
          number,
          number,
          number,
          number,
          number,
          number,
          number,
        ];
        let sum = a + e + (c + g) + (b + f + (d + h));
        for (let i = whole; i < length; i += 1) sum += values[i]! * values[i]!;
        return sum;
      };
      expect(arena.kernels.sumSquares(arena.address(id), length)).toBe(ordered(x));
      const scaled = x.map((v) => v * factor);
      expect(arena.kernels.scaleSumSquares(arena.address(id), length, factor)).toBe(ordered(scaled));
      expect(arena.view(id)).toEqual(scaled);
    }
  });

  test('clipping bounds each element and leaves NaN to be found', () => {
    const arena = new VectorArena({ length: 6 });
    const id = arena.allocateFrom(Float32Array.of(-9, -1, 0.5, 3, Number.NaN, 2));
    arena.kernels.clip(arena.address(id), 6, 1.5);
    expect([...arena.view(id)]).toEqual([-1.5, -1, 0.5, 1.5, Number.NaN, 1.5]);
  });

  test('the L1 and L2 terms are λ₁·sign(w) + 2·λ₂·w, nothing at zero weights', () => {
    for (const length of LENGTHS) {
      const arena = new VectorArena({ length });
      const weights = sample(length, 4).map((w, i) => (i % 5 === 0 ? 0 : w));
      const gradient = sample(length, 5);
      const g = arena.allocateFrom(gradient);
      const w = arena.allocateFrom(weights);
      arena.kernels.regularize(arena.address(g), arena.address(w), length, 0.01, 0.2);
      const [l1, twoL2] = [Math.fround(0.01), Math.fround(0.2)];
      const expected = gradient.map(
        (v, i) =>
          v + Math.fround(Math.fround(Math.sign(weights[i]!) * l1) + Math.fround(twoL2 * weights[i]!)),
      );
      expect(arena.view(g)).toEqual(expected);
    }
  });

  test('running values move by the momentum towards fresh ones', () => {
    const arena = new VectorArena({ length: 3 });
    const running = arena.allocateFrom(Float32Array.of(1, 2, 3));
    const fresh = arena.allocateFrom(Float32Array.of(3, 2, -1));
    arena.kernels.blend(arena.address(running), arena.address(fresh), 3, 0.25);
    expect([...arena.view(running)]).toEqual([1.5, 2, 2]);
  });
});
