/**
 * Codings: rounding a tensor to whole multiples of a scale, and these whole numbers as bytes. Addresses are bytes, lengths
 * are elements. Scales have at most 16 significant bits and whole numbers 7, so that their products are exact in float32:
 * what has been rounded is coded and decoded without loss.
 */
import { rotate, threefryWords, word0, word1, word2, word3 } from './threefry';

/**
 * Elements that one call of the generator for four blocks has random numbers for. Each takes 16 bits of a word, and four
 * share a word: their windows overlap by 8 bits. Each number by itself is uniform, so that nothing is biased; neighbours of
 * a word depend on each other only where the upper 8 bits of one do not decide. It saves half of the generator's work.
 */
const GROUP: i32 = 64;

/** The largest |x[i]|; NaN when an element is. Without their signs floats are in the order of their bits, NaN last. */
export function largest(x: usize, length: i32): f32 {
  const end = x + ((<usize>length) << 2);
  const wide = x + ((<usize>length & ~15) << 2);
  const sign = i32x4.splat(0x7fffffff);
  let a = i32x4.splat(0);
  let b = a;
  for (; x < wide; x += 64) {
    a = i32x4.max_s(a, v128.and(v128.load(x), sign));
    b = i32x4.max_s(b, v128.and(v128.load(x, 16), sign));
    a = i32x4.max_s(a, v128.and(v128.load(x, 32), sign));
    b = i32x4.max_s(b, v128.and(v128.load(x, 48), sign));
  }
  a = i32x4.max_s(a, b);
  let most = max(
    max(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1)),
    max(i32x4.extract_lane(a, 2), i32x4.extract_lane(a, 3)),
  );
  for (; x < end; x += 4) most = max(most, i32.load(x) & 0x7fffffff);
  return reinterpret<f32>(most);
}

/** 16 random bits k as the fraction (k + ½) / 2¹⁶. */
// @ts-ignore: decorator
@inline
function fraction(bits: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(bits), f32x4.splat(1.0 / 65536)), f32x4.splat(0.5 / 65536));
}

// @ts-ignore: decorator
@inline
function rounded(x: usize, word: v128, scale: v128, bound: v128): void {
  const bits = v128.and(word, i32x4.splat(0xffff));
  const whole = f32x4.floor(f32x4.add(f32x4.div(v128.load(x), scale), fraction(bits)));
  v128.store(x, f32x4.mul(f32x4.pmax(f32x4.pmin(whole, bound), f32x4.neg(bound)), scale));
}

function sixteen(x: usize, a: v128, b: v128, c: v128, d: v128, scale: v128, bound: v128): void {
  rounded(x, a, scale, bound);
  rounded(x + 16, b, scale, bound);
  rounded(x + 32, c, scale, bound);
  rounded(x + 48, d, scale, bound);
}

/**
 * x[i] ← scale · clamp(⌊x[i]/scale + u(i)⌋, ±bound), scale above 0, with u(i) = (k + ½)/2¹⁶, where k is 16 bits of a word
 * of Threefry with the key [seed, purpose, tensor, time] and the counter [leaf, block, 0, 0]: block 4⌊i/64⌋ + i mod 4, word
 * ⌊i/4⌋ mod 4, rotated right by 8·(⌊i/16⌋ mod 4), its lower half. Four blocks are computed at once, whose words lie as the
 * elements do.
 */
export function round(
  x: usize, length: i32, scale: f32, bound: f32, seed: i32, purpose: i32, tensor: i32, time: i32, leaf: i32,
): void {
  const k0 = i32x4.splat(seed);
  const k1 = i32x4.splat(purpose);
  const k2 = i32x4.splat(tensor);
  const k3 = i32x4.splat(time);
  const counter = i32x4.splat(leaf);
  const scales = f32x4.splat(scale);
  const bounds = f32x4.splat(bound);
  let block = i32x4(0, 1, 2, 3);
  for (let i = 0; i < length; i += GROUP) {
    threefryWords(k0, k1, k2, k3, counter, block);
    block = i32x4.add(block, i32x4.splat(4));
    const end = min(length - i, GROUP);
    if (end == GROUP) {
      const a = word0, b = word1, c = word2, d = word3;
      sixteen(x, a, b, c, d, scales, bounds);
      sixteen(
        x + 64, i32x4.shr_u(a, 8), i32x4.shr_u(b, 8), i32x4.shr_u(c, 8), i32x4.shr_u(d, 8), scales, bounds,
      );
      sixteen(
        x + 128, i32x4.shr_u(a, 16), i32x4.shr_u(b, 16), i32x4.shr_u(c, 16), i32x4.shr_u(d, 16), scales, bounds,
      );
      sixteen(x + 192, rotate(a, 8), rotate(b, 8), rotate(c, 8), rotate(d, 8), scales, bounds);
    } else {
      for (let r = 0; r < end; r++) {
        const word = (r >> 2) & 3;
        const four = word == 0 ? word0 : word == 1 ? word1 : word == 2 ? word2 : word3;
        const lane = r & 3;
        const bits = lane == 0 ? i32x4.extract_lane(four, 0)
          : lane == 1 ? i32x4.extract_lane(four, 1)
          : lane == 2 ? i32x4.extract_lane(four, 2)
          : i32x4.extract_lane(four, 3);
        const k = rotr(bits, (r >> 4) << 3) & 0xffff;
        const at = x + (<usize>r << 2);
        const whole = floor<f32>(f32.load(at) / scale + (<f32>k * (1.0 / 65536) + 0.5 / 65536));
        f32.store(at, max<f32>(min<f32>(whole, bound), -bound) * scale);
      }
    }
    x += GROUP << 2;
  }
}

/** x[i] −= from[i] */
export function subtract(x: usize, from: usize, length: i32): void {
  const end = x + ((<usize>length) << 2);
  const wide = x + ((<usize>length & ~3) << 2);
  for (; x < wide; x += 16, from += 16) v128.store(x, f32x4.sub(v128.load(x), v128.load(from)));
  for (; x < end; x += 4, from += 4) f32.store(x, f32.load(x) - f32.load(from));
}

/** Sixteen multiples of the scale as whole numbers of 8 bits. */
function wholes(x: usize, scale: v128): v128 {
  const a = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v128.load(x), scale)));
  const b = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v128.load(x, 16), scale)));
  const c = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v128.load(x, 32), scale)));
  const d = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v128.load(x, 48), scale)));
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** x[i] / scale as int8, for multiples of the scale (above 0) of at most ±127. */
export function packInt8(x: usize, out: usize, length: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  let i = 0;
  for (; i + 16 <= length; i += 16, x += 64, out += 16) v128.store(out, wholes(x, scales));
  for (; i < length; i++, x += 4, out++) store<i8>(out, <i8>nearest<f32>(f32.load(x) / scale));
}

/** The same of at most ±7, two a byte: the even element in the lower four bits. */
export function packInt4(x: usize, out: usize, length: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  const nibble = i16x8.splat(0x0f);
  let i = 0;
  for (; i + 16 <= length; i += 16, x += 64, out += 8) {
    const pairs = wholes(x, scales);
    const both = v128.or(
      v128.and(pairs, nibble),
      i16x8.shl(v128.and(i16x8.shr_u(pairs, 8), nibble), 4),
    );
    v128.store64_lane(out, i8x16.narrow_i16x8_u(both, both), 0);
  }
  for (; i < length; i += 2, x += 8, out++) {
    const even = <i32>nearest<f32>(f32.load(x) / scale);
    const odd = i + 1 < length ? <i32>nearest<f32>(f32.load(x, 4) / scale) : 0;
    store<u8>(out, <u8>((even & 15) | ((odd & 15) << 4)));
  }
}

// @ts-ignore: decorator
@inline
function unpacked(x: usize, whole: v128, scale: v128): void {
  v128.store(x, f32x4.mul(f32x4.convert_i32x4_s(whole), scale));
}

function unpackedSixteen(x: usize, bytes: v128, scale: v128): void {
  const low = i16x8.extend_low_i8x16_s(bytes);
  const high = i16x8.extend_high_i8x16_s(bytes);
  unpacked(x, i32x4.extend_low_i16x8_s(low), scale);
  unpacked(x + 16, i32x4.extend_high_i16x8_s(low), scale);
  unpacked(x + 32, i32x4.extend_low_i16x8_s(high), scale);
  unpacked(x + 48, i32x4.extend_high_i16x8_s(high), scale);
}

/** into[i] ← whole[i] · scale, for int8. @returns 0 when one of them is −128, which no coding has */
export function unpackInt8(whole: usize, into: usize, length: i32, scale: f32): i32 {
  const scales = f32x4.splat(scale);
  const least = i8x16.splat(-128);
  let wrong = i8x16.splat(0);
  let i = 0;
  for (; i + 16 <= length; i += 16, into += 64, whole += 16) {
    const bytes = v128.load(whole);
    wrong = v128.or(wrong, i8x16.eq(bytes, least));
    unpackedSixteen(into, bytes, scales);
  }
  let right = !v128.any_true(wrong);
  for (; i < length; i++, into += 4, whole++) {
    const one = <i32>load<i8>(whole);
    right = right && one != -128;
    f32.store(into, <f32>one * scale);
  }
  return right ? 1 : 0;
}

/** The same for int4, two a byte. @returns 0 when one of them is −8, or a last half byte that stands for nothing is not 0 */
export function unpackInt4(whole: usize, into: usize, length: i32, scale: f32): i32 {
  const scales = f32x4.splat(scale);
  const least = i8x16.splat(-8);
  let wrong = i8x16.splat(0);
  let i = 0;
  for (; i + 16 <= length; i += 16, into += 64, whole += 8) {
    const both = v128.load64_zero(whole);
    const even = i8x16.shr_s(i8x16.shl(both, 4), 4);
    const odd = i8x16.shr_s(both, 4);
    const bytes = v128.shuffle<i8>(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    wrong = v128.or(wrong, i8x16.eq(bytes, least));
    unpackedSixteen(into, bytes, scales);
  }
  let right = !v128.any_true(wrong);
  for (; i < length; i++, into += 4) {
    const byte = <i32>load<i8>(whole + (i & 15 ? <usize>(i & 15) >> 1 : 0));
    const one = i & 1 ? byte >> 4 : (byte << 28) >> 28;
    right = right && one != -8;
    f32.store(into, <f32>one * scale);
  }
  if (length & 1) right = right && (<i32>load<u8>(whole + (<usize>(length & 15) >> 1)) >> 4) == 0;
  return right ? 1 : 0;
}
