/** Losses: a thread for each sample, which leaves ∂loss/∂z, the sample's loss and whether its answer is right. */
import type { LossName } from '../../nn/layers.ts';
import type { Model } from '../../nn/model.ts';
import type { Place } from './plan.ts';
import type { PlanContext } from './planned.ts';
import { eachElement, FUNCTIONS, groupsFor } from './wgsl.ts';

export type LossPlaces = {
  readonly z: Place;
  /** [microbatch] i32. */
  readonly targets: Place;
  /** [microbatch × 2] u32: the bits of the loss, and 1 where the answer is right. */
  readonly results: Place;
};

/** @returns where ∂loss/∂z lies */
export function planLoss({ plan }: PlanContext, model: Model, { z, targets, results }: LossPlaces): Place {
  const { outputs, loss } = model;
  const dz = plan.scratch(outputs);
  plan.call({
    reads: { z, targets: { place: targets, type: 'i32' } },
    writes: { dz, results: { place: results, type: 'u32' } },
    sizes: { outputs },
    groups: (count) => groupsFor(count),
    text: `${FUNCTIONS}${eachElement(
      'batch.count',
      `let first = i * #outputs; let label = u32(targets[i]);
  var top = 0u; var broken = false;
  for (var k = 0u; k < #outputs; k += 1u) {
    if (z[first + k] > z[first + top]) { top = k; }
    // A compiler may take for granted that no float is NaN; its bits are looked at as a whole number.
    broken = broken || (bitcast<u32>(z[first + k]) & 0x7f800000u) == 0x7f800000u;
  }
  var l = 0.0f; var right = top == label;
  ${outputs === 1 ? SINGLE[loss] : SEVERAL[loss]}
  results[2u * i] = select(bitcast<u32>(l), 0x7fc00000u, broken);
  results[2u * i + 1u] = select(0u, 1u, right);`,
    )}`,
  });
  return dz;
}

/** Of one output, whose target is the label itself. */
const SINGLE: Readonly<Record<LossName, string>> = {
  cross_entropy: `let v = z[first];
  dz[i] = logistic(v) - f32(label);
  l = max(v, 0.0f) - f32(label) * v + ln(1.0f + e(-abs(v)));
  right = (v >= 0.0f) == (label == 1u);`,
  mse: `let error = z[first] - f32(label);
  dz[i] = 2.0f * error; l = error * error;
  right = (z[first] >= 0.5f) == (label == 1u);`,
  perceptron: `let v = z[first]; let y = select(-1.0f, 1.0f, label == 1u);
  right = (v >= 0.0f) == (label == 1u);
  dz[i] = select(-y, 0.0f, right); l = max(0.0f, -y * v);`,
  squared_error: `let error = z[first] - bitcast<f32>(targets[i]);
  dz[i] = 2.0f * error; l = error * error; right = false;`,
};

/** Of several, whose target is the one-hot vector of the label. */
const SEVERAL: Readonly<Record<LossName, string>> = {
  cross_entropy: `let most = z[first + top];
  var sum = 0.0f;
  for (var k = 0u; k < #outputs; k += 1u) { sum += e(z[first + k] - most); }
  for (var k = 0u; k < #outputs; k += 1u) {
    dz[first + k] = e(z[first + k] - most) / sum - select(0.0f, 1.0f, k == label);
  }
  l = most - z[first + label] + ln(sum);`,
  mse: `for (var k = 0u; k < #outputs; k += 1u) {
    let error = z[first + k] - select(0.0f, 1.0f, k == label);
    l += error * error; dz[first + k] = 2.0f * error / f32(#outputs);
  }
  l /= f32(#outputs);`,
  perceptron: `for (var k = 0u; k < #outputs; k += 1u) {
    dz[first + k] = select(0.0f, 1.0f, k == top) - select(0.0f, 1.0f, k == label);
  }
  l = z[first + top] - z[first + label];`,
  // A model for it has one output.
  squared_error: '',
};
