/** Batch and layer normalisation: a workgroup measures each feature, or each sample, in a fixed order. */
import type { BatchNormLayer, LayerNormLayer } from '../../nn/model.ts';
import { lengthOf } from '../wasm/planned.ts';
import type { Place } from './plan.ts';
import type { PlanContext, Planned } from './planned.ts';
import { eachElement, eachGroup, float, groupEach, groupsFor, THREADS, TOTAL } from './wgsl.ts';

export function planBatchNorm(context: PlanContext, layer: BatchNormLayer, x: Place): Planned {
  const { plan, parameters, gradient } = context;
  const { features, epsilon, scale, shift, runningMean, runningVar } = layer;
  const length = lengthOf(layer.inputShape);
  const places = length / features;
  const sizes = {
    ...{ features, length, places, scale: scale.offset, shift: shift.offset },
    ...{ running_mean: runningMean.offset, running_var: runningVar.offset },
  };
  const elements = 'batch.count * #length';
  const groups = (count: number) => groupsFor(count * length);
  const values = (body: string): string =>
    `for (var t = lane; t < batch.count * #places; t += ${THREADS}u) {
    let i = (t / #places) * #length + g * #places + t % #places; ${body} }`;
  /** Mean and 1 / √(variance + ε) of each feature. */
  const stats = plan.scratch(0, 2 * features);
  plan.call({
    ...{ reads: { x, p: parameters }, writes: { stats, gradient }, groups: () => groupEach(features), sizes },
    text: `${TOTAL}${eachGroup(
      '#features',
      `let n = f32(batch.count * #places);
  var mean = p[#running_mean + g];
  var variance = p[#running_var + g];
  var unbiased = 1.0f;
  if (batch.training == 1u && n > 1.0f) {
    var sum = 0.0f; ${values('sum += x[i];')}
    mean = total(lane, sum) / n;
    var squares = 0.0f; ${values('squares += (x[i] - mean) * (x[i] - mean);')}
    variance = total(lane, squares) / n;
    unbiased = n / (n - 1.0f);
  }
  if (lane == 0u) {
    stats[2u * g] = mean; stats[2u * g + 1u] = 1.0f / sqrt(variance + ${float(epsilon)});
    if (batch.training == 1u) {
      gradient[#running_mean + g] = f32(batch.count) * mean;
      gradient[#running_var + g] = f32(batch.count) * variance * unbiased;
    }
  }`,
    )}`,
  });
  const feature = `let f = (i % #length) / #places; let normalised = (x[i] - stats[2u * f]) * stats[2u * f + 1u];`;
  const y = plan.scratch(length);
  plan.call({
    ...{ reads: { x, p: parameters, stats }, writes: { y }, groups, sizes },
    text: eachElement(elements, `${feature} y[i] = p[#scale + f] * normalised + p[#shift + f];`),
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      const sums = plan.scratch(0, 2 * features);
      plan.train({
        ...{ reads: { x, dy, stats }, writes: { sums, gradient }, groups: () => groupEach(features), sizes },
        text: `${TOTAL}${eachGroup(
          '#features',
          `var slope = 0.0f; var product = 0.0f;
  ${values('slope += dy[i]; product += dy[i] * ((x[i] - stats[2u * g]) * stats[2u * g + 1u]);')}
  let slopes = total(lane, slope);
  let products = total(lane, product);
  if (lane == 0u) {
    sums[2u * g] = slopes; sums[2u * g + 1u] = products;
    gradient[#shift + g] = slopes; gradient[#scale + g] = products;
  }`,
        )}`,
      });
      if (!wanted) return null;
      const dx = plan.scratch(length);
      plan.train({
        ...{ reads: { x, dy, p: parameters, stats, sums }, writes: { dx }, groups, sizes },
        text: eachElement(
          elements,
          `${feature} let n = f32(batch.count * #places);
  var centred = dy[i];
  if (n > 1.0f) { centred -= (sums[2u * f] + normalised * sums[2u * f + 1u]) / n; }
  dx[i] = p[#scale + f] * stats[2u * f + 1u] * centred;`,
        ),
      });
      return dx;
    },
  };
}

export function planLayerNorm(context: PlanContext, layer: LayerNormLayer, x: Place): Planned {
  const { plan, parameters, gradient } = context;
  const { features, epsilon, scale, shift } = layer;
  const sizes = { features, scale: scale.offset, shift: shift.offset };
  const each = (body: string): string =>
    `for (var f = lane; f < #features; f += ${THREADS}u) { let i = g * #features + f; ${body} }`;
  /** Mean and 1 / √(variance + ε) of each sample. */
  const stats = plan.scratch(2);
  const y = plan.scratch(features);
  plan.call({
    ...{ reads: { x, p: parameters }, writes: { y, stats }, groups: groupEach, sizes },
    text: `${TOTAL}${eachGroup(
      'batch.count',
      `var sum = 0.0f; ${each('sum += x[i];')}
  let mean = total(lane, sum) / f32(#features);
  var squares = 0.0f; ${each('squares += (x[i] - mean) * (x[i] - mean);')}
  let inverse = 1.0f / sqrt(total(lane, squares) / f32(#features) + ${float(epsilon)});
  ${each(`y[i] = p[#scale + f] * ((x[i] - mean) * inverse) + p[#shift + f];`)}
  if (lane == 0u) { stats[2u * g] = mean; stats[2u * g + 1u] = inverse; }`,
    )}`,
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      plan.train({
        ...{ reads: { x, dy, stats }, writes: { gradient }, groups: () => groupsFor(features), sizes },
        text: eachElement(
          '#features',
          `var slopes = 0.0f; var products = 0.0f;
  for (var s = 0u; s < batch.count; s += 1u) {
    let slope = dy[s * #features + i];
    slopes += slope;
    products += slope * ((x[s * #features + i] - stats[2u * s]) * stats[2u * s + 1u]);
  }
  gradient[#shift + i] = slopes; gradient[#scale + i] = products;`,
        ),
      });
      if (!wanted) return null;
      const dx = plan.scratch(features);
      plan.train({
        ...{ reads: { x, dy, p: parameters, stats }, writes: { dx }, groups: groupEach, sizes },
        text: `${TOTAL}${eachGroup(
          'batch.count',
          `let mean = stats[2u * g]; let inverse = stats[2u * g + 1u];
  var slope = 0.0f; var product = 0.0f;
  ${each(`let d = p[#scale + f] * dy[i]; slope += d; product += d * ((x[i] - mean) * inverse);`)}
  let slopes = total(lane, slope) / f32(#features);
  let products = total(lane, product) / f32(#features);
  ${each(`dx[i] = (p[#scale + f] * dy[i] - slopes - (x[i] - mean) * inverse * products) * inverse;`)}`,
        )}`,
      });
      return dx;
    },
  };
}
