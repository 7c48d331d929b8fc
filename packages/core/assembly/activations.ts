/**
 * Activations, elementwise over `bytes` of interleaved values.
 *
 *   relu        y = max(x, 0)                dx = dy where y > 0
 *   leaky relu  y = x > 0 ? x : s·x          dx = x > 0 ? dy : s·dy
 *   prelu       the same with a learned s    ds = Σ dy·x where x ≤ 0
 *   sigmoid     y = 1/(1 + e⁻ˣ)              dx = dy·y·(1 − y)
 *   tanh                                     dx = dy·(1 − y²)
 *   gelu        y = x·Φ(x)                   dx = dy·(Φ(x) + x·φ(x))
 *   step        y = x ≥ 0 ? 1 : 0            dx = 0
 *   softmax     y = e^{x−max} / Σ e^{x−max}  dx = y·(dy − Σ dy·y), over the features of each sample
 */
import { madd, sum } from './arithmetic';
import { bell4, exp4, normal4, sigmoid4, tanh4 } from './functions';

export function relu(x: usize, y: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  for (const end = x + bytes; x < end; x += 16, y += 16) v128.store(y, f32x4.pmax(v128.load(x), zero));
}

export function reluBackward(y: usize, dy: usize, dx: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  for (const end = y + bytes; y < end; y += 16, dy += 16, dx += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
  }
}

export function leakyRelu(x: usize, y: usize, bytes: usize, slope: f32): void {
  const zero = f32x4.splat(0);
  const factor = f32x4.splat(slope);
  for (const end = x + bytes; x < end; x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, v128.bitselect(v, f32x4.mul(v, factor), f32x4.gt(v, zero)));
  }
}

export function leakyReluBackward(x: usize, dy: usize, dx: usize, bytes: usize, slope: f32): void {
  const zero = f32x4.splat(0);
  const factor = f32x4.splat(slope);
  for (const end = x + bytes; x < end; x += 16, dy += 16, dx += 16) {
    const d = v128.load(dy);
    v128.store(dx, v128.bitselect(d, f32x4.mul(d, factor), f32x4.gt(v128.load(x), zero)));
  }
}

export function prelu(x: usize, y: usize, bytes: usize, slope: usize): void {
  leakyRelu(x, y, bytes, f32.load(slope));
}

export function preluBackward(
  x: usize, dy: usize, dx: usize, bytes: usize, slope: usize, slopeGradient: usize,
): void {
  const zero = f32x4.splat(0);
  const factor = v128.load32_splat(slope);
  let total: f64 = 0;
  for (const end = x + bytes; x < end; ) {
    // Short float sums inside a long double one: a layer may have millions of elements.
    const stop = min(end, x + 4096);
    let part = zero;
    for (; x < stop; x += 16, dy += 16, dx += 16) {
      const v = v128.load(x);
      const d = v128.load(dy);
      const positive = f32x4.gt(v, zero);
      part = f32x4.add(part, v128.andnot(f32x4.mul(d, v), positive));
      v128.store(dx, v128.bitselect(d, f32x4.mul(d, factor), positive));
    }
    total += <f64>sum(part);
  }
  f32.store(slopeGradient, <f32>total);
}

export function sigmoid(x: usize, y: usize, bytes: usize): void {
  for (const end = x + bytes; x < end; x += 16, y += 16) v128.store(y, sigmoid4(v128.load(x)));
}

export function sigmoidBackward(y: usize, dy: usize, dx: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (const end = y + bytes; y < end; y += 16, dy += 16, dx += 16) {
    const v = v128.load(y);
    v128.store(dx, f32x4.mul(v128.load(dy), f32x4.mul(v, f32x4.sub(one, v))));
  }
}

export function tanh(x: usize, y: usize, bytes: usize): void {
  for (const end = x + bytes; x < end; x += 16, y += 16) v128.store(y, tanh4(v128.load(x)));
}

export function tanhBackward(y: usize, dy: usize, dx: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (const end = y + bytes; y < end; y += 16, dy += 16, dx += 16) {
    const v = v128.load(y);
    v128.store(dx, f32x4.mul(v128.load(dy), f32x4.sub(one, f32x4.mul(v, v))));
  }
}

export function gelu(x: usize, y: usize, bytes: usize): void {
  for (const end = x + bytes; x < end; x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, f32x4.mul(v, normal4(v, bell4(v))));
  }
}

export function geluBackward(x: usize, dy: usize, dx: usize, bytes: usize): void {
  const root = f32x4.splat(0.3989422804014327);
  for (const end = x + bytes; x < end; x += 16, dy += 16, dx += 16) {
    const v = v128.load(x);
    const bell = bell4(v);
    const slope = madd(normal4(v, bell), v, f32x4.mul(bell, root));
    v128.store(dx, f32x4.mul(v128.load(dy), slope));
  }
}

export function step(x: usize, y: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (const end = x + bytes; x < end; x += 16, y += 16) {
    v128.store(y, v128.and(one, f32x4.ge(v128.load(x), zero)));
  }
}

export function softmax(x: usize, y: usize, features: i32, groups: i32): void {
  const row = <usize>features << 5;
  for (let g = 0; g < groups; g++) {
    for (let half: usize = 0; half < 32; half += 16) {
      const from = x + <usize>g * row + half;
      const to = y + <usize>g * row + half;
      let top = v128.load(from);
      for (let f: usize = 32; f < row; f += 32) top = f32x4.max(top, v128.load(from + f));
      let total = f32x4.splat(0);
      for (let f: usize = 0; f < row; f += 32) {
        const e = exp4(f32x4.sub(v128.load(from + f), top));
        total = f32x4.add(total, e);
        v128.store(to + f, e);
      }
      for (let f: usize = 0; f < row; f += 32) v128.store(to + f, f32x4.div(v128.load(to + f), total));
    }
  }
}

export function softmaxBackward(y: usize, dy: usize, dx: usize, features: i32, groups: i32): void {
  const row = <usize>features << 5;
  for (let g = 0; g < groups; g++) {
    for (let half: usize = 0; half < 32; half += 16) {
      const at = <usize>g * row + half;
      let total = f32x4.splat(0);
      for (let f: usize = 0; f < row; f += 32) {
        total = madd(total, v128.load(y + at + f), v128.load(dy + at + f));
      }
      for (let f: usize = 0; f < row; f += 32) {
        const d = f32x4.sub(v128.load(dy + at + f), total);
        v128.store(dx + at + f, f32x4.mul(v128.load(y + at + f), d));
      }
    }
  }
}
