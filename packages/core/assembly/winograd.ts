/**
 * 3×3 convolutions of stride 1 by Winograd's minimal filtering: a quarter of the multiplications, or less. The image is cut into
 * tiles of 4×4 outputs, or of 5×5 where these fit better; each of the 36 or 49 elements of a transformed tile is a matrix product
 * over the channels:
 *
 *   forward   V = Bᵀ·x·B per tile and channel,  M[e][f] = Σ_c U[e][f][c]·V[e][c],  y = Aᵀ·M·A + bias
 *   backward  N = A·dy·Aᵀ per tile and filter,  dU[e][f][c] = Σ_tiles Σ_samples N[e][f]·V[e][c],  dw = Gᵀ·dU·G
 *             dV[e][c] = Σ_f U[e][f][c]·N[e][f],  dx = Σ_tiles B·dV·Bᵀ
 *
 * These are the exact adjoints of the forward pass, so the gradient belongs to the function that was computed.
 *
 * Blocking: one group of eight samples at a time, forward and dx one row of tiles at a time, so that what the
 * products write (elements × tiles in a row × filters × 32 B) is still in the second-level cache when it is transformed back. For
 * dU the tiles of `chunk` groups are summed at once, where one has few: a product's end costs as much as a few of its terms. Layout:
 * V[chunk][e][g][tile][c][8]; N[e][g][tile][f][8]; M[e][tile][f][8]; planes of one e are `…Element` bytes apart, a cache line more
 * than their size where that is a multiple of a page's fraction, so that the planes do not fall into the same few cache sets.
 */
import { gemm } from './gemm';
import { packA } from './packing';
import { denseWeightGradient } from './weightGradient';
import { inputBackTile, inputTile, outputBackTile, outputTile } from './winogradTiles';
import { inputBackTile5, inputTile5, outputBackTile5, outputTile5 } from './winogradTiles5';
import { filterBackPass, filterPass } from './winogradTransforms';
import { filterBackPass5, filterPass5 } from './winogradTransforms5';

/** A patch of a tile on the border, and a half-transformed filter. */
const patch = memory.data(49 * 32, 16);
const half = memory.data(49 * 16, 16);

/** Bytes between the planes of two elements: `tiles` × `channels` vectors of eight, and a cache line against aliasing. */
// @ts-ignore: decorator
@inline
function elementBytes(tiles: i32, channels: i32): usize {
  return (<usize>(tiles * channels) << 5) + 64;
}

// @ts-ignore: decorator
@inline
function tilesOf(extent: i32, tile: i32): i32 {
  return (extent + tile - 1) / tile;
}

/** Elements of a transformed tile of `tile` × `tile` outputs. */
// @ts-ignore: decorator
@inline
function elementsOf(tile: i32): usize {
  return <usize>((tile + 2) * (tile + 2));
}

/** U and Uᵀ, packed for `gemm`, from w[f][c][3][3]. `flat` is scratch of (filters × channels rounded up to 4) floats an element. */
export function winogradFilters(
  w: usize, flat: usize, packed: usize, packedBack: usize, filters: i32, channels: i32, tile: i32,
): void {
  const n = filters * channels;
  const element = <usize>((n + 3) & ~3) << 2;
  for (let i = 0; i < n; i += 4) {
    const rest = min(n - i, 4);
    for (let k: usize = 0; k < 9; k++) {
      for (let lane = 0; lane < rest; lane++) {
        f32.store(patch + (k << 4) + (lane << 2), f32.load(w + <usize>(i + lane) * 36 + (k << 2)));
      }
    }
    const to = flat + (<usize>i << 2);
    if (tile == 5) {
      filterPass5(patch, 48, 16, half, 48, 16, 3);
      filterPass5(half, 16, 48, to, element, 7 * element, 7);
    } else {
      filterPass(patch, 48, 16, half, 48, 16, 3);
      filterPass(half, 16, 48, to, element, 6 * element, 6);
    }
  }
  const panels = packedPlane(filters, channels);
  const panelsBack = packedPlane(channels, filters);
  for (let e: usize = 0, elements = elementsOf(tile); e < elements; e++) {
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
  tile: i32,
): void {
  const size = tile + 2;
  for (let tx = 0; tx < tilesX; tx++) {
    for (let c = 0; c < channels; c++) {
      const plane = x + (<usize>(c * height * width) << 5);
      const from = patchAt(plane, height, width, tile * ty - padY, tile * tx - padX, size);
      const row = <usize>(from == patch ? size : width) << 5;
      const to = v + (<usize>((ty * tilesX + tx) * channels + c) << 5);
      if (tile == 5) inputTile5(from, row, to, element);
      else inputTile(from, row, to, element);
    }
  }
}

/** M → y of one group and row of tiles. */
function transformOutput(
  m: usize, y: usize, element: usize, bias: usize, filters: i32, height: i32, width: i32, ty: i32, tilesX: i32, relu: bool,
  tile: i32,
): void {
  const floor = f32x4.splat(relu ? 0 : -Infinity);
  const rows = min(tile, height - tile * ty);
  for (let tx = 0; tx < tilesX; tx++) {
    const columns = min(tile, width - tile * tx);
    for (let f = 0; f < filters; f++) {
      const from = m + (<usize>(tx * filters + f) << 5);
      const b = bias != 0 ? v128.load32_splat(bias + (<usize>f << 2)) : f32x4.splat(0);
      const to = y + (<usize>((f * height + tile * ty) * width + tile * tx) << 5);
      const isWhole = rows == tile && columns == tile;
      const place = isWhole ? to : patch;
      const row = <usize>(isWhole ? width : tile) << 5;
      if (tile == 5) outputTile5(from, element, place, row, b, floor);
      else outputTile(from, element, place, row, b, floor);
      if (isWhole) continue;
      for (let i = 0; i < rows; i++) {
        memory.copy(to + (<usize>(i * width) << 5), patch + <usize>i * row, <usize>columns << 5);
      }
    }
  }
}

/** y = conv(x) + bias, through the rectifier when asked for; V stays for the way back. */
export function winogradForward(
  packed: usize, bias: usize, x: usize, v: usize, m: usize, y: usize, filters: i32, channels: i32, groups: i32,
  height: i32, width: i32, outHeight: i32, outWidth: i32, padY: i32, padX: i32, tile: i32, chunk: i32, relu: bool,
): void {
  const tilesY = tilesOf(outHeight, tile);
  const tilesX = tilesOf(outWidth, tile);
  const tiles = tilesY * tilesX;
  const elements = elementsOf(tile);
  const vElement = elementBytes(tiles * chunk, channels);
  const mElement = elementBytes(tilesX, filters);
  const panels = packedPlane(filters, channels);
  for (let g = 0; g < groups; g++) {
    const xg = x + (<usize>(g * channels * height * width) << 5);
    const yg = y + (<usize>(g * filters * outHeight * outWidth) << 5);
    const vg = v + <usize>(g / chunk) * elements * vElement + (<usize>(g % chunk * tiles * channels) << 5);
    for (let ty = 0; ty < tilesY; ty++) {
      transformInput(xg, vg, vElement, channels, height, width, ty, tilesX, padY, padX, tile);
      const row = vg + (<usize>(ty * tilesX * channels) << 5);
      for (let e: usize = 0; e < elements; e++) {
        gemm(
          packed + e * panels, row + e * vElement, m + e * mElement, filters, channels, tilesX,
          <usize>channels << 5, <usize>filters << 5, false,
        );
      }
      transformOutput(m, yg, mElement, bias, filters, outHeight, outWidth, ty, tilesX, relu, tile);
    }
  }
}

/** dy → N of one group. */
function transformSlopes(
  dy: usize, n: usize, element: usize, filters: i32, height: i32, width: i32, tilesY: i32, tilesX: i32, tile: i32,
): void {
  for (let ty = 0; ty < tilesY; ty++) {
    for (let tx = 0; tx < tilesX; tx++) {
      for (let f = 0; f < filters; f++) {
        const plane = dy + (<usize>(f * height * width) << 5);
        const from = patchAt(plane, height, width, tile * ty, tile * tx, tile);
        const row = <usize>(from == patch ? tile : width) << 5;
        const to = n + (<usize>((ty * tilesX + tx) * filters + f) << 5);
        if (tile == 5) outputBackTile5(from, row, to, element);
        else outputBackTile(from, row, to, element);
      }
    }
  }
}

/** dV → dx of one group and row of tiles; overlapping patches are added. */
function transformInputBack(
  dv: usize, dx: usize, element: usize, channels: i32, height: i32, width: i32, ty: i32, tilesX: i32, padY: i32, padX: i32,
  tile: i32,
): void {
  const size = tile + 2;
  const y = tile * ty - padY;
  for (let tx = 0; tx < tilesX; tx++) {
    const x = tile * tx - padX;
    const left = max(0, -x);
    const right = min(size, width - x);
    const isInside = left == 0 && right == size && y >= 0 && y + size <= height;
    for (let c = 0; c < channels; c++) {
      const from = dv + (<usize>(tx * channels + c) << 5);
      const to = dx + (<usize>((c * height + y) * width + x) << 5);
      const place = isInside ? to : patch;
      const row = <usize>(isInside ? width : size) << 5;
      if (!isInside) memory.fill(patch, 0, <usize>(size * size) << 5);
      if (tile == 5) inputBackTile5(from, element, place, row);
      else inputBackTile(from, element, place, row);
      if (isInside) continue;
      for (let i = max(0, -y), last = min(size, height - y); i < last; i++) {
        const line = patch + <usize>i * row;
        const at = to + (<usize>(i * width) << 5);
        for (let j = left << 5; j < right << 5; j += 16) {
          v128.store(at + j, f32x4.add(v128.load(at + j), v128.load(line + j)));
        }
      }
    }
  }
}

/**
 * dw and, unless `dx` is 0, dx. `du` is scratch like `flat` of the filters, `n` and `dv` like `m`, of a chunk of groups and a row;
 * `room` takes the tiles of a chunk for one element, of `filters` and `channels` rows.
 */
export function winogradBackward(
  packedBack: usize, dy: usize, v: usize, n: usize, dv: usize, du: usize, room: usize, dw: usize, dx: usize,
  filters: i32, channels: i32, groups: i32,
  height: i32, width: i32, outHeight: i32, outWidth: i32, padY: i32, padX: i32, tile: i32, chunk: i32,
): void {
  const tilesY = tilesOf(outHeight, tile);
  const tilesX = tilesOf(outWidth, tile);
  const tiles = tilesY * tilesX;
  const elements = elementsOf(tile);
  const vElement = elementBytes(tiles * chunk, channels);
  const nElement = elementBytes(tiles * chunk, filters);
  const dvElement = elementBytes(tilesX, channels);
  const total = filters * channels;
  const duElement = <usize>((total + 3) & ~3) << 2;
  const panels = packedPlane(channels, filters);
  if (dx != 0) memory.fill(dx, 0, <usize>(groups * channels * height * width) << 5);
  for (let first = 0; first < groups; first += chunk, v += elements * vElement) {
    const here = min(chunk, groups - first);
    for (let i = 0; i < here; i++) {
      transformSlopes(
        dy + (<usize>((first + i) * filters * outHeight * outWidth) << 5), n + (<usize>(i * tiles * filters) << 5), nElement,
        filters, outHeight, outWidth, tilesY, tilesX, tile,
      );
    }
    for (let e: usize = 0; e < elements; e++) {
      denseWeightGradient(
        n + e * nElement, v + e * vElement, room, 0, du + e * duElement, filters, channels, here * tiles,
        <usize>filters << 5, <usize>channels << 5, first > 0,
      );
    }
    if (dx == 0) continue;
    for (let i = 0; i < here; i++) {
      const dxg = dx + (<usize>((first + i) * channels * height * width) << 5);
      for (let ty = 0; ty < tilesY; ty++) {
        const row = n + (<usize>((i * tiles + ty * tilesX) * filters) << 5);
        for (let e: usize = 0; e < elements; e++) {
          gemm(
            packedBack + e * panels, row + e * nElement, dv + e * dvElement, channels, filters, tilesX,
            <usize>filters << 5, <usize>channels << 5, false,
          );
        }
        transformInputBack(dv, dxg, dvElement, channels, height, width, ty, tilesX, padY, padX, tile);
      }
    }
  }
  for (let i = 0; i < total; i += 4) {
    const from = du + (<usize>i << 2);
    if (tile == 5) {
      filterBackPass5(from, 7 * duElement, duElement, half, 112, 16, 7);
      filterBackPass5(half, 16, 112, patch, 16, 48, 3);
    } else {
      filterBackPass(from, 6 * duElement, duElement, half, 96, 16, 6);
      filterBackPass(half, 16, 96, patch, 16, 48, 3);
    }
    const rest = min(total - i, 4);
    for (let k: usize = 0; k < 9; k++) {
      for (let lane = 0; lane < rest; lane++) {
        f32.store(dw + <usize>(i + lane) * 36 + (k << 2), f32.load(patch + (k << 4) + (lane << 2)));
      }
    }
  }
}
