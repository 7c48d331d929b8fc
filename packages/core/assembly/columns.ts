/**
 * The way to and from matrices whose columns are samples, for matrix products that are computed elsewhere (a system's BLAS):
 *
 *   dense          columns[r][8g + lane] = values[g][r][lane], and back as act( bias[r] + columns[r][8g + lane] )
 *   convolution    columns[(c, ky, kx)][(oy, ox)][lane] = x[c][oy·sy + ky − py][ox·sx + kx − px][lane], 0 outside, of one group;
 *                  back as the sum of all columns that an element of x went to
 *
 * Both move eight lanes (32 bytes) at a time and compute next to nothing; memory is their only limit. A convolution's output
 * [filter][oy][ox][lane] is a row-major matrix as it lies.
 */

const FLOORS = memory.data<f32>([-Infinity, 0]);

// @ts-ignore: decorator
@inline
function move(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}

export function valuesToColumns(values: usize, columns: usize, rows: i32, groups: i32): void {
  const group = <usize>rows << 5;
  for (let r = 0; r < rows; r++) {
    let from = values + (<usize>r << 5);
    for (let g = 0; g < groups; g++) {
      move(from, columns);
      from += group;
      columns += 32;
    }
  }
}

/** `bias` 0 = no bias; `relu` as in the products of gemm.ts. */
export function columnsToValues(
  columns: usize, values: usize, bias: usize, rows: i32, groups: i32, relu: bool,
): void {
  const group = <usize>rows << 5;
  const floor = v128.load32_splat(FLOORS + (<usize>relu << 2));
  for (let r = 0; r < rows; r++) {
    const shift = bias == 0 ? f32x4.splat(0) : v128.load32_splat(bias + (<usize>r << 2));
    let to = values + (<usize>r << 5);
    for (let g = 0; g < groups; g++) {
      v128.store(to, f32x4.pmax(f32x4.add(v128.load(columns), shift), floor));
      v128.store(to, f32x4.pmax(f32x4.add(v128.load(columns, 16), shift), floor), 16);
      to += group;
      columns += 32;
    }
  }
}

/** y[f][p][lane] = act( bias[f] + y[f][p][lane] ) in place, over `area` positions of each filter of one group. */
export function biasPlanes(y: usize, bias: usize, filters: i32, area: i32, relu: bool): void {
  const floor = v128.load32_splat(FLOORS + (<usize>relu << 2));
  for (let f = 0; f < filters; f++) {
    const shift = bias == 0 ? f32x4.splat(0) : v128.load32_splat(bias + (<usize>f << 2));
    for (const end = y + (<usize>area << 5); y < end; y += 16) {
      v128.store(y, f32x4.pmax(f32x4.add(v128.load(y), shift), floor));
    }
  }
}

export function imageToColumns(
  x: usize, columns: usize, channels: i32, height: i32, width: i32, kernelY: i32, kernelX: i32,
  outHeight: i32, outWidth: i32, stepY: i32, stepX: i32, padY: i32, padX: i32,
): void {
  const line = <usize>outWidth << 5;
  for (let c = 0; c < channels; c++) {
    for (let ky = 0; ky < kernelY; ky++) {
      for (let kx = 0; kx < kernelX; kx++) {
        const left = kx - padX;
        for (let oy = 0; oy < outHeight; oy++) {
          const iy = oy * stepY + ky - padY;
          if (iy < 0 || iy >= height) {
            memory.fill(columns, 0, line);
          } else {
            const row = x + (<usize>((c * height + iy) * width) << 5);
            if (stepX == 1 && left >= 0 && left + outWidth <= width) {
              const from = row + (<usize>left << 5);
              for (let at: usize = 0; at < line; at += 32) move(from + at, columns + at);
            } else {
              for (let ox = 0; ox < outWidth; ox++) {
                const ix = ox * stepX + left;
                const to = columns + (<usize>ox << 5);
                if (ix >= 0 && ix < width) move(row + (<usize>ix << 5), to);
                else memory.fill(to, 0, 32);
              }
            }
          }
          columns += line;
        }
      }
    }
  }
}

/** The adjoint of `imageToColumns`: dx is cleared, then each column is added to the element that it came from. */
export function columnsToImage(
  columns: usize, dx: usize, channels: i32, height: i32, width: i32, kernelY: i32, kernelX: i32,
  outHeight: i32, outWidth: i32, stepY: i32, stepX: i32, padY: i32, padX: i32,
): void {
  memory.fill(dx, 0, <usize>(channels * height * width) << 5);
  for (let c = 0; c < channels; c++) {
    for (let ky = 0; ky < kernelY; ky++) {
      for (let kx = 0; kx < kernelX; kx++) {
        for (let oy = 0; oy < outHeight; oy++) {
          const iy = oy * stepY + ky - padY;
          if (iy >= 0 && iy < height) {
            const row = dx + (<usize>((c * height + iy) * width) << 5);
            for (let ox = 0; ox < outWidth; ox++) {
              const ix = ox * stepX + kx - padX;
              if (ix >= 0 && ix < width) {
                const to = row + (<usize>ix << 5);
                const from = columns + (<usize>ox << 5);
                v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
                v128.store(to, f32x4.add(v128.load(to, 16), v128.load(from, 16)), 16);
              }
            }
          }
          columns += <usize>outWidth << 5;
        }
      }
    }
  }
}
