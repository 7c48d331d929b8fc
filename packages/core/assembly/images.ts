/**
 * Image planes [g][channel][height][width][8]: borders, pooling windows and plain sums of tensors.
 *
 *   max pooling   y = max over the window; the first maximum in row-major order gets the gradient
 *   avg pooling   y = mean over the window; each element gets dy / (window's size)
 */

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

/** `place`'s inverse for padding: dst[y][x] = src[offY + y][offX + x]. */
export function crop(
  src: usize, dst: usize, planes: i32, height: i32, width: i32, fromHeight: i32, fromWidth: i32,
  offY: i32, offX: i32,
): void {
  const row = <usize>width << 5;
  for (let p = 0; p < planes; p++) {
    for (let y = 0; y < height; y++) {
      const from = src + (<usize>((p * fromHeight + offY + y) * fromWidth + offX) << 5);
      memory.copy(dst + <usize>(p * height + y) * row, from, row);
    }
  }
}

/** `arg` gets the window's element number of the maximum, one i32 per value. */
export function maxPool(
  x: usize, y: usize, arg: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  sizeY: i32, sizeX: i32, stepY: i32, stepX: i32,
): void {
  for (let p = 0; p < planes; p++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const corner = x + (<usize>((p * height + oy * stepY) * width + ox * stepX) << 5);
        let best0 = v128.load(corner);
        let best1 = v128.load(corner, 16);
        let arg0 = i32x4.splat(0), arg1 = arg0;
        let element = 0;
        for (let ky = 0; ky < sizeY; ky++) {
          let from = corner + (<usize>(ky * width) << 5);
          for (let kx = 0; kx < sizeX; kx++) {
            const number = i32x4.splat(element);
            const v0 = v128.load(from);
            const v1 = v128.load(from, 16);
            // NaN wins, so that it is not lost on its way to the loss.
            const more0 = v128.or(f32x4.gt(v0, best0), f32x4.ne(v0, v0));
            const more1 = v128.or(f32x4.gt(v1, best1), f32x4.ne(v1, v1));
            best0 = v128.bitselect(v0, best0, more0);
            best1 = v128.bitselect(v1, best1, more1);
            arg0 = v128.bitselect(number, arg0, more0);
            arg1 = v128.bitselect(number, arg1, more1);
            element++;
            from += 32;
          }
        }
        v128.store(y, best0);
        v128.store(y, best1, 16);
        v128.store(arg, arg0);
        v128.store(arg, arg1, 16);
        y += 32;
        arg += 32;
      }
    }
  }
}

export function maxPoolBackward(
  dy: usize, arg: usize, dx: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  sizeY: i32, sizeX: i32, stepY: i32, stepX: i32,
): void {
  memory.fill(dx, 0, <usize>(planes * height * width) << 5);
  for (let p = 0; p < planes; p++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const corner = dx + (<usize>((p * height + oy * stepY) * width + ox * stepX) << 5);
        const d0 = v128.load(dy);
        const d1 = v128.load(dy, 16);
        const arg0 = v128.load(arg);
        const arg1 = v128.load(arg, 16);
        let element = 0;
        for (let ky = 0; ky < sizeY; ky++) {
          let to = corner + (<usize>(ky * width) << 5);
          for (let kx = 0; kx < sizeX; kx++) {
            const number = i32x4.splat(element);
            v128.store(to, f32x4.add(v128.load(to), v128.and(d0, i32x4.eq(arg0, number))));
            v128.store(to, f32x4.add(v128.load(to, 16), v128.and(d1, i32x4.eq(arg1, number))), 16);
            element++;
            to += 32;
          }
        }
        dy += 32;
        arg += 32;
      }
    }
  }
}

/** Global average pooling is the window that covers the image. */
export function avgPool(
  x: usize, y: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  sizeY: i32, sizeX: i32, stepY: i32, stepX: i32,
): void {
  const share = f32x4.splat(<f32>1 / <f32>(sizeY * sizeX));
  for (let p = 0; p < planes; p++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const corner = x + (<usize>((p * height + oy * stepY) * width + ox * stepX) << 5);
        let total0 = f32x4.splat(0), total1 = total0;
        for (let ky = 0; ky < sizeY; ky++) {
          let from = corner + (<usize>(ky * width) << 5);
          for (let kx = 0; kx < sizeX; kx++) {
            total0 = f32x4.add(total0, v128.load(from));
            total1 = f32x4.add(total1, v128.load(from, 16));
            from += 32;
          }
        }
        v128.store(y, f32x4.mul(total0, share));
        v128.store(y, f32x4.mul(total1, share), 16);
        y += 32;
      }
    }
  }
}

export function avgPoolBackward(
  dy: usize, dx: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  sizeY: i32, sizeX: i32, stepY: i32, stepX: i32,
): void {
  memory.fill(dx, 0, <usize>(planes * height * width) << 5);
  const share = f32x4.splat(<f32>1 / <f32>(sizeY * sizeX));
  for (let p = 0; p < planes; p++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const corner = dx + (<usize>((p * height + oy * stepY) * width + ox * stepX) << 5);
        const d0 = f32x4.mul(v128.load(dy), share);
        const d1 = f32x4.mul(v128.load(dy, 16), share);
        for (let ky = 0; ky < sizeY; ky++) {
          let to = corner + (<usize>(ky * width) << 5);
          for (let kx = 0; kx < sizeX; kx++) {
            v128.store(to, f32x4.add(v128.load(to), d0));
            v128.store(to, f32x4.add(v128.load(to, 16), d1), 16);
            to += 32;
          }
        }
        dy += 32;
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
