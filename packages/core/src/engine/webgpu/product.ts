/**
 * Matrix products C[m][n] = Σₖ A[m][k]·B[k][n] as WGSL, tiled through workgroup memory and blocked in registers. Where an
 * element of A, B or C lies is said by pieces of WGSL, so that transposed matrices and convolutions are products of the same
 * kernel, without a matrix being made of them.
 *
 * Long sums over few elements (the gradient of weights over a batch) are cut into slices, each summed by workgroups of its own and
 * added afterwards in a fixed order. Nothing is added atomically, so that one device repeats its own bits; how a sum is cut depends
 * on the samples at hand and never on what was compiled for.
 */
import type { Groups, KernelOptions, Sizes } from './plan.ts';
import { THREADS } from './wgsl.ts';

/** So many of a dimension: per sample of the batch, or as such. */
export type Extent = { readonly each: number; readonly perSample: boolean };
const fixed = (each: number): Extent => ({ each, perSample: false });
const extentOf = ({ each, perSample }: Extent, count: number): number => (perSample ? each * count : each);
const extentText = (name: string, extent: Extent): string =>
  extent.perSample ? `i32(batch.count) * $${name}` : `$${name}`;

/**
 * How elements of a matrix are found. `outer` and `inner` are the bodies of functions of `at`, a row (or column) and a place in the
 * sum, to a vec4i that says what of an address depends on it; `load` is an expression of `o` and `k`, what these gave.
 */
export type Operand = {
  readonly outer: string;
  readonly inner: string;
  readonly load: string;
  /** Along which of the two neighbours in memory lie: threads beside each other read along it. */
  readonly contiguous: 'outer' | 'inner';
};

/** Tiles that fit a product, or one for all where many kernels would take longer to compile than they save. */
export type Tiles = 'fitted' | 'one';

export type Product = {
  readonly tiles: Tiles;
  readonly m: number;
  readonly n: Extent;
  readonly k: Extent;
  readonly sizes: Sizes;
  readonly a: Operand;
  readonly b: Operand;
  readonly reads: KernelOptions['reads'];
  readonly writes: KernelOptions['writes'];
  /** WGSL functions that the pieces use. */
  readonly functions?: string;
  readonly store:
    | {
        /** Body of a function of `n` to what of a column's address depends on it, as i32. */
        readonly type: 'each';
        readonly column: string;
        /** Statements that store `value` of row `m`, where the column's is `c_at`. */
        readonly text: string;
      }
    /** Four columns at once: the same of `column`, the first of the four, and `value`, a vec4f. */
    | { readonly type: 'four'; readonly column: string; readonly text: string };
};

const DEPTH = 16;

type Tile = { readonly bm: number; readonly bn: number; readonly tm: number; readonly tn: number };

function sideOf(extent: number): number {
  if (extent <= 16) return 16;
  if (extent <= 32) return 32;
  // 128 wastes up to half of a tile where 64 fits.
  return extent <= 64 || (extent > 128 && extent <= 192) ? 64 : 128;
}

/** A batch is taken for long. */
function tileOf({ m, n, tiles }: Pick<Product, 'm' | 'n' | 'tiles'>): Tile {
  if (tiles === 'one') return { bm: 32, bn: 32, tm: 4, tn: 4 };
  const [bm, bn] = [sideOf(m), n.perSample ? (m <= 64 && n.each === 1 ? 64 : 128) : sideOf(n.each)];
  // As many threads as rows at least: each sums one.
  return { bm, bn, tm: bm === 128 && bn >= 32 ? 8 : 4, tn: bn === 128 ? 8 : 4 };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The kernel of a product; `slices` as `slicesOf` gives them, or null for a sum in one piece. */
export function productKernel(product: Product, slices: Slices | null = null): KernelOptions {
  const { m, n, k, a, b, reads, writes, store, functions = '' } = product;
  const { bm, bn, tm, tn } = tileOf(product);
  const tilesM = Math.ceil(m / bm);
  const sizes = { tiles_m: tilesM, ...product.sizes, ...slices?.sizes, m, n_each: n.each, k_each: k.each };
  const [rows, columns] = [bm / tm, bn / tn];
  const threads = rows * columns;
  const sums = slices?.rowSums ?? false;
  const text = `
${functions}
fn a_outer(at: i32) -> vec4i { ${a.outer} }
fn a_inner(at: i32) -> vec4i { ${a.inner} }
fn a_load(o: vec4i, k: vec4i) -> f32 { return ${a.load}; }
fn b_outer(at: i32) -> vec4i { ${b.outer} }
fn b_inner(at: i32) -> vec4i { ${b.inner} }
fn b_load(o: vec4i, k: vec4i) -> f32 { return ${b.load}; }
fn column_of(n: i32) -> i32 { ${store.column} }
var<workgroup> as_: array<vec4f, ${(DEPTH * bm) / 4}>;
var<workgroup> bs_: array<vec4f, ${(DEPTH * bn) / 4}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) nw: vec3u, @builtin(local_invocation_index) lane: u32) {
  let n_max = ${extentText('n_each', n)};
  let k_all = ${extentText('k_each', k)};
  let tile_n = i32(wg.x + wg.y * nw.x);
  let n_from = (tile_n / $tiles_m) * ${bn};
  let m_from = (tile_n % $tiles_m) * ${bm};
  if (n_from >= n_max) { return; }
  ${
    slices === null
      ? 'let k_from = 0; let k_max = k_all;'
      : `let slice = ${slices.lengthText}; let k_from = i32(wg.z) * slice; let k_max = min(k_all, k_from + slice);`
  }
  ${placeOfThread(rows, columns)}
  var c: array<vec4f, ${(tm * tn) / 4}>;
  ${sums ? 'var row_sum = 0.0f;' : ''}
  ${loaderOf('a', a, bm, threads, '$m').prepare}
  ${loaderOf('b', b, bn, threads, 'n_max').prepare}
  for (var k0 = k_from; k0 < k_max; k0 += ${DEPTH}) {
    ${loaderOf('a', a, bm, threads, '$m').load}
    ${loaderOf('b', b, bn, threads, 'n_max').load}
    workgroupBarrier();
    for (var kk = 0u; kk < ${DEPTH}u; kk += 1u) {
      ${range(tn / 4)
        .map((j) => `let b${j} = bs_[kk * ${bn / 4}u + ${j * columns}u + tx];`)
        .join(' ')}
      for (var i = 0u; i < ${tm / 4}u; i += 1u) {
        let a = as_[kk * ${bm / 4}u + i * ${rows}u + ty];
        ${range(4)
          .map((e) =>
            range(tn / 4)
              .map((j) => `c[i * ${tn}u + ${e * (tn / 4) + j}u] += a.${'xyzw'[e]} * b${j};`)
              .join(' '),
          )
          .join('\n        ')}
      }
    }
    ${
      sums
        ? `if (n_from == 0) { for (var r = lane; r < ${bm}u; r += ${threads}u) {
      for (var kk = 0u; kk < ${DEPTH}u; kk += 1u) { row_sum += as_[kk * ${bm / 4}u + (r >> 2u)][r & 3u]; } } }`
        : ''
    }
    workgroupBarrier();
  }
  ${storeText(store, { tm, tn, rows, columns })}
  ${
    sums
      ? `if (n_from == 0 && lane < ${bm}u && m_from + i32(lane) < $m) {
    partial[i32(wg.z) * $words + $m * $n_each + m_from + i32(lane)] = row_sum; }`
      : ''
  }
}`;
  return {
    sizes,
    reads,
    writes,
    text,
    groups: (count): Groups => {
      const tiles = Math.ceil(extentOf(n, count) / bn) * tilesM;
      const x = Math.min(tiles, 32768);
      return [x, Math.ceil(tiles / x), slices === null ? 1 : slices.count(count)];
    },
  };
}

/**
 * Which rows and columns a thread has. Where there are enough of both, neighbours form blocks of 8 × 4, so that what 32 of them
 * read of either tile at once is short.
 */
function placeOfThread(rows: number, columns: number): string {
  if (rows % 8 === 0 && columns % 4 === 0 && rows * columns >= 32) {
    return `let block = lane >> 5u; let within = lane & 31u;
  let ty = (within >> 2u) + 8u * (block % ${rows / 8}u); let tx = (within & 3u) + 4u * (block / ${rows / 8}u);`;
  }
  return `let tx = lane % ${columns}u; let ty = lane / ${columns}u;`;
}

/**
 * Each thread fetches four neighbours of the outer dimension at one place of the sum, so many times. What of an address depends on
 * the outer dimension alone is worked out once. Loops of so few constant turns are unrolled by the compilers of devices.
 */
function loaderOf(
  name: 'a' | 'b',
  { contiguous }: Operand,
  side: number,
  threads: number,
  outerMax: string,
): { readonly prepare: string; readonly load: string } {
  const fours = (side / 4) * DEPTH;
  const times = Math.ceil(fours / threads);
  const from = name === 'a' ? 'm_from' : 'n_from';
  const place =
    contiguous === 'outer'
      ? `let four = index % ${side / 4}u; let kk = index / ${side / 4}u;`
      : `let four = index / ${DEPTH}u; let kk = index % ${DEPTH}u;`;
  const turns = (body: string): string =>
    `for (var t = 0u; t < ${times}u; t += 1u) { let index = lane + t * ${threads}u; ${place} ${body} }`;
  const guarded = (body: string): string =>
    fours % threads === 0 ? body : `if (index < ${fours}u) { ${body} }`;
  return {
    prepare: `var ${name}_at: array<vec4i, ${times * 4}>;
  ${turns(`for (var e = 0u; e < 4u; e += 1u) { ${name}_at[t * 4u + e] = ${name}_outer(${from} + i32(four * 4u + e)); }`)}`,
    load: turns(
      guarded(`var v = vec4f(); let k = k0 + i32(kk); let first = ${from} + i32(four) * 4;
      if (k < k_max) { let at_k = ${name}_inner(k);
        for (var e = 0; e < 4; e += 1) { if (first + e < ${outerMax}) { v[e] = ${name}_load(${name}_at[t * 4u + u32(e)], at_k); } } }
      ${name}s_[kk * ${side / 4}u + four] = v;`),
    ),
  };
}

function storeText(
  store: Product['store'],
  { tm, tn, rows, columns }: { tm: number; tn: number; rows: number; columns: number },
): string {
  const body =
    store.type === 'four'
      ? `let n = n_four; let c_at = column_of(n);
        for (var i = 0; i < ${tm}; i += 1) {
          let m = m_from + (i >> 2u) * ${rows * 4} + (i & 3) + i32(ty) * 4;
          if (m < $m) { let value = c[i * ${tn / 4} + j]; ${store.text} }
        }`
      : `for (var e = 0; e < 4; e += 1) {
        let n = n_four + e; let c_at = column_of(n);
        if (n < n_max) { for (var i = 0; i < ${tm}; i += 1) {
          let m = m_from + (i >> 2u) * ${rows * 4} + (i & 3) + i32(ty) * 4;
          if (m < $m) { let value = c[i * ${tn / 4} + j][e]; ${store.text} }
        } }
      }`;
  return `for (var j = 0; j < ${tn / 4}; j += 1) {
    let n_four = n_from + j * ${columns * 4} + i32(tx) * 4;
    if (n_four < n_max) { ${body} }
  }`;
}

/* ── Sums in slices ────────────────────────────────────────────────────── */

export type Slices = {
  /** How many for so many samples. */
  readonly count: (count: number) => number;
  readonly most: number;
  /** WGSL for the places of the sum in each, as i32. */
  readonly lengthText: string;
  readonly sizes: { readonly most: number; readonly words: number };
  /** Words of one slice's sums: m × n, and m sums of rows behind them. */
  readonly words: number;
  /** Whether Σₖ A[m][k] is summed too, as the gradient of biases is. */
  readonly rowSums: boolean;
};

/** So many threads keep a large device busy. */
const THREADS_WANTED = 65536;
/** Shorter slices would cost more to add than to sum. */
const SLICE_LEAST = 256;
const SLICES_WORDS_MAX = 1 << 24;

export function slicesOf(product: Pick<Product, 'm' | 'n' | 'k' | 'tiles'>, rowSums: boolean): Slices {
  const { m, n, k } = product;
  const { bm, bn, tm, tn } = tileOf(product);
  const tiles = Math.ceil(m / bm) * Math.ceil(n.each / bn);
  const threads = (bm / tm) * (bn / tn);
  const words = m * n.each + (rowSums ? m : 0);
  const wanted = Math.ceil(THREADS_WANTED / (tiles * threads));
  const most = Math.max(1, Math.min(wanted, 1024, Math.floor(SLICES_WORDS_MAX / words)));
  const lengthOf = (sum: number): number =>
    Math.max(SLICE_LEAST, Math.ceil(Math.ceil(sum / most) / DEPTH) * DEPTH);
  return {
    count: (count) => Math.ceil(extentOf(k, count) / lengthOf(extentOf(k, count))),
    most,
    lengthText: `max(${SLICE_LEAST}, (((k_all + $most - 1) / $most + ${DEPTH - 1}) / ${DEPTH}) * ${DEPTH})`,
    sizes: { most, words },
    words,
    rowSums,
  };
}

/** Sums the slices of each element: `partial` to `sums`, where element i goes to `target(i)`, a WGSL expression. */
export function sliceSums(
  slices: Slices,
  k: Extent,
  reads: KernelOptions['reads'],
  writes: KernelOptions['writes'],
  target: { readonly text: string; readonly sizes: Sizes },
): KernelOptions {
  const lanes = slices.most >= 32 ? 32 : 1;
  const each = THREADS / lanes;
  const { words } = slices;
  const text = `
var<workgroup> terms: array<f32, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) nw: vec3u, @builtin(local_invocation_index) lane: u32) {
  let k_all = ${extentText('k_each', k)};
  let slice = ${slices.lengthText};
  let slices = u32((k_all + slice - 1) / slice);
  let i = (wg.y * nw.x + wg.x) * ${each}u + lane % ${each}u;
  var sum = 0.0f;
  if (i < #words) {
    for (var z = lane / ${each}u; z < slices; z += ${lanes}u) { sum += partial[z * #words + i]; }
  }
  ${
    lanes === 1
      ? ''
      : `terms[lane] = sum;
  for (var width = ${THREADS / 2}u; width >= ${each}u; width >>= 1u) {
    workgroupBarrier();
    if (lane < width) { terms[lane] += terms[lane + width]; }
  }
  workgroupBarrier();
  sum = terms[lane];`
  }
  if (lane < ${each}u && i < #words) { sums[${target.text}] = sum; }
}`;
  const groups = Math.ceil(words / each);
  const x = Math.min(groups, 32768);
  const sizes = { k_each: k.each, ...slices.sizes, ...target.sizes };
  return { sizes, reads, writes, text, groups: () => [x, Math.ceil(groups / x), 1] };
}

export const perSample = (each: number): Extent => ({ each, perSample: true });
export { fixed as fixedExtent };

/** Where the sums of a layer go in the flat vector: its weights, and the sums of rows behind them its biases. */
export function weightTarget(
  weight: { readonly offset: number; readonly length: number },
  bias: { readonly offset: number } | null,
): { readonly text: string; readonly sizes: Sizes } {
  const sizes = { weight: weight.offset, weights: weight.length, bias: bias?.offset ?? 0 };
  if (bias === null) return { text: '#weight + i', sizes };
  return { text: 'select(#bias + i - #weights, #weight + i, i < #weights)', sizes };
}
