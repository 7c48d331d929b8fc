/** Activations, dropout and softmax: kernels that look at one element, or one sample, at a time. */
import type { Layer } from '../../nn/model.ts';
import { Purpose } from '../../random/threefry.ts';
import { lengthOf } from '../wasm/planned.ts';
import type { Place } from './plan.ts';
import { type PlanContext, type Planned, unsigned } from './planned.ts';
import {
  eachElement,
  eachGroup,
  FUNCTIONS,
  float,
  groupEach,
  groupsFor,
  THREADS,
  THREEFRY,
  TOTAL,
} from './wgsl.ts';

/** f as an expression of x, and f′ of x and y = f(x). */
type Activation = { readonly value: string; readonly slope: string };

const rectified = (slope: string): Activation => ({
  value: `select(${slope} * v, v, v > 0.0f)`,
  slope: `select(${slope}, 1.0f, v > 0.0f)`,
});

type ElementLayer = Extract<
  Layer,
  { type: 'step' | 'sigmoid' | 'tanh' | 'relu' | 'gelu' | 'leaky_relu' | 'prelu' }
>;

function activationOf(layer: ElementLayer): Activation {
  switch (layer.type) {
    case 'step':
      return { value: 'select(0.0f, 1.0f, v >= 0.0f)', slope: '0.0f' };
    case 'sigmoid':
      return { value: 'logistic(v)', slope: 'w * (1.0f - w)' };
    case 'tanh':
      return { value: 'hyperbolic(v)', slope: '1.0f - w * w' };
    case 'relu':
      return { value: 'select(v, 0.0f, v < 0.0f)', slope: 'select(0.0f, 1.0f, v > 0.0f)' };
    case 'gelu':
      return { value: 'v * normal(v)', slope: 'normal(v) + v * bell(v) * 0.3989422804f' };
    case 'leaky_relu':
      return rectified(float(layer.slope));
    case 'prelu':
      return rectified('p[#slope]');
  }
}

export function planActivation(context: PlanContext, layer: ElementLayer, x: Place): Planned {
  const { plan, parameters, gradient } = context;
  const length = lengthOf(layer.inputShape);
  const sizes = { length, slope: layer.type === 'prelu' ? layer.slope.offset : 0 };
  const elements = 'batch.count * #length';
  const groups = (count: number) => groupsFor(count * length);
  const { value, slope } = activationOf(layer);
  const p = layer.type === 'prelu' ? { p: parameters } : {};
  const y = plan.scratch(length);
  plan.call({
    ...{ reads: { x, ...p }, writes: { y }, groups, sizes },
    text: `${FUNCTIONS}${eachElement(elements, `let v = x[i]; y[i] = ${value};`)}`,
  });
  return {
    output: y,
    backward: (dy) => {
      const dx = plan.scratch(length);
      plan.train({
        ...{ reads: { x, y, dy, ...p }, writes: { dx }, groups, sizes },
        text: `${FUNCTIONS}${eachElement(elements, `let v = x[i]; let w = y[i]; dx[i] = (${slope}) * dy[i];`)}`,
      });
      if (layer.type === 'prelu') planSlope(x, dy);
      return dx;
    },
  };

  /** ∂a = Σ dy·x where x ≤ 0, in two rounds: workgroups in stripes, then one. */
  function planSlope(from: Place, dy: Place): void {
    const stripes = 64;
    const sums = plan.scratch(0, stripes);
    plan.train({
      ...{ reads: { x: from, dy }, writes: { sums }, groups: () => groupEach(stripes), sizes },
      text: `${TOTAL}${eachGroup(
        `${stripes}u`,
        `var sum = 0.0f;
  for (var i = g * ${THREADS}u + lane; i < batch.count * #length; i += ${stripes * THREADS}u) {
    if (!(x[i] > 0.0f)) { sum += dy[i] * x[i]; }
  }
  let all = total(lane, sum);
  if (lane == 0u) { sums[g] = all; }`,
      )}`,
    });
    plan.train({
      ...{ reads: { sums }, writes: { gradient }, groups: () => groupEach(1), sizes },
      text: `${TOTAL}${eachGroup(
        '1u',
        `var sum = 0.0f; if (lane < ${stripes}u) { sum = sums[lane]; }
  let all = total(lane, sum);
  if (lane == 0u) { gradient[#slope] = all; }`,
      )}`,
    });
  }
}

/** Four elements of a sample share a block of random words; the masks are drawn again on the way back. */
export function planDropout(
  context: PlanContext,
  layer: Extract<Layer, { type: 'dropout' }>,
  x: Place,
): Planned {
  const { plan, samples } = context;
  const length = lengthOf(layer.inputShape);
  const blocks = Math.ceil(length / 4);
  const threshold = Math.floor(layer.rate * 4294967296);
  const scale = float(1 / (1 - layer.rate));
  // As a whole number it would be read with a sign.
  const sizes = { length, blocks, layer: layer.id, threshold: threshold | 0 };
  const groups = (count: number) => groupsFor(count * blocks);
  const body = (from: string, to: string): string =>
    eachElement(
      `batch.count * #blocks`,
      `let s = i / #blocks; let block = i % #blocks;
  let words = threefry(vec4u(batch.seed, ${Purpose.dropout}u, #layer, batch.epoch), samples[s], block);
  for (var e = 0u; e < 4u; e += 1u) {
    let f = block * 4u + e;
    if (f >= #length) { break; }
    let at = s * #length + f;
    let v = ${from}[at];
    var kept = select(v * ${scale}, 0.0f, words[e] < #threshold);
    if (batch.training == 0u) { kept = v; }
    ${to}[at] = kept;
  }`,
    );
  const y = plan.scratch(length);
  plan.call({
    ...{ reads: { x, samples: unsigned(samples) }, writes: { y }, groups, sizes },
    text: `${THREEFRY}${body('x', 'y')}`,
  });
  return {
    output: y,
    backward: (dy) => {
      const dx = plan.scratch(length);
      plan.train({
        ...{ reads: { dy, samples: unsigned(samples) }, writes: { dx }, groups, sizes },
        text: `${THREEFRY}${body('dy', 'dx')}`,
      });
      return dx;
    },
  };
}

/** A workgroup for each sample. */
export function planSoftmax(context: PlanContext, layer: Layer, x: Place): Planned {
  const { plan } = context;
  const length = lengthOf(layer.inputShape);
  const features = (body: string): string =>
    `for (var f = lane; f < #length; f += ${THREADS}u) { let i = g * #length + f; ${body} }`;
  const y = plan.scratch(length);
  plan.call({
    ...{ reads: { x }, writes: { y }, groups: groupEach, sizes: { length } },
    text: `${FUNCTIONS}${TOTAL}${eachGroup(
      'batch.count',
      `var most = -3.4e38f; ${features('most = max(most, x[i]);')}
  let top = largest(lane, most);
  var sum = 0.0f; ${features('sum += e(x[i] - top);')}
  let all = total(lane, sum);
  ${features('y[i] = e(x[i] - top) / all;')}`,
    )}`,
  });
  return {
    output: y,
    backward: (dy) => {
      const dx = plan.scratch(length);
      plan.train({
        ...{ reads: { y, dy }, writes: { dx }, groups: groupEach, sizes: { length } },
        text: `${TOTAL}${eachGroup(
          'batch.count',
          `var sum = 0.0f; ${features('sum += y[i] * dy[i];')}
  let mean = total(lane, sum);
  ${features('dx[i] = y[i] * (dy[i] - mean);')}`,
        )}`,
      });
      return dx;
    },
  };
}
