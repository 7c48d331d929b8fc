/**
 * 3×3 convolutions of stride 1 by Winograd's minimal filtering: a quarter of the multiplications. The image is cut into tiles of
 * 4×4 outputs; each of the 36 elements of a transformed tile is a matrix product over the channels:
 *
 *   forward   V = Bᵀ·x·B per tile and channel,  M[e][f] = Σ_c U[e][f][c]·V[e][c],  y = Aᵀ·M·A + bias
 *   backward  N = A·dy·Aᵀ per tile and filter,  dU[e][f][c] = Σ_tiles Σ_samples N[e][f]·V[e][c],  dw = Gᵀ·dU·G
 *             dV[e][c] = Σ_f U[e][f][c]·N[e][f],  dx = Σ_tiles B·dV·Bᵀ
 *
 * These are the exact adjoints of the forward pass, so the gradient belongs to the function that was computed.
 *
 * Blocking: one group of eight samples at a time, forward and dx one row of tiles at a time, so that what the
 * products write (36 × tiles in a row × filters × 32 B) is still in the second-level cache when it is transformed back. Layout:
 * V[g][e][tile][c][8]; M and N[e][tile][f][8]; planes of one e are `…Element` bytes apart, a cache line more than their size
 * where that is a multiple of a page's fraction, so that the 36 planes do not fall into the same few cache sets.
 */
import { gemm } from './gemm';
import { packA } from './packing';
import { denseWeightGradient } from './weightGradient';
import { inputBackTile, inputTile, outputBackTile, outputTile } from './winogradTiles';
import { filterBackPass, filterPass } from './winogradTransforms';

/** A patch of a tile on the border, and a half-transformed filter. */
const patch = memory.data(36 * 32, 16);
const half = memory.data(36 * 16, 16);

/** Bytes between the planes of two elements: `tiles` × `channels` vectors of eight, and a cache line against aliasing. */
// @ts-ignore: decorator
@inline
function elementBytes(tiles: i32, channels: i32): usize {
  return (<usize>(tiles * channels) << 5) + 64;
}

// @ts-ignore: decorator
@inline
function tilesOf(extent: i32): i32 {
  return (extent + 3) >> 2;
}

/** U and Uᵀ, packed for `gemm`, from w[f][c][3][3]. `flat` is scratch of 36 × (filters × channels rounded up to 4) floats. */
export function winogradFilters(w: usize, flat: usize, packed: usize, packedBack: usize, filters: i32, channels: i32): void {
  const n = filters * channels;
  const element = <usize>((n + 3) & ~3) << 2;
  for (let i = 0; i < n; i += 4) {
    const rest = min(n - i, 4);
    for (let k: usize = 0; k < 9; k++) {
      for (let lane = 0; lane < rest; lane++) {
        f32.store(patch + (k << 4) + (lane << 2), f32.load(w + <usize>(i + lane) * 36 + (k << 2)));
      }
    }
    filterPass(patch, 48, 16, half, 48, 16, 3);
    filterPass(half, 16, 48, flat + (<usize>i << 2), element, 6 * element, 6);
  }
  const panels = packedPlane(filters, channels);
  const panelsBack = packedPlane(channels, filters);
  for (let e: usize = 0; e < 36; e++) {
    packA(flat + e * element, 0, packed + e * panels, filters, 1, channels, channels, 0, 1);
    if (packedBack != 0) {
      packA(flat + e * element, 0, packedBack + e * panelsBack, channels, 1, filters, 1, 0, channels);
    }
  }
}

/** Bytes of one packed matrix: panels of four rows behind four zeros that stand for their biases. */
// @ts-ignore: decorator
@inline
function packedPlane(rows: i32, depth: i32): usize {
  return <usize>(((rows + 3) & ~3) * (depth + 1)) << 2;
}

/** Address of a size×size patch with its corner at (y, x): in the image, or copied onto zeros where it overhangs. */
function patchAt(plane: usize, height: i32, width: i32, y: i32, x: i32, size: i32): usize {
  if (y >= 0 && x >= 0 && y + size <= height && x + size <= width) return plane + (<usize>(y * width + x) << 5);
  memory.fill(patch, 0, <usize>(size * size) << 5);
  const from = max(0, -x);
  const to = min(size, width - x);
  for (let i = max(0, -y), last = min(size, height - y); i < last; i++) {
    if (to > from) {
      memory.copy(
        patch + (<usize>(i * size + from) << 5),
        plane + (<usize>((y + i) * width + x + from) << 5),
        <usize>(to - from) << 5,
      );
    }
  }
  return patch;
}

/** x → V of one group and row of tiles. */
function transformInput(
  x: usize, v: usize, element: usize, channels: i32, height: i32, width: i32, ty: i32, tilesX: i32, padY: i32, padX: i32,
): void {
  for (let tx = 0; tx < tilesX; tx++) {
    for (let c = 0; c < channels; c++) {
      const plane = x + (<usize>(c * height * width) << 5);
      const from = patchAt(plane, height, width, 4 * ty - padY, 4 * tx - padX, 6);
      const row: usize = from == patch ? 6 * 32 : <usize>width << 5;
      const to = v + (<usize>((ty * tilesX + tx) * channels + c) << 5);
      inputTile(from, row, to, element);
    }
  }
}

/** M → y of one group and row of tiles. */
function transformOutput(
  m: usize, y: usize, element: usize, bias: usize, filters: i32, height: i32, width: i32, ty: i32, tilesX: i32, relu: bool,
): void {
  const floor = f32x4.splat(relu ? 0 : -Infinity);
  const rows = min(4, height - 4 * ty);
  for (let tx = 0; tx < tilesX; tx++) {
    const columns = min(4, width - 4 * tx);
    for (let f = 0; f < filters; f++) {
      const from = m + (<usize>(tx * filters + f) << 5);
      const b = bias != 0 ? v128.load32_splat(bias + (<usize>f << 2)) : f32x4.splat(0);
      const to = y + (<usize>((f * height + 4 * ty) * width + 4 * tx) << 5);
      if (rows == 4 && columns == 4) {
        outputTile(from, element, to, <usize>width << 5, b, floor);
      } else {
        outputTile(from, element, patch, 4 * 32, b, floor);
        for (let i = 0; i < rows; i++) {
          memory.copy(to + (<usize>(i * width) << 5), patch + (<usize>i << 7), <usize>columns << 5);
        }
      }
    }
  }
}

/** y = conv(x) + bias, through the rectifier when asked for; V stays for the way back. */
export function winogradForward(
  packed: usize, bias: usize, x: usize, v: usize, m: usize, y: usize, filters: i32, channels: i32, groups: i32,
  height: i32, width: i32, outHeight: i32, outWidth: i32, padY: i32, padX: i32, relu: bool,
): void {
  const tilesY = tilesOf(outHeight);
  const tilesX = tilesOf(outWidth);
  const vElement = elementBytes(tilesY * tilesX, channels);
  const mElement = elementBytes(tilesX, filters);
  const panels = packedPlane(filters, channels);
  for (let g = 0; g < groups; g++) {
    const xg = x + (<usize>(g * channels * height * width) << 5);
    const yg = y + (<usize>(g * filters * outHeight * outWidth) << 5);
    const vg = v + <usize>g * 36 * vElement;
    for (let ty = 0; ty < tilesY; ty++) {
      transformInput(xg, vg, vElement, channels, height, width, ty, tilesX, padY, padX);
      const row = vg + (<usize>(ty * tilesX * channels) << 5);
      for (let e: usize = 0; e < 36; e++) {
        gemm(
          packed + e * panels, row + e * vElement, m + e * mElement, filters, channels, tilesX,
          <usize>channels << 5, <usize>filters << 5, false,
        );
      }
      transformOutput(m, yg, mElement, bias, filters, outHeight, outWidth, ty, tilesX, relu);
    }
  }
}

/** dy → N of one group. */
function transformSlopes(
  dy: usize, n: usize, element: usize, filters: i32, height: i32, width: i32, tilesY: i32, tilesX: i32,
): void {
  for (let ty = 0; ty < tilesY; ty++) {
    for (let tx = 0; tx < tilesX; tx++) {
      for (let f = 0; f < filters; f++) {
        const plane = dy + (<usize>(f * height * width) << 5);
        const from = patchAt(plane, height, width, 4 * ty, 4 * tx, 4);
        const row: usize = from == patch ? 4 * 32 : <usize>width << 5;
        const to = n + (<usize>((ty * tilesX + tx) * filters + f) << 5);
        outputBackTile(from, row, to, element);
      }
    }
  }
}

/** dV → dx of one group and row of tiles; overlapping patches are added. */
function transformInputBack(
  dv: usize, dx: usize, element: usize, channels: i32, height: i32, width: i32, ty: i32, tilesX: i32, padY: i32, padX: i32,
): void {
  const y = 4 * ty - padY;
  for (let tx = 0; tx < tilesX; tx++) {
    const x = 4 * tx - padX;
    const left = max(0, -x);
    const right = min(6, width - x);
    const isInside = left == 0 && right == 6 && y >= 0 && y + 6 <= height;
    for (let c = 0; c < channels; c++) {
      const from = dv + (<usize>(tx * channels + c) << 5);
      const to = dx + (<usize>((c * height + y) * width + x) << 5);
      if (isInside) {
        inputBackTile(from, element, to, <usize>width << 5);
      } else {
        memory.fill(patch, 0, 36 * 32);
        inputBackTile(from, element, patch, 6 * 32);
        for (let i = max(0, -y), last = min(6, height - y); i < last; i++) {
          const line = patch + <usize>(i * 6 * 32);
          const at = to + (<usize>(i * width) << 5);
          for (let j = left << 5; j < right << 5; j += 16) {
            v128.store(at + j, f32x4.add(v128.load(at + j), v128.load(line + j)));
          }
        }
      }
    }
  }
}

/** dw and, unless `dx` is 0, dx. `du` is scratch like `flat` of the filters, `n` and `dv` like `m`, of a whole group and a row. */
export function winogradBackward(
  packedBack: usize, dy: usize, v: usize, n: usize, dv: usize, du: usize, dw: usize, dx: usize,
  filters: i32, channels: i32, groups: i32,
  height: i32, width: i32, outHeight: i32, outWidth: i32, padY: i32, padX: i32,
): void {
  const tilesY = tilesOf(outHeight);
  const tilesX = tilesOf(outWidth);
  const tiles = tilesY * tilesX;
  const vElement = elementBytes(tiles, channels);
  const nElement = elementBytes(tiles, filters);
  const dvElement = elementBytes(tilesX, channels);
  const total = filters * channels;
  const duElement = <usize>((total + 3) & ~3) << 2;
  const panels = packedPlane(channels, filters);
  if (dx != 0) memory.fill(dx, 0, <usize>(groups * channels * height * width) << 5);
  for (let g = 0; g < groups; g++) {
    const vg = v + <usize>g * 36 * vElement;
    transformSlopes(
      dy + (<usize>(g * filters * outHeight * outWidth) << 5), n, nElement, filters, outHeight, outWidth, tilesY, tilesX,
    );
    for (let e: usize = 0; e < 36; e++) {
      denseWeightGradient(
        n + e * nElement, vg + e * vElement, du + e * duElement, filters, channels, tiles,
        <usize>filters << 5, <usize>channels << 5, g > 0,
      );
    }
    if (dx != 0) {
      const dxg = dx + (<usize>(g * channels * height * width) << 5);
      for (let ty = 0; ty < tilesY; ty++) {
        const row = n + (<usize>(ty * tilesX * filters) << 5);
        for (let e: usize = 0; e < 36; e++) {
          gemm(
            packedBack + e * panels, row + e * nElement, dv + e * dvElement, channels, filters, tilesX,
            <usize>filters << 5, <usize>channels << 5, false,
          );
        }
        transformInputBack(dv, dxg, dvElement, channels, height, width, ty, tilesX, padY, padX);
      }
    }
  }
  for (let i = 0; i < total; i += 4) {
    filterBackPass(du + (<usize>i << 2), 6 * duElement, duElement, half, 96, 16, 6);
    filterBackPass(half, 16, 96, patch, 16, 48, 3);
    const rest = min(total - i, 4);
    for (let k: usize = 0; k < 9; k++) {
      for (let lane = 0; lane < rest; lane++) {
        f32.store(dw + <usize>(i + lane) * 36 + (k << 2), f32.load(patch + (k << 4) + (lane << 2)));
      }
    }
  }
}
