/**
 * Threefry-4x32-20 (Salmon et al., SC'11) for four samples at once: lane i of word w belongs to sample i. The same
 * streams as random/threefry.ts; key = [seed, purpose, layer, time], counter = [sample, block, 0, 0].
 */

// @ts-ignore: decorator
@inline
export function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** What `threefryWords` found last: word w of each lane's block. */
export let word0: v128 = i32x4(0, 0, 0, 0);
export let word1: v128 = i32x4(0, 0, 0, 0);
export let word2: v128 = i32x4(0, 0, 0, 0);
export let word3: v128 = i32x4(0, 0, 0, 0);

/** Writes the block's words 0…3 to out, out + stride, …: 4 samples each. */
export function threefry4(
  k0: v128, k1: v128, k2: v128, k3: v128, samples: v128, block: v128, out: usize, stride: usize,
): void {
  threefryWords(k0, k1, k2, k3, samples, block);
  v128.store(out, word0);
  v128.store(out + stride, word1);
  v128.store(out + 2 * stride, word2);
  v128.store(out + 3 * stride, word3);
}

/** The four words of each lane's block, where the vectors above have no memory of their own to be written to. */
// @ts-ignore: decorator
@inline
export function threefryWords(k0: v128, k1: v128, k2: v128, k3: v128, samples: v128, block: v128): void {
  const k4 = v128.xor(v128.xor(v128.xor(k0, k1), v128.xor(k2, k3)), i32x4.splat(0x1bd11bda));
  let x0 = i32x4.add(samples, k0);
  let x1 = i32x4.add(block, k1);
  let x2 = k2;
  let x3 = k3;
  let s0 = k1, s1 = k2, s2 = k3, s3 = k4, s4 = k0;
  for (let s = 1; s <= 5; s++) {
    const odd = (s & 1) != 0;
    // Rounds 4(s−1) … 4s−1 use the rotations of rounds 0–3 or 4–7 in turn.
    if (odd) {
      x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 10), x0);
      x2 = i32x4.add(x2, x3); x3 = v128.xor(rotate(x3, 26), x2);
      x0 = i32x4.add(x0, x3); x3 = v128.xor(rotate(x3, 11), x0);
      x2 = i32x4.add(x2, x1); x1 = v128.xor(rotate(x1, 21), x2);
      x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
      x2 = i32x4.add(x2, x3); x3 = v128.xor(rotate(x3, 27), x2);
      x0 = i32x4.add(x0, x3); x3 = v128.xor(rotate(x3, 23), x0);
      x2 = i32x4.add(x2, x1); x1 = v128.xor(rotate(x1, 5), x2);
    } else {
      x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
      x2 = i32x4.add(x2, x3); x3 = v128.xor(rotate(x3, 20), x2);
      x0 = i32x4.add(x0, x3); x3 = v128.xor(rotate(x3, 17), x0);
      x2 = i32x4.add(x2, x1); x1 = v128.xor(rotate(x1, 11), x2);
      x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 25), x0);
      x2 = i32x4.add(x2, x3); x3 = v128.xor(rotate(x3, 10), x2);
      x0 = i32x4.add(x0, x3); x3 = v128.xor(rotate(x3, 18), x0);
      x2 = i32x4.add(x2, x1); x1 = v128.xor(rotate(x1, 20), x2);
    }
    x0 = i32x4.add(x0, s0);
    x1 = i32x4.add(x1, s1);
    x2 = i32x4.add(x2, s2);
    x3 = i32x4.add(i32x4.add(x3, s3), i32x4.splat(s));
    const first = s0;
    s0 = s1; s1 = s2; s2 = s3; s3 = s4; s4 = first;
  }
  word0 = x0;
  word1 = x1;
  word2 = x2;
  word3 = x3;
}
