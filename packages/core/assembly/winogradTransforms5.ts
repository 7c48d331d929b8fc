/**
 * The linear maps of Winograd's minimal filtering F(5×5, 3×3), with the points 0, ±a, ±b, ±c: as winogradTransforms.ts, with seven
 * rows in place of six. None of the points is ∞, so that all but the first come in opposite pairs.
 *
 * With a = 5/8, b = 9/8 and c = 19/8, the best of all eighths up to 5/2, rounding errors are about 1.5e-6 of the largest value with
 * 32 channels, twice those of the tiles of four. All constants are exact.
 *
 *   y_j = Σᵢ pᵢʲ·mᵢ                                     (Aᵀ·m, j = 0 … 4)
 *   U_i = (w₀ + pᵢ·w₁ + pᵢ²·w₂) / Πₖ (pᵢ − pₖ)          (G·w)
 *   V_i = the coefficients of Πₖ (x − pₖ) times d       (Bᵀ·d; k over all points but pᵢ)
 *
 * Each function applies one matrix to one row or column of vectors: value k is read at p + k·step, result k written at t + k·next.
 */

const A: f32 = 0.625;
const B: f32 = 1.125;
const C: f32 = 2.375;
const A2: f32 = A * A;
const B2: f32 = B * B;
const C2: f32 = C * C;

const CONSTANTS = memory.data<f32>([
  A, B, C, A2, B2, C2,
  B2 + C2, A2 + C2, A2 + B2, B2 * C2, A2 * C2, A2 * B2,
  A2 + B2 + C2, A2 * B2 + A2 * C2 + B2 * C2, A2 * B2 * C2,
]);

/** There are too many for all of them to stay in registers: each is loaded where it is used. */
// @ts-ignore: decorator
@inline
function times(index: usize, value: v128): v128 {
  return f32x4.mul(v128.load32_splat(CONSTANTS + (index << 2)), value);
}

const a: usize = 0, b: usize = 1, c: usize = 2, a2: usize = 3, b2: usize = 4, c2: usize = 5;
const sumA: usize = 6, sumB: usize = 7, sumC: usize = 8, productA: usize = 9, productB: usize = 10, productC: usize = 11;
const s1: usize = 12, s2: usize = 13, s3: usize = 14;

/** Bᵀ·d: seven vectors to seven. */
export function inputMap5(p: usize, step: usize, t: usize, next: usize): void {
  const d2 = v128.load(p + 2 * step);
  const d4 = v128.load(p + 4 * step);
  const d6 = v128.load(p + 6 * step);
  const d1 = v128.load(p + step);
  const d3 = v128.load(p + 3 * step);
  const d5 = v128.load(p + 5 * step);
  // (x² − c²) times the even and the odd values; then (x² − b²) for ±a and 0, (x² − a²) for ±b.
  const u6 = f32x4.sub(d6, times(c2, d4));
  const u4 = f32x4.sub(d4, times(c2, d2));
  const u5 = f32x4.sub(d5, times(c2, d3));
  const u3 = f32x4.sub(d3, times(c2, d1));
  const evenA = f32x4.sub(u6, times(b2, u4));
  const oddA = times(a, f32x4.sub(u5, times(b2, u3)));
  v128.store(t + next, f32x4.add(evenA, oddA));
  v128.store(t + 2 * next, f32x4.sub(evenA, oddA));
  const u2 = f32x4.sub(d2, times(c2, v128.load(p)));
  v128.store(t, f32x4.sub(evenA, times(a2, f32x4.sub(u4, times(b2, u2)))));
  const evenB = f32x4.sub(u6, times(a2, u4));
  const oddB = times(b, f32x4.sub(u5, times(a2, u3)));
  v128.store(t + 3 * next, f32x4.add(evenB, oddB));
  v128.store(t + 4 * next, f32x4.sub(evenB, oddB));
  const evenC = f32x4.sub(f32x4.sub(d6, times(b2, d4)), times(a2, f32x4.sub(d4, times(b2, d2))));
  const oddC = times(c, f32x4.sub(f32x4.sub(d5, times(b2, d3)), times(a2, f32x4.sub(d3, times(b2, d1)))));
  v128.store(t + 5 * next, f32x4.add(evenC, oddC));
  v128.store(t + 6 * next, f32x4.sub(evenC, oddC));
}

// @ts-ignore: decorator
@inline
function putBack(to: usize, value: v128, add: bool): void {
  v128.store(to, add ? f32x4.add(v128.load(to), value) : value);
}

/** B·v, the transposed map: seven vectors to seven; with `add`, to what is there. */
export function inputBackMap5(p: usize, step: usize, t: usize, next: usize, add: bool): void {
  const v1 = v128.load(p + step);
  const v2 = v128.load(p + 2 * step);
  const v3 = v128.load(p + 3 * step);
  const v4 = v128.load(p + 4 * step);
  const v5 = v128.load(p + 5 * step);
  const v6 = v128.load(p + 6 * step);
  const oddA = times(a, f32x4.sub(v1, v2));
  const oddB = times(b, f32x4.sub(v3, v4));
  const oddC = times(c, f32x4.sub(v5, v6));
  const products = f32x4.add(f32x4.add(times(productA, oddA), times(productB, oddB)), times(productC, oddC));
  putBack(t + next, products, add);
  const sums = f32x4.add(f32x4.add(times(sumA, oddA), times(sumB, oddB)), times(sumC, oddC));
  putBack(t + 3 * next, f32x4.neg(sums), add);
  putBack(t + 5 * next, f32x4.add(f32x4.add(oddA, oddB), oddC), add);
  const v0 = v128.load(p);
  const evenA = f32x4.add(v1, v2);
  const evenB = f32x4.add(v3, v4);
  const evenC = f32x4.add(v5, v6);
  putBack(t, f32x4.neg(times(s3, v0)), add);
  const evenProducts = f32x4.add(f32x4.add(times(productA, evenA), times(productB, evenB)), times(productC, evenC));
  putBack(t + 2 * next, f32x4.add(times(s2, v0), evenProducts), add);
  const evenSums = f32x4.add(f32x4.add(times(sumA, evenA), times(sumB, evenB)), times(sumC, evenC));
  putBack(t + 4 * next, f32x4.neg(f32x4.add(times(s1, v0), evenSums)), add);
  putBack(t + 6 * next, f32x4.add(f32x4.add(v0, evenA), f32x4.add(evenB, evenC)), add);
}

// @ts-ignore: decorator
@inline
function putOutput(to: usize, value: v128, bias: v128, floor: v128): void {
  v128.store(to, f32x4.pmax(f32x4.add(value, bias), floor));
}

/** Aᵀ·m + bias, at least `floor`: seven vectors to five. */
export function outputMap5(p: usize, step: usize, t: usize, next: usize, bias: v128, floor: v128): void {
  const m1 = v128.load(p + step);
  const m2 = v128.load(p + 2 * step);
  const m3 = v128.load(p + 3 * step);
  const m4 = v128.load(p + 4 * step);
  const m5 = v128.load(p + 5 * step);
  const m6 = v128.load(p + 6 * step);
  const oddA = times(a, f32x4.sub(m1, m2));
  const oddB = times(b, f32x4.sub(m3, m4));
  const oddC = times(c, f32x4.sub(m5, m6));
  putOutput(t + next, f32x4.add(f32x4.add(oddA, oddB), oddC), bias, floor);
  const cubes = f32x4.add(f32x4.add(times(a2, oddA), times(b2, oddB)), times(c2, oddC));
  putOutput(t + 3 * next, cubes, bias, floor);
  const evenA = f32x4.add(m1, m2);
  const evenB = f32x4.add(m3, m4);
  const evenC = f32x4.add(m5, m6);
  const y0 = f32x4.add(f32x4.add(v128.load(p), evenA), f32x4.add(evenB, evenC));
  putOutput(t, y0, bias, floor);
  const squaresA = times(a2, evenA);
  const squaresB = times(b2, evenB);
  const squaresC = times(c2, evenC);
  putOutput(t + 2 * next, f32x4.add(f32x4.add(squaresA, squaresB), squaresC), bias, floor);
  const fourths = f32x4.add(f32x4.add(times(a2, squaresA), times(b2, squaresB)), times(c2, squaresC));
  putOutput(t + 4 * next, fourths, bias, floor);
}

/** A·y, the transposed map: five vectors to seven. */
export function outputBackMap5(p: usize, step: usize, t: usize, next: usize): void {
  const y0 = v128.load(p);
  const y1 = v128.load(p + step);
  const y2 = v128.load(p + 2 * step);
  const y3 = v128.load(p + 3 * step);
  const y4 = v128.load(p + 4 * step);
  v128.store(t, y0);
  const evenA = f32x4.add(y0, times(a2, f32x4.add(y2, times(a2, y4))));
  const oddA = times(a, f32x4.add(y1, times(a2, y3)));
  v128.store(t + next, f32x4.add(evenA, oddA));
  v128.store(t + 2 * next, f32x4.sub(evenA, oddA));
  const evenB = f32x4.add(y0, times(b2, f32x4.add(y2, times(b2, y4))));
  const oddB = times(b, f32x4.add(y1, times(b2, y3)));
  v128.store(t + 3 * next, f32x4.add(evenB, oddB));
  v128.store(t + 4 * next, f32x4.sub(evenB, oddB));
  const evenC = f32x4.add(y0, times(c2, f32x4.add(y2, times(c2, y4))));
  const oddC = times(c, f32x4.add(y1, times(c2, y3)));
  v128.store(t + 5 * next, f32x4.add(evenC, oddC));
  v128.store(t + 6 * next, f32x4.sub(evenC, oddC));
}

/** −1 / a²b²c², and 1 / 2a²(a² − b²)(a² − c²) and its like for b and c. */
const G0: f32 = -1 / (A2 * B2 * C2);
const GA: f32 = 1 / (2 * A2 * (A2 - B2) * (A2 - C2));
const GB: f32 = 1 / (2 * B2 * (B2 - A2) * (B2 - C2));
const GC: f32 = 1 / (2 * C2 * (C2 - A2) * (C2 - B2));

/** G·w for the points ±p: (w₀ + p²·w₂)·g ± p·g·w₁. */
// @ts-ignore: decorator
@inline
function filterPair(w0: v128, w1: v128, w2: v128, p: f32, g: f32, plus: usize, minus: usize): void {
  const even = f32x4.mul(f32x4.add(w0, f32x4.mul(w2, f32x4.splat(p * p))), f32x4.splat(g));
  const odd = f32x4.mul(w1, f32x4.splat(p * g));
  v128.store(plus, f32x4.add(even, odd));
  v128.store(minus, f32x4.sub(even, odd));
}

/** `count` columns of G·w, `step` bytes between values and `next` between columns: three vectors to seven. */
export function filterPass5(from: usize, step: usize, next: usize, to: usize, toStep: usize, toNext: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const w0 = v128.load(from);
    const w1 = v128.load(from + step);
    const w2 = v128.load(from + 2 * step);
    v128.store(to, f32x4.mul(w0, f32x4.splat(G0)));
    filterPair(w0, w1, w2, A, GA, to + toStep, to + 2 * toStep);
    filterPair(w0, w1, w2, B, GB, to + 3 * toStep, to + 4 * toStep);
    filterPair(w0, w1, w2, C, GC, to + 5 * toStep, to + 6 * toStep);
    from += next;
    to += toNext;
  }
}

/** `count` columns of Gᵀ·u, the transposed map: seven vectors to three. */
export function filterBackPass5(from: usize, step: usize, next: usize, to: usize, toStep: usize, toNext: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const u1 = v128.load(from + step);
    const u2 = v128.load(from + 2 * step);
    const u3 = v128.load(from + 3 * step);
    const u4 = v128.load(from + 4 * step);
    const u5 = v128.load(from + 5 * step);
    const u6 = v128.load(from + 6 * step);
    const evenA = f32x4.mul(f32x4.add(u1, u2), f32x4.splat(GA));
    const evenB = f32x4.mul(f32x4.add(u3, u4), f32x4.splat(GB));
    const evenC = f32x4.mul(f32x4.add(u5, u6), f32x4.splat(GC));
    const oddA = f32x4.mul(f32x4.sub(u1, u2), f32x4.splat(A * GA));
    const oddB = f32x4.mul(f32x4.sub(u3, u4), f32x4.splat(B * GB));
    const oddC = f32x4.mul(f32x4.sub(u5, u6), f32x4.splat(C * GC));
    const first = f32x4.mul(v128.load(from), f32x4.splat(G0));
    v128.store(to, f32x4.add(f32x4.add(first, evenA), f32x4.add(evenB, evenC)));
    v128.store(to + toStep, f32x4.add(f32x4.add(oddA, oddB), oddC));
    const squaresA = f32x4.mul(evenA, f32x4.splat(A2));
    const squaresB = f32x4.mul(evenB, f32x4.splat(B2));
    const squaresC = f32x4.mul(evenC, f32x4.splat(C2));
    v128.store(to + 2 * toStep, f32x4.add(f32x4.add(squaresA, squaresB), squaresC));
    from += next;
    to += toNext;
  }
}
