/**
 * Sample-interleaved layout and the way in and out of it.
 *
 *   packed[g][feature][lane] = plain[8g + lane][feature]
 *
 * Eight samples lie side by side under every feature: each SIMD operation does the same thing to four samples,
 * so pooling, activations, norms and random masks need no shuffles, whatever the shapes are, and a run of
 * features is already the packed panel that the matrix kernels want. Lanes past `count` repeat the group's
 * first sample, so that they are finite whenever that sample is; their gradients are kept at zero.
 */

/** A 4×4 transpose is eight shuffles; a group is done in strips of four features. */
export function pack8(plain: usize, packed: usize, features: i32, count: i32): void {
  const row = (<usize>features) << 2;
  for (let first = 0; first < count; first += 8) {
    const here = min(count - first, 8);
    for (let half = 0; half < 2; half++) {
      const s = first + half * 4;
      const p0 = plain + <usize>(half * 4 < here ? s : first) * row;
      const p1 = plain + <usize>(half * 4 + 1 < here ? s + 1 : first) * row;
      const p2 = plain + <usize>(half * 4 + 2 < here ? s + 2 : first) * row;
      const p3 = plain + <usize>(half * 4 + 3 < here ? s + 3 : first) * row;
      let to = packed + <usize>half * 16;
      let at: usize = 0;
      const whole = row & ~15;
      for (; at < whole; at += 16) {
        const a = v128.load(p0 + at);
        const b = v128.load(p1 + at);
        const c = v128.load(p2 + at);
        const d = v128.load(p3 + at);
        const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
        v128.store(to, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), 32);
        v128.store(to, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), 64);
        v128.store(to, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), 96);
        to += 128;
      }
      for (; at < row; at += 4) {
        f32.store(to, f32.load(p0 + at));
        f32.store(to, f32.load(p1 + at), 4);
        f32.store(to, f32.load(p2 + at), 8);
        f32.store(to, f32.load(p3 + at), 12);
        to += 32;
      }
    }
    packed += row << 3;
  }
}

/** The way back for the first `count` samples. */
export function unpack8(packed: usize, plain: usize, features: i32, count: i32): void {
  for (let s = 0; s < count; s++) {
    let from = packed + ((<usize>(s >> 3) * <usize>features) << 5) + ((<usize>(s & 7)) << 2);
    for (let f = 0; f < features; f++) {
      f32.store(plain, f32.load(from));
      plain += 4;
      from += 32;
    }
  }
}
