/**
 * Pooling of image planes [plane][height][width][8].
 *
 *   max pooling   y = max over the window; the first maximum in row-major order gets the gradient
 *   avg pooling   y = mean over the window; each element gets dy / (window's size)
 *
 * A rectifier before a max pooling is applied after it, to a quarter of the values: both orders give the same y, and the same
 * gradient, since a window without a positive value passes none. Such a window's `arg` is −1, which no element matches.
 */

/** NaN wins, so that it is not lost on its way to the loss. */
// @ts-ignore: decorator
@inline
function exceeds(v: v128, best: v128): v128 {
  return v128.or(f32x4.gt(v, best), f32x4.ne(v, v));
}

/** Writes y and `arg` of one window's half; `relu` takes the rectifier in. */
// @ts-ignore: decorator
@inline
function putWindow(y: usize, arg: usize, best: v128, number: v128, relu: bool): void {
  if (relu) {
    const zero = f32x4.splat(0);
    v128.store(y, f32x4.pmax(best, zero));
    v128.store(arg, v128.or(number, v128.not(f32x4.gt(best, zero))));
  } else {
    v128.store(y, best);
    v128.store(arg, number);
  }
}

/** Maximum of the 2×2 window and its first place; all elements are looked at once and nothing branches. */
// @ts-ignore: decorator
@inline
function window2(from: usize, row: usize, y: usize, arg: usize, relu: bool): void {
  const v0 = v128.load(from);
  const v1 = v128.load(from, 32);
  const v2 = v128.load(from + row);
  const v3 = v128.load(from + row, 32);
  // pmax keeps its first operand when that is NaN; of the others a NaN is put in as all bits set.
  const lost = v128.or(v128.or(f32x4.ne(v1, v1), f32x4.ne(v2, v2)), f32x4.ne(v3, v3));
  const best = v128.or(f32x4.pmax(f32x4.pmax(f32x4.pmax(v0, v1), v2), v3), lost);
  const one = i32x4.splat(1);
  const from2 = v128.andnot(one, f32x4.eq(v2, best));
  const from1 = v128.andnot(i32x4.add(from2, one), f32x4.eq(v1, best));
  const from0 = v128.andnot(i32x4.add(from1, one), f32x4.eq(v0, best));
  putWindow(y, arg, best, from0, relu);
}

/**
 * `arg` gets the window's element number of the maximum, one i32 per value. Planes of y and `arg` are `outPlane` bytes apart, so
 * that one row of a larger image can be pooled.
 */
export function maxPool(
  x: usize, y: usize, arg: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  sizeY: i32, sizeX: i32, stepY: i32, stepX: i32, relu: bool, outPlane: usize,
): void {
  const row = <usize>width << 5;
  const isPair = sizeY == 2 && sizeX == 2;
  for (let p = 0; p < planes; p++) {
    let at: usize = <usize>p * outPlane;
    for (let oy = 0; oy < outHeight; oy++) {
      let corner = x + <usize>(p * height + oy * stepY) * row;
      if (isPair) {
        for (let ox = 0; ox < outWidth; ox++) {
          window2(corner, row, y + at, arg + at, relu);
          window2(corner + 16, row, y + at + 16, arg + at + 16, relu);
          at += 32;
          corner += <usize>stepX << 5;
        }
      } else {
        for (let ox = 0; ox < outWidth; ox++) {
          for (let half: usize = 0; half < 32; half += 16) {
            let best = v128.load(corner + half);
            let place = i32x4.splat(0);
            let element = 0;
            for (let ky = 0; ky < sizeY; ky++) {
              let from = corner + half + <usize>ky * row;
              for (let kx = 0; kx < sizeX; kx++) {
                const v = v128.load(from);
                const more = exceeds(v, best);
                best = v128.bitselect(v, best, more);
                place = v128.bitselect(i32x4.splat(element), place, more);
                element++;
                from += 32;
              }
            }
            putWindow(y + at + half, arg + at + half, best, place, relu);
          }
          at += 32;
          corner += <usize>stepX << 5;
        }
      }
    }
  }
}

/** dx of windows of 2×2 side by side: every element belongs to one window. */
// @ts-ignore: decorator
@inline
function spread2(d: v128, place: v128, to: usize, row: usize): void {
  v128.store(to, v128.and(d, i32x4.eq(place, i32x4.splat(0))));
  v128.store(to, v128.and(d, i32x4.eq(place, i32x4.splat(1))), 32);
  v128.store(to + row, v128.and(d, i32x4.eq(place, i32x4.splat(2))));
  v128.store(to + row, v128.and(d, i32x4.eq(place, i32x4.splat(3))), 32);
}

export function maxPoolBackward(
  dy: usize, arg: usize, dx: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  sizeY: i32, sizeX: i32, stepY: i32, stepX: i32, outPlane: usize,
): void {
  const row = <usize>width << 5;
  const isPair = sizeY == 2 && sizeX == 2 && stepY == 2 && stepX == 2;
  if (!isPair || 2 * outHeight < height || 2 * outWidth < width) {
    memory.fill(dx, 0, <usize>(planes * height) * row);
  }
  for (let p = 0; p < planes; p++) {
    let at: usize = <usize>p * outPlane;
    for (let oy = 0; oy < outHeight; oy++) {
      let corner = dx + <usize>(p * height + oy * stepY) * row;
      if (isPair) {
        for (let ox = 0; ox < outWidth; ox++) {
          spread2(v128.load(dy + at), v128.load(arg + at), corner, row);
          spread2(v128.load(dy + at, 16), v128.load(arg + at, 16), corner + 16, row);
          at += 32;
          corner += 64;
        }
      } else {
        for (let ox = 0; ox < outWidth; ox++) {
          for (let half: usize = 0; half < 32; half += 16) {
            const d = v128.load(dy + at + half);
            const place = v128.load(arg + at + half);
            let element = 0;
            for (let ky = 0; ky < sizeY; ky++) {
              let to = corner + half + <usize>ky * row;
              for (let kx = 0; kx < sizeX; kx++) {
                const share = v128.and(d, i32x4.eq(place, i32x4.splat(element)));
                v128.store(to, f32x4.add(v128.load(to), share));
                element++;
                to += 32;
              }
            }
          }
          at += 32;
          corner += <usize>stepX << 5;
        }
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

