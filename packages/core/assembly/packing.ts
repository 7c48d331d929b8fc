/** Packing of matrices for the kernels in gemm.ts: panels of [4 biases][k][4 rows], rows past the last being zero. */

/** Rows of a packed panel; the planner sizes buffers with the same number. */
export const ROWS: i32 = 4;

/** Packs `depth` columns of one panel of four rows, row r starting at source + r·rowStride: 4×4 blocks are transposed. */
function packRows(source: usize, rowStride: usize, to: usize, depth: i32): void {
  const end = to + (<usize>depth << 4);
  const whole = to + (<usize>(depth & ~3) << 4);
  for (; to < whole; to += 64, source += 16) {
    const a = v128.load(source);
    const b = v128.load(source + rowStride);
    const c = v128.load(source + 2 * rowStride);
    const d = v128.load(source + 3 * rowStride);
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), 16);
    v128.store(to, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), 32);
    v128.store(to, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), 48);
  }
  for (; to < end; to += 16, source += 4) {
    f32.store(to, f32.load(source));
    f32.store(to, f32.load(source + rowStride), 4);
    f32.store(to, f32.load(source + 2 * rowStride), 8);
    f32.store(to, f32.load(source + 3 * rowStride), 12);
  }
}

/** The same where the four rows lie side by side and columns are `step` bytes apart: each column is one vector. */
function packColumns(source: usize, step: usize, to: usize, depth: i32): void {
  for (const end = to + (<usize>depth << 4); to < end; to += 16, source += step) {
    v128.store(to, v128.load(source));
  }
}

/** The same for four panels side by side, `panel` bytes apart: what one fetch from memory brings is used at once. */
function packFourColumns(source: usize, step: usize, to: usize, depth: i32, panel: usize): void {
  for (const end = to + (<usize>depth << 4); to < end; to += 16, source += step) {
    v128.store(to, v128.load(source));
    v128.store(to + panel, v128.load(source, 16));
    v128.store(to + 2 * panel, v128.load(source, 32));
    v128.store(to + 3 * panel, v128.load(source, 48));
  }
}

/** Any strides, and panels with fewer than four rows. */
function packAny(
  source: usize, to: usize, rows: i32, outer: i32, inner: i32, rowStride: usize, outerStride: usize, innerStride: usize,
): void {
  for (let o = 0; o < outer; o++) {
    let from = source + <usize>o * outerStride;
    for (let i = 0; i < inner; i++) {
      v128.store(to, f32x4.splat(0));
      for (let r = 0; r < rows; r++) f32.store(to + (<usize>r << 2), f32.load(from + <usize>r * rowStride));
      from += innerStride;
      to += 16;
    }
  }
}

/**
 * A[r][o·inner + i] = source[r·rowStride + o·outerStride + i·innerStride], strides in elements. `bias` 0 = no bias.
 */
export function packA(
  source: usize, bias: usize, packed: usize, rows: i32,
  outer: i32, inner: i32, rowStride: i32, outerStride: i32, innerStride: i32,
): void {
  const depth = outer * inner;
  const rowBytes = <usize>rowStride << 2;
  const innerBytes = <usize>innerStride << 2;
  const panel = <usize>((depth + 1) * ROWS) << 2;
  const sideBySide = outer == 1 && rowStride == 1 && innerStride != 1;
  for (let first = 0; first < rows; first += ROWS) {
    const here = min(rows - first, ROWS);
    for (let r = 0; r < ROWS; r++) {
      // −0 becomes +0, so that adding a zero of any sign leaves it as it is.
      f32.store(packed + (<usize>r << 2), r < here && bias != 0 ? f32.load(bias + (<usize>(first + r) << 2)) + 0 : 0);
    }
    packed += ROWS << 2;
    const from = source + <usize>first * rowBytes;
    if (here == ROWS && outer == 1 && innerStride == 1) packRows(from, rowBytes, packed, depth);
    else if (sideBySide && (first & ~(4 * ROWS - 1)) + 4 * ROWS <= rows) {
      if (first % (4 * ROWS) == 0) packFourColumns(from, innerBytes, packed, depth, panel);
    } else if (here == ROWS && sideBySide) packColumns(from, innerBytes, packed, depth);
    else packAny(from, packed, here, outer, inner, rowBytes, <usize>outerStride << 2, innerBytes);
    packed += <usize>(depth * ROWS) << 2;
  }
}
