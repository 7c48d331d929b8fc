/**
 * Long sums over few elements (the gradient of weights over a batch) are cut into slices, each summed by workgroups of its own and
 * added afterwards in a fixed order. Nothing is added atomically, so that one device repeats its own bits; how a sum is cut depends
 * on the samples at hand and never on what was compiled for. A sum that is short enough for one slice is written where it belongs.
 */
import type { Groups, KernelOptions, Place, Sizes } from './plan.ts';
import { DEPTH, type Extent, extentOf, extentText, type Sizing, tileOf } from './tiles.ts';
import { THREADS } from './wgsl.ts';

export type Slices = {
  /** How many for so many samples. */
  readonly count: (count: number) => number;
  readonly most: number;
  /** WGSL for the places of the sum in each, as i32. */
  readonly lengthText: string;
  readonly sizes: Sizes;
  /** Words of one slice's sums: m × n, and m sums of rows behind them. */
  readonly words: number;
  /** Whether Σₖ A[m][k] is summed too, as the gradient of biases is. */
  readonly rowSums: boolean;
  /** WGSL function keep(i, slice, slices, value): element i of a slice, to `partial`, or to `sums` where there is no other. */
  readonly keep: string;
  /** Where element `i` of `sums` goes, a WGSL expression. */
  readonly target: string;
};

/** So many threads keep a large device busy. */
const THREADS_WANTED = 65536;
/** Shorter slices would cost more to add than to sum. */
const SLICE_LEAST = 256;
const SLICES_WORDS_MAX = 1 << 24;
/** So many slices are added by one thread for each element, more by so many threads. */
const LANES = 32;

/** Where the sums of a layer go in the flat vector: its weights, and the sums of rows behind them its biases. */
export type SumTarget = {
  readonly weight: { readonly offset: number; readonly length: number };
  readonly bias: { readonly offset: number } | null;
};

export function slicesOf(product: Sizing, { weight, bias }: SumTarget): Slices {
  const { m, n, k } = product;
  const { bm, bn, tm, tn } = tileOf(product);
  const tiles = Math.ceil(m / bm) * Math.ceil(n.each / bn);
  const threads = (bm / tm) * (bn / tn);
  const words = m * n.each + (bias === null ? 0 : m);
  const wanted = Math.ceil(THREADS_WANTED / (tiles * threads));
  const most = Math.max(1, Math.min(wanted, 1024, Math.floor(SLICES_WORDS_MAX / words)));
  const lengthOf = (sum: number): number =>
    Math.max(SLICE_LEAST, Math.ceil(Math.ceil(sum / most) / DEPTH) * DEPTH);
  const target = bias === null ? '#weight + i' : 'select(#bias + i - #weights, #weight + i, i < #weights)';
  return {
    count: (count) => Math.ceil(extentOf(k, count) / lengthOf(extentOf(k, count))),
    most,
    lengthText: `max(${SLICE_LEAST}, (((k_all + $most - 1) / $most + ${DEPTH - 1}) / ${DEPTH}) * ${DEPTH})`,
    sizes: { most, words, weight: weight.offset, weights: weight.length, bias: bias?.offset ?? 0 },
    words,
    rowSums: bias !== null,
    target,
    keep: `fn keep(i: u32, slice: u32, slices: u32, value: f32) {
  if (slices == 1u) { sums[${target}] = value; } else { partial[slice * #words + i] = value; }
}`,
  };
}

/** Adds the slices of each element: `partial` to `sums`. */
export function sliceSums(slices: Slices, k: Extent, partial: Place, sums: Place): KernelOptions {
  const { words } = slices;
  const each = THREADS / LANES;
  const text = `
var<workgroup> terms: array<f32, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) nw: vec3u, @builtin(local_invocation_index) lane: u32) {
  let k_all = ${extentText('k_each', k)};
  let slice = ${slices.lengthText};
  let slices = u32((k_all + slice - 1) / slice);
  let g = wg.y * nw.x + wg.x;
  if (slices <= ${LANES}u) {
    let i = g * ${THREADS}u + lane;
    if (i < #words) {
      var sum = 0.0f;
      for (var z = 0u; z < slices; z += 1u) { sum += partial[z * #words + i]; }
      sums[${slices.target}] = sum;
    }
  } else {
    let i = g * ${each}u + lane % ${each}u;
    var sum = 0.0f;
    if (i < #words) {
      for (var z = lane / ${each}u; z < slices; z += ${LANES}u) { sum += partial[z * #words + i]; }
    }
    terms[lane] = sum;
    for (var width = ${THREADS / 2}u; width >= ${each}u; width >>= 1u) {
      workgroupBarrier();
      if (lane < width) { terms[lane] += terms[lane + width]; }
    }
    if (lane < ${each}u && i < #words) { sums[${slices.target}] = terms[lane]; }
  }
}`;
  return {
    ...{ sizes: { k_each: k.each, ...slices.sizes }, reads: { partial }, writes: { sums }, text },
    groups: (count): Groups => {
      const many = slices.count(count);
      if (many === 1) return [0, 0, 0];
      const groups = Math.ceil(words / (many <= LANES ? THREADS : each));
      const x = Math.min(groups, 32768);
      return [x, Math.ceil(groups / x), 1];
    },
  };
}
