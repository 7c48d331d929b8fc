/**
 * Losses on the interleaved outputs z[g][j][8]. Each writes dz (zero in padding lanes), adds the samples' losses in double
 * and in sample order, and counts the right answers, which `correct` returns after the call.
 *
 *   cross-entropy  ln Σ e^{z_j} − z_label; dz = softmax(z) − onehot(label)
 *     one output:  max(z, 0) − z·t + ln(1 + e^{−|z|}); dz = σ(z) − t
 *   square error   mean_j (z_j − t_j)²; dz_j = 2(z_j − t_j) / outputs
 *     of numbers  (z − t)² with t read as float; one output, and nothing is right or wrong; dz = 2(z − t)
 *   perceptron     max_j z_j − z_label; dz = onehot(argmax) − onehot(label)
 *     one output:  max(0, −y·z), y = ±1; dz = −y where the answer (z ≥ 0) is wrong
 */
import { exp4, log, sigmoid4 } from './functions';

let right: i32 = 0;

export function correct(): i32 {
  return right;
}

/** First j with the largest z_j. */
function argmax(z: usize, outputs: i32): i32 {
  let best = 0;
  let top = f32.load(z);
  for (let j = 1; j < outputs; j++) {
    const v = f32.load(z + (<usize>j << 5));
    if (v > top) {
      top = v;
      best = j;
    }
  }
  return best;
}

/** Address of output 0 of sample s. */
// @ts-ignore: decorator
@inline
function row(base: usize, s: i32, outputs: i32): usize {
  return base + ((<usize>(s >> 3) * <usize>outputs) << 5) + (<usize>(s & 7) << 2);
}

export function crossEntropy(z: usize, dz: usize, labels: usize, outputs: i32, groups: i32, count: i32): f64 {
  right = 0;
  let loss: f64 = 0;
  const rowBytes = <usize>outputs << 5;
  if (outputs > 1) {
    memory.fill(dz, 0, rowBytes * <usize>groups);
    for (let s = 0; s < count; s += 4) {
      const from = row(z, s, outputs);
      const to = row(dz, s, outputs);
      let top = v128.load(from);
      for (let j: usize = 32; j < rowBytes; j += 32) top = f32x4.max(top, v128.load(from + j));
      let total = f32x4.splat(0);
      for (let j: usize = 0; j < rowBytes; j += 32) {
        const e = exp4(f32x4.sub(v128.load(from + j), top));
        total = f32x4.add(total, e);
        v128.store(to + j, e);
      }
      for (let j: usize = 0; j < rowBytes; j += 32) v128.store(to + j, f32x4.div(v128.load(to + j), total));
      const valid = min(count - s, 4);
      for (let i = 0; i < 4; i++) {
        const lane = <usize>i << 2;
        if (i < valid) {
          const label = i32.load(labels + (<usize>(s + i) << 2));
          const at = <usize>label << 5;
          const own = f32.load(from + lane + at);
          let share: f32 = 0;
          let best: f32 = 0;
          switch (i) {
            case 0: share = f32x4.extract_lane(total, 0); best = f32x4.extract_lane(top, 0); break;
            case 1: share = f32x4.extract_lane(total, 1); best = f32x4.extract_lane(top, 1); break;
            case 2: share = f32x4.extract_lane(total, 2); best = f32x4.extract_lane(top, 2); break;
            default: share = f32x4.extract_lane(total, 3); best = f32x4.extract_lane(top, 3);
          }
          // Not finite stays not finite: log() is for finite numbers only.
          loss += (share - share == 0 ? log(<f64>share) : <f64>share) + (<f64>best - <f64>own);
          f32.store(to + lane + at, f32.load(to + lane + at) - 1);
          if (argmax(from + lane, outputs) == label) right++;
        } else {
          for (let j: usize = 0; j < rowBytes; j += 32) f32.store(to + lane + j, 0);
        }
      }
    }
    return loss;
  }
  memory.fill(dz, 0, <usize>groups << 5);
  for (let s = 0; s < count; s++) {
    const v = f32.load(z + (<usize>s << 2));
    const target = <f32>i32.load(labels + (<usize>s << 2));
    const e = f32x4.extract_lane(exp4(f32x4.splat(-abs(v))), 0);
    loss += <f64>max<f32>(v, 0) - <f64>v * <f64>target + log(1 + <f64>e);
    f32.store(dz + (<usize>s << 2), f32x4.extract_lane(sigmoid4(f32x4.splat(v)), 0) - target);
    if ((v >= 0 ? 1 : 0) == <i32>target) right++;
  }
  return loss;
}

export function squareError(z: usize, dz: usize, labels: usize, outputs: i32, groups: i32, count: i32): f64 {
  right = 0;
  let loss: f64 = 0;
  memory.fill(dz, 0, (<usize>outputs << 5) * <usize>groups);
  const factor = <f32>2 / <f32>outputs;
  for (let s = 0; s < count; s++) {
    const from = row(z, s, outputs);
    const to = row(dz, s, outputs);
    const label = i32.load(labels + (<usize>s << 2));
    let total: f64 = 0;
    for (let j = 0; j < outputs; j++) {
      const target = outputs > 1 ? <f32>(j == label ? 1 : 0) : <f32>label;
      const d = f32.load(from + (<usize>j << 5)) - target;
      total += <f64>d * <f64>d;
      f32.store(to + (<usize>j << 5), d * factor);
    }
    loss += total / <f64>outputs;
    const answer = outputs > 1 ? argmax(from, outputs) : f32.load(from) >= 0.5 ? 1 : 0;
    if (answer == label) right++;
  }
  return loss;
}

export function squaredError(z: usize, dz: usize, targets: usize, outputs: i32, groups: i32, count: i32): f64 {
  right = 0;
  let loss: f64 = 0;
  memory.fill(dz, 0, <usize>groups << 5);
  for (let s = 0; s < count; s++) {
    const lane = <usize>s << 2;
    const d = f32.load(z + lane) - f32.load(targets + lane);
    loss += <f64>d * <f64>d;
    f32.store(dz + lane, d * 2);
  }
  return loss;
}

export function perceptron(z: usize, dz: usize, labels: usize, outputs: i32, groups: i32, count: i32): f64 {
  right = 0;
  let loss: f64 = 0;
  memory.fill(dz, 0, (<usize>outputs << 5) * <usize>groups);
  for (let s = 0; s < count; s++) {
    const from = row(z, s, outputs);
    const to = row(dz, s, outputs);
    const label = i32.load(labels + (<usize>s << 2));
    const own = f32.load(from);
    let answer = own >= 0 ? 1 : 0;
    if (outputs > 1) {
      answer = argmax(from, outputs);
      loss += <f64>f32.load(from + (<usize>answer << 5)) - <f64>f32.load(from + (<usize>label << 5));
      if (answer != label) {
        f32.store(to + (<usize>answer << 5), 1);
        f32.store(to + (<usize>label << 5), -1);
      }
    } else if (answer != label) {
      loss += label == 1 ? -<f64>own : <f64>own;
      f32.store(to, label == 1 ? -1 : 1);
    } else if (own - own != 0) {
      loss += <f64>(own - own);
    }
    if (answer == label) right++;
  }
  return loss;
}
