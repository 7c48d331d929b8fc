/**
 * The product of a dense layer whose input is mostly zeros, as the background of an image is: what is zero in all samples of a
 * group is passed over. The gradient of its weights does so too (weightGradient.ts).
 *
 * The bits are those of the plain products. A sum that begins with anything but −0 is changed by adding ±0 neither
 * in its value nor in its sign, and a finite number times ±0 is ±0. `packA` leaves no bias of −0, and whoever calls
 * these kernels has seen that the other factor is finite. Where little is zero the plain kernels are faster.
 */
import { madd } from './arithmetic';
import { FLOORS, put } from './gemm';
import { ROWS } from './packing';

/**
 * Finds the rows x[g][k] that are anything but +0. `byGroup`: of each group how many they are and their offsets in a packed panel
 * (k · 16 bytes), `inputs` + 1 words a group; `rows`: these rows one behind the other, at x's places for the group.
 * @returns the number of rows, over all groups
 */
export function findNonzeros(x: usize, rows: usize, byGroup: usize, inputs: i32, groups: i32): i32 {
  let found = 0;
  for (let g = 0; g < groups; g++) {
    const from = byGroup + 4;
    let offset = from;
    let row = rows + <usize>g * (<usize>inputs << 5);
    for (let k = 0; k < inputs; k++, x += 32) {
      const low = v128.load(x);
      const high = v128.load(x, 16);
      if (!v128.any_true(v128.or(low, high))) continue;
      store<u32>(offset, k << 4);
      v128.store(row, low);
      v128.store(row, high, 16);
      offset += 4;
      row += 32;
    }
    const count = <u32>((offset - from) >> 2);
    store<u32>(byGroup, count);
    found += count;
    byGroup += <usize>(inputs + 1) << 2;
  }
  return found;
}

/** As `gemm`, with B as `findNonzeros` has left it in `b` and `byGroup`. */
export function gemmSparse(
  packed: usize, b: usize, byGroup: usize, c: usize, rows: i32, depth: i32, groups: i32, relu: bool,
): void {
  const panel = <usize>((depth + 1) * ROWS) << 2;
  const floor = v128.load32_splat(FLOORS + (<usize>relu << 2));
  for (let first = 0; first < rows; first += ROWS) {
    const left = rows - first;
    const a0 = packed + (ROWS << 2);
    let list = byGroup;
    let b0 = b;
    let to = c + (<usize>first << 5);
    for (let g = 0; g < groups; g++) {
      let c00 = v128.load32_splat(packed, 0), c01 = c00;
      let c10 = v128.load32_splat(packed, 4), c11 = c10;
      let c20 = v128.load32_splat(packed, 8), c21 = c20;
      let c30 = v128.load32_splat(packed, 12), c31 = c30;
      let pb = b0;
      const end = list + (<usize>load<u32>(list) << 2);
      for (let at = list; at < end; at += 4) {
        const pa = a0 + <usize>load<u32>(at, 4);
        const low = v128.load(pb, 0);
        const high = v128.load(pb, 16);
        let a = v128.load32_splat(pa, 0);
        c00 = madd(c00, a, low); c01 = madd(c01, a, high);
        a = v128.load32_splat(pa, 4);
        c10 = madd(c10, a, low); c11 = madd(c11, a, high);
        a = v128.load32_splat(pa, 8);
        c20 = madd(c20, a, low); c21 = madd(c21, a, high);
        a = v128.load32_splat(pa, 12);
        c30 = madd(c30, a, low); c31 = madd(c31, a, high);
        pb += 32;
      }
      put(to, c00, floor); put(to + 16, c01, floor);
      if (left > 1) { put(to + 32, c10, floor); put(to + 48, c11, floor); }
      if (left > 2) { put(to + 64, c20, floor); put(to + 80, c21, floor); }
      if (left > 3) { put(to + 96, c30, floor); put(to + 112, c31, floor); }
      list += <usize>(depth + 1) << 2;
      b0 += <usize>depth << 5;
      to += <usize>rows << 5;
    }
    packed += panel;
  }
}
