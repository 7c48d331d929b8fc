/**
 * Dropout: y = x · m / (1 − rate), dx = dy · m / (1 − rate), with m = 0 where the element's random word is
 * below ⌊rate · 2³²⌋. Word `index` of a sample is lane index & 3 of block index >> 2, which is how four features of
 * four samples lie in the interleaved layout: no shuffle is needed. The mask is a function of the address and is
 * computed again on the way back, which is cheaper than a pass over stored masks.
 */
import { threefry4 } from './threefry';

const PURPOSE: i32 = 3;

/** Two groups of four words for four samples. */
const words = memory.data(64, 16);

export function dropout(
  x: usize, y: usize, features: i32, groups: i32, count: i32, samples: usize,
  seed: i32, layer: i32, epoch: i32, threshold: i32, scale: f32,
): void {
  const k0 = i32x4.splat(seed);
  const k1 = i32x4.splat(PURPOSE);
  const k2 = i32x4.splat(layer);
  const k3 = i32x4.splat(epoch);
  // Signed comparison of values shifted by 2³¹ is the unsigned comparison.
  const flip = i32x4.splat(0x80000000);
  const bound = v128.xor(i32x4.splat(threshold), flip);
  const factor = f32x4.splat(scale);
  for (let g = 0; g < groups; g++) {
    for (let half = 0; half < 8; half += 4) {
      const s = 8 * g + half;
      const first = 8 * g;
      const numbers = i32x4(
        i32.load(samples + ((s < count ? s : first) << 2)),
        i32.load(samples + ((s + 1 < count ? s + 1 : first) << 2)),
        i32.load(samples + ((s + 2 < count ? s + 2 : first) << 2)),
        i32.load(samples + ((s + 3 < count ? s + 3 : first) << 2)),
      );
      for (let f = 0; f < features; f += 4) {
        threefry4(k0, k1, k2, k3, numbers, i32x4.splat(f >> 2), words, 16);
        const rest = min(features - f, 4);
        const at = (<usize>(g * features + f) << 5) + (<usize>half << 2);
        for (let r: usize = 0; r < <usize>rest; r++) {
          const keep = i32x4.ge_s(v128.xor(v128.load(words + (r << 4)), flip), bound);
          const value = f32x4.mul(v128.load(x + at + (r << 5)), factor);
          v128.store(y + at + (r << 5), v128.and(value, keep));
        }
      }
    }
  }
}
