/**
 * The linear maps of Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray 2016), with the points 0, ±a, ±b, ∞:
 *
 *   y = Aᵀ[(G·w·Gᵀ) ⊙ (Bᵀ·d·B)]A     d: 6×6 input patch, w: 3×3 filter, y: 4×4 outputs
 *
 * a = 3/4 and b = 5/4 instead of the usual 1 and 2: powers of points near 1 stay near 1, which makes the rounding
 * errors three times smaller (about 1.5e-6 of the largest value with 32 channels), and all constants are exact.
 *
 *   Bᵀ = [ a²b²   0    −(a²+b²)   0      1  0 ]   A = [ 1   0   0    0  ]   G = [  1/a²b²                      0     0    ]
 *        [ 0    −ab²   −b²        a      1  0 ]       [ 1   a   a²   a³ ]       [ (1,  a, a²) / 2a²(a²−b²)                ]
 *        [ 0     ab²   −b²       −a      1  0 ]       [ 1  −a   a²  −a³ ]       [ (1, −a, a²) / 2a²(a²−b²)                ]
 *        [ 0    −ba²   −a²        b      1  0 ]       [ 1   b   b²   b³ ]       [ (1,  b, b²) / 2b²(b²−a²)                ]
 *        [ 0     ba²   −a²       −b      1  0 ]       [ 1  −b   b²  −b³ ]       [ (1, −b, b²) / 2b²(b²−a²)                ]
 *        [ 0    a²b²    0     −(a²+b²)   0  1 ]       [ 0   0   0    1  ]       [  0                          0     1    ]
 *
 * Each function applies one matrix to one row or column of vectors: value k is read at pₖ + lo + k·ls and result k written at
 * tₖ + so + k·ss, where the offsets are constants that end up in the instructions. Rows of opposite points share their even
 * and odd parts.
 */

const A: f32 = 0.75;
const B: f32 = 1.25;
const A2: f32 = A * A;
const B2: f32 = B * B;

/** Constants are loaded rather than written into the code, where V8 would build each anew at every use. */
const CONSTANTS = memory.data<f32>([A, B, A2, B2, A2 * B2, A2 + B2]);

// @ts-ignore: decorator
@inline
export function constant(index: usize): v128 {
  return v128.load32_splat(CONSTANTS + (index << 2));
}

/** Bᵀ·d: six vectors to six. */
// @ts-ignore: decorator
@inline
export function inputMap(
  p0: usize, p1: usize, p2: usize, p3: usize, p4: usize, p5: usize, lo: usize, ls: usize,
  t0: usize, t1: usize, t2: usize, t3: usize, t4: usize, t5: usize, so: usize, ss: usize,
  a: v128, b: v128, a2: v128, b2: v128, ab: v128, s: v128,
): void {
  const d1 = v128.load(p1 + lo + ls);
  const d2 = v128.load(p2 + lo + 2 * ls);
  const d3 = v128.load(p3 + lo + 3 * ls);
  const d4 = v128.load(p4 + lo + 4 * ls);
  const evenA = f32x4.sub(d4, f32x4.mul(b2, d2));
  const oddA = f32x4.mul(a, f32x4.sub(d3, f32x4.mul(b2, d1)));
  v128.store(t1 + so + ss, f32x4.add(evenA, oddA));
  v128.store(t2 + so + 2 * ss, f32x4.sub(evenA, oddA));
  const evenB = f32x4.sub(d4, f32x4.mul(a2, d2));
  const oddB = f32x4.mul(b, f32x4.sub(d3, f32x4.mul(a2, d1)));
  v128.store(t3 + so + 3 * ss, f32x4.add(evenB, oddB));
  v128.store(t4 + so + 4 * ss, f32x4.sub(evenB, oddB));
  const d0 = v128.load(p0 + lo);
  v128.store(t0 + so, f32x4.add(f32x4.sub(f32x4.mul(ab, d0), f32x4.mul(s, d2)), d4));
  const d5 = v128.load(p5 + lo + 5 * ls);
  v128.store(t5 + so + 5 * ss, f32x4.add(f32x4.sub(f32x4.mul(ab, d1), f32x4.mul(s, d3)), d5));
}

/** B·v, the transposed map: six vectors to six; with `add`, to what is there. */
// @ts-ignore: decorator
@inline
export function inputBackMap(
  p0: usize, p1: usize, p2: usize, p3: usize, p4: usize, p5: usize, lo: usize, ls: usize,
  t0: usize, t1: usize, t2: usize, t3: usize, t4: usize, t5: usize, so: usize, ss: usize, add: bool,
  a: v128, b: v128, a2: v128, b2: v128, ab: v128, s: v128,
): void {
  const v1 = v128.load(p1 + lo + ls);
  const v2 = v128.load(p2 + lo + 2 * ls);
  const v3 = v128.load(p3 + lo + 3 * ls);
  const v4 = v128.load(p4 + lo + 4 * ls);
  const sumA = f32x4.add(v1, v2);
  const sumB = f32x4.add(v3, v4);
  const oddA = f32x4.mul(a, f32x4.sub(v1, v2));
  const oddB = f32x4.mul(b, f32x4.sub(v3, v4));
  const v0 = v128.load(p0 + lo);
  const r0 = f32x4.mul(ab, v0);
  v128.store(t0 + so, add ? f32x4.add(v128.load(t0 + so), r0) : r0);
  const r2 = f32x4.sub(f32x4.neg(f32x4.mul(s, v0)), f32x4.add(f32x4.mul(b2, sumA), f32x4.mul(a2, sumB)));
  v128.store(t2 + so + 2 * ss, add ? f32x4.add(v128.load(t2 + so + 2 * ss), r2) : r2);
  const r4 = f32x4.add(v0, f32x4.add(sumA, sumB));
  v128.store(t4 + so + 4 * ss, add ? f32x4.add(v128.load(t4 + so + 4 * ss), r4) : r4);
  const v5 = v128.load(p5 + lo + 5 * ls);
  const r1 = f32x4.sub(f32x4.mul(ab, v5), f32x4.add(f32x4.mul(b2, oddA), f32x4.mul(a2, oddB)));
  v128.store(t1 + so + ss, add ? f32x4.add(v128.load(t1 + so + ss), r1) : r1);
  const r3 = f32x4.sub(f32x4.add(oddA, oddB), f32x4.mul(s, v5));
  v128.store(t3 + so + 3 * ss, add ? f32x4.add(v128.load(t3 + so + 3 * ss), r3) : r3);
  v128.store(t5 + so + 5 * ss, add ? f32x4.add(v128.load(t5 + so + 5 * ss), v5) : v5);
}

/** Aᵀ·m + bias, at least `floor`: six vectors to four. */
// @ts-ignore: decorator
@inline
export function outputMap(
  p0: usize, p1: usize, p2: usize, p3: usize, p4: usize, p5: usize, lo: usize, ls: usize,
  t0: usize, t1: usize, t2: usize, t3: usize, so: usize, ss: usize, bias: v128, floor: v128, last: bool,
  a: v128, b: v128, a2: v128, b2: v128,
): void {
  const m1 = v128.load(p1 + lo + ls);
  const m2 = v128.load(p2 + lo + 2 * ls);
  const m3 = v128.load(p3 + lo + 3 * ls);
  const m4 = v128.load(p4 + lo + 4 * ls);
  const sumA = f32x4.add(m1, m2);
  const sumB = f32x4.add(m3, m4);
  const oddA = f32x4.mul(a, f32x4.sub(m1, m2));
  const oddB = f32x4.mul(b, f32x4.sub(m3, m4));
  const y0 = f32x4.add(v128.load(p0 + lo), f32x4.add(sumA, sumB));
  v128.store(t0 + so, last ? f32x4.pmax(f32x4.add(y0, bias), floor) : y0);
  const y1 = f32x4.add(oddA, oddB);
  v128.store(t1 + so + ss, last ? f32x4.pmax(f32x4.add(y1, bias), floor) : y1);
  const y2 = f32x4.add(f32x4.mul(a2, sumA), f32x4.mul(b2, sumB));
  v128.store(t2 + so + 2 * ss, last ? f32x4.pmax(f32x4.add(y2, bias), floor) : y2);
  const y3 = f32x4.add(v128.load(p5 + lo + 5 * ls), f32x4.add(f32x4.mul(a2, oddA), f32x4.mul(b2, oddB)));
  v128.store(t3 + so + 3 * ss, last ? f32x4.pmax(f32x4.add(y3, bias), floor) : y3);
}

/** A·y, the transposed map: four vectors to six. */
// @ts-ignore: decorator
@inline
export function outputBackMap(
  p0: usize, p1: usize, p2: usize, p3: usize, lo: usize, ls: usize,
  t0: usize, t1: usize, t2: usize, t3: usize, t4: usize, t5: usize, so: usize, ss: usize,
  a: v128, b: v128, a2: v128, b2: v128,
): void {
  const y0 = v128.load(p0 + lo);
  const y1 = v128.load(p1 + lo + ls);
  const y2 = v128.load(p2 + lo + 2 * ls);
  const y3 = v128.load(p3 + lo + 3 * ls);
  const evenA = f32x4.add(y0, f32x4.mul(a2, y2));
  const oddA = f32x4.mul(a, f32x4.add(y1, f32x4.mul(a2, y3)));
  v128.store(t0 + so, y0);
  v128.store(t1 + so + ss, f32x4.add(evenA, oddA));
  v128.store(t2 + so + 2 * ss, f32x4.sub(evenA, oddA));
  const evenB = f32x4.add(y0, f32x4.mul(b2, y2));
  const oddB = f32x4.mul(b, f32x4.add(y1, f32x4.mul(b2, y3)));
  v128.store(t3 + so + 3 * ss, f32x4.add(evenB, oddB));
  v128.store(t4 + so + 4 * ss, f32x4.sub(evenB, oddB));
  v128.store(t5 + so + 5 * ss, y3);
}

/** 1 / a²b², 1 / 2a²(a² − b²), 1 / 2b²(b² − a²). */
const G0: f32 = 1 / (A2 * B2);
const GA: f32 = 1 / (2 * A2 * (A2 - B2));
const GB: f32 = 1 / (2 * B2 * (B2 - A2));

/** `count` columns of G·w, `step` bytes between values and `next` between columns: three vectors to six. */
export function filterPass(from: usize, step: usize, next: usize, to: usize, toStep: usize, toNext: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const w0 = v128.load(from);
    const w1 = v128.load(from + step);
    const w2 = v128.load(from + 2 * step);
    v128.store(to, f32x4.mul(w0, f32x4.splat(G0)));
    const evenA = f32x4.mul(f32x4.add(w0, f32x4.mul(w2, f32x4.splat(A2))), f32x4.splat(GA));
    const oddA = f32x4.mul(w1, f32x4.splat(A * GA));
    v128.store(to + toStep, f32x4.add(evenA, oddA));
    v128.store(to + 2 * toStep, f32x4.sub(evenA, oddA));
    const evenB = f32x4.mul(f32x4.add(w0, f32x4.mul(w2, f32x4.splat(B2))), f32x4.splat(GB));
    const oddB = f32x4.mul(w1, f32x4.splat(B * GB));
    v128.store(to + 3 * toStep, f32x4.add(evenB, oddB));
    v128.store(to + 4 * toStep, f32x4.sub(evenB, oddB));
    v128.store(to + 5 * toStep, w2);
    from += next;
    to += toNext;
  }
}

/** `count` columns of Gᵀ·u, the transposed map: six vectors to three. */
export function filterBackPass(from: usize, step: usize, next: usize, to: usize, toStep: usize, toNext: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const u1 = v128.load(from + step);
    const u2 = v128.load(from + 2 * step);
    const u3 = v128.load(from + 3 * step);
    const u4 = v128.load(from + 4 * step);
    const sumA = f32x4.mul(f32x4.add(u1, u2), f32x4.splat(GA));
    const sumB = f32x4.mul(f32x4.add(u3, u4), f32x4.splat(GB));
    const oddA = f32x4.mul(f32x4.sub(u1, u2), f32x4.splat(A * GA));
    const oddB = f32x4.mul(f32x4.sub(u3, u4), f32x4.splat(B * GB));
    v128.store(to, f32x4.add(f32x4.mul(v128.load(from), f32x4.splat(G0)), f32x4.add(sumA, sumB)));
    v128.store(to + toStep, f32x4.add(oddA, oddB));
    const squares = f32x4.add(f32x4.mul(sumA, f32x4.splat(A2)), f32x4.mul(sumB, f32x4.splat(B2)));
    v128.store(to + 2 * toStep, f32x4.add(v128.load(from + 5 * step), squares));
    from += next;
    to += toNext;
  }
}
