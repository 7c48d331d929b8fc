/** Pieces of WGSL that kernels are put together from, and how many workgroups they take. */
import type { Groups } from './plan.ts';

/** Threads of the kernels that look at one element each, or sum with one workgroup. */
export const THREADS = 256;
/** Workgroups in a row of a dispatch; more make further rows. The least that a device may offer is 65535. */
const ROW_GROUPS = 32768;

export function groupsFor(elements: number, each = THREADS): Groups {
  const groups = Math.max(1, Math.ceil(elements / each));
  const x = Math.min(groups, ROW_GROUPS);
  return [x, Math.ceil(groups / x), 1];
}

/** One workgroup for each of `many`. */
export const groupEach = (many: number): Groups => groupsFor(many, 1);

const BUILTINS =
  '@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) nw: vec3u, @builtin(local_invocation_index) lane: u32';

/** `body` sees the number of its element as `i`; `elements` is an expression. */
export const eachElement = (elements: string, body: string): string => `
@compute @workgroup_size(${THREADS})
fn main(${BUILTINS}) {
  let i = (wg.y * nw.x + wg.x) * ${THREADS}u + lane;
  if (i >= ${elements}) { return; }
  ${body}
}`;

/** `body` is run by all threads of one workgroup, whose number it sees as `g` and its own as `lane`. */
export const eachGroup = (groups: string, body: string): string => `
@compute @workgroup_size(${THREADS})
fn main(${BUILTINS}) {
  let g = wg.y * nw.x + wg.x;
  if (g >= ${groups}) { return; }
  ${body}
}`;

/** fn total(lane, value): the sum of all threads' values, added in the order of a binary tree, known to all of them. */
export const TOTAL = `
var<workgroup> terms: array<f32, ${THREADS}>;
fn total(lane: u32, value: f32) -> f32 {
  workgroupBarrier();
  terms[lane] = value;
  for (var width = ${THREADS / 2}u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (lane < width) { terms[lane] += terms[lane + width]; }
  }
  workgroupBarrier();
  return terms[0];
}
fn largest(lane: u32, value: f32) -> f32 {
  workgroupBarrier();
  terms[lane] = value;
  for (var width = ${THREADS / 2}u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (lane < width) { terms[lane] = max(terms[lane], terms[lane + width]); }
  }
  workgroupBarrier();
  return terms[0];
}`;

/** A float as WGSL writes it, with all of its digits. */
export function float(value: number): string {
  const text = Math.fround(value).toString();
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/**
 * The elementary functions, as the strict kernels have them (`assembly/functions.ts` gives the reasons): WGSL's own may be off by
 * as much as a driver likes.
 */
export const FUNCTIONS = `
fn e(value: f32) -> f32 {
  let x = clamp(value, -87.0, 88.0);
  let n = round(x * 1.442695f);
  var r = x - n * 0.693359375f;
  r += n * 2.1219444e-4f;
  var p = 1.984127e-4f;
  p = p * r + 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666668e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  let power = bitcast<f32>(u32(i32(n) + 127) << 23u);
  return select(p * power, value, value != value);
}
fn logistic(x: f32) -> f32 { return 1.0f / (1.0f + e(-x)); }
fn hyperbolic(x: f32) -> f32 {
  let size = abs(x);
  if (size < 1.0f) {
    let s = x * x;
    let over = ((s + 378.0f) * s + 17325.0f) * s + 135135.0f;
    let under = ((28.0f * s + 3150.0f) * s + 62370.0f) * s + 135135.0f;
    return x * over / under;
  }
  let far = 1.0f - 2.0f / (e(size + size) + 1.0f);
  return select(far, -far, x < 0.0f);
}
fn bell(x: f32) -> f32 { return e(-0.5f * x * x); }
fn normal(x: f32) -> f32 {
  let t = 1.0f / (1.0f + 0.3f * abs(x));
  var p = 0.0388709195f;
  p = p * t - 0.171443552f;
  p = p * t + 0.233107477f;
  p = p * t - 0.0812823027f;
  p = p * t + 0.145609826f;
  p = p * t + 0.0934725851f;
  p = p * t + 0.122204594f;
  p = p * t + 0.119451404f;
  p = p * t + 9.09630853e-06f;
  let tail = bell(x) * p;
  return select(tail, 1.0f - tail, x >= 0.0f);
}
fn ln(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  var k = f32(i32(bits >> 23u) - 127);
  var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
  if (m > 1.4142135f) { m *= 0.5f; k += 1.0f; }
  let s = (m - 1.0f) / (m + 1.0f);
  let z = s * s;
  let series = ((((z / 9.0f + 1.0f / 7.0f) * z + 0.2f) * z + 1.0f / 3.0f) * z + 1.0f) * 2.0f * s;
  return select(k * 0.6931472f + series, x, x != x);
}`;

/** Threefry-4x32-20 (`random/threefry.ts`): fn threefry(key, counter0, counter1) -> vec4u, the other counters being 0. */
export const THREEFRY = `
fn turned(x: u32, by: u32) -> u32 { return (x << by) | (x >> (32u - by)); }
fn threefry(key: vec4u, c0: u32, c1: u32) -> vec4u {
  let ks = array<u32, 5>(key.x, key.y, key.z, key.w, 0x1bd11bdau ^ key.x ^ key.y ^ key.z ^ key.w);
  const a = array<u32, 8>(10u, 11u, 13u, 23u, 6u, 17u, 25u, 18u);
  const b = array<u32, 8>(26u, 21u, 27u, 5u, 20u, 11u, 10u, 20u);
  var x = vec4u(c0 + ks[0], c1 + ks[1], ks[2], ks[3]);
  for (var round = 0u; round < 20u; round += 1u) {
    let r = round & 7u;
    if ((round & 1u) == 0u) {
      x.x += x.y; x.y = turned(x.y, a[r]) ^ x.x;
      x.z += x.w; x.w = turned(x.w, b[r]) ^ x.z;
    } else {
      x.x += x.w; x.w = turned(x.w, a[r]) ^ x.x;
      x.z += x.y; x.y = turned(x.y, b[r]) ^ x.z;
    }
    if ((round & 3u) == 3u) {
      let s = (round + 1u) >> 2u;
      x += vec4u(ks[s % 5u], ks[(s + 1u) % 5u], ks[(s + 2u) % 5u], ks[(s + 3u) % 5u] + s);
    }
  }
  return x;
}`;
