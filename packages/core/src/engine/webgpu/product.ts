/**
 * Matrix products C[m][n] = Σₖ A[m][k]·B[k][n] as WGSL, tiled through workgroup memory and blocked in registers. Where an
 * element of A, B or C lies is said by pieces of WGSL, so that transposed matrices and convolutions are products of the same
 * kernel, without a matrix being made of them.
 */
import type { Groups, KernelOptions, Place, Plan, Sizes } from './plan.ts';
import { type Slices, type SumTarget, sliceSums, slicesOf } from './slices.ts';
import { DEPTH, extentOf, extentText, type Sizing, tileOf } from './tiles.ts';

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

export type Product = Sizing & {
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
${slices?.keep ?? ''}
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
      : `let slice = ${slices.lengthText}; let slices = u32((k_all + slice - 1) / slice);
  let k_from = i32(wg.z) * slice; let k_max = min(k_all, k_from + slice);`
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
    keep(u32($m * $n_each + m_from) + lane, wg.z, slices, row_sum); }`
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

/** Adds the kernels of a gradient over the batch: of weights, and of biases where there are any. */
export function trainSums(
  plan: Plan,
  product: Omit<Product, 'tiles' | 'store' | 'writes'>,
  gradient: Place,
  target: SumTarget,
): void {
  const sized = { ...product, tiles: plan.tiles };
  const slices = slicesOf(sized, target);
  const partial = plan.scratch(0, slices.words * slices.most);
  const text = 'keep(u32(m * $n_each + c_at), wg.z, slices, value);';
  const store = { type: 'each', column: 'return n;', text } as const;
  plan.train(productKernel({ ...sized, writes: { partial, sums: gradient }, store }, slices));
  plan.train(sliceSums(slices, product.k, partial, gradient));
}
