/** Whole planes and tensors: borders of zeros, sums, and the search for values that are not finite. */

/**
 * dst[c][offY + y·stepY][offX + x·stepX] = src[c][y][x] on a ground of zeros; what falls outside is left out. Pads an
 * image for a convolution (steps 1), or spreads out an output's gradient for the transposed one.
 */
export function place(
  src: usize, dst: usize, planes: i32, height: i32, width: i32, toHeight: i32, toWidth: i32,
  offY: i32, offX: i32, stepY: i32, stepX: i32,
): void {
  const plane = <usize>(toHeight * toWidth) << 5;
  memory.fill(dst, 0, plane * <usize>planes);
  for (let p = 0; p < planes; p++) {
    for (let y = 0; y < height; y++) {
      const ty = offY + y * stepY;
      if (ty >= 0 && ty < toHeight) {
        for (let x = 0; x < width; x++) {
          const tx = offX + x * stepX;
          if (tx >= 0 && tx < toWidth) {
            const from = src + (<usize>((p * height + y) * width + x) << 5);
            const to = dst + (<usize>((p * toHeight + ty) * toWidth + tx) << 5);
            v128.store(to, v128.load(from));
            v128.store(to, v128.load(from, 16), 16);
          }
        }
      }
    }
  }
}

/** c = a + b. */
export function add(a: usize, b: usize, c: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += 16, b += 16, c += 16) {
    v128.store(c, f32x4.add(v128.load(a), v128.load(b)));
  }
}

export function copy(from: usize, to: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

export function clear(to: usize, bytes: usize): void {
  memory.fill(to, 0, bytes);
}

/** 1 when all floats of [from, from + 4·length) are finite: x − x is 0 then, and NaN otherwise. */
export function isFinite(from: usize, length: i32): i32 {
  let bad = f32x4.splat(0);
  const end = from + (<usize>length << 2);
  const whole = from + ((<usize>length & ~3) << 2);
  for (; from < whole; from += 16) {
    const v = v128.load(from);
    bad = v128.or(bad, f32x4.sub(v, v));
  }
  let rest: f32 = 0;
  for (; from < end; from += 4) rest += f32.load(from) - f32.load(from);
  return !v128.any_true(bad) && rest == 0 ? 1 : 0;
}
