/** Plans the forward and backward kernels of a chain of layers, residual blocks included. */
import { byType, type LayerTable } from '../../nn/byType.ts';
import type { Layer, ResidualLayer } from '../../nn/model.ts';
import { isTrained } from '../../nn/walk.ts';
import { lengthOf } from '../wasm/planned.ts';
import { planActivation, planDropout, planSoftmax } from './activationPlans.ts';
import { isPooledAtOnce, planConvolution } from './convolutionPlan.ts';
import { planDense } from './densePlan.ts';
import { planBatchNorm, planLayerNorm } from './normPlans.ts';
import type { Place } from './plan.ts';
import type { PlanContext, Planned } from './planned.ts';
import { planAveragePool, planMaxPool, wholeImage } from './poolPlans.ts';
import { eachElement, groupsFor } from './wgsl.ts';

/**
 * Adds the forward kernels of `layers` on `x`. Of layers before `trainedFrom` nothing is computed on the way back, which ends
 * where nobody wants a gradient any more.
 */
export function planChain(
  context: PlanContext,
  layers: readonly Layer[],
  x: Place,
  trainedFrom = 0,
): Planned {
  const planned: { readonly step: Planned; readonly learns: boolean; readonly name: string }[] = [];
  let value = x;
  for (let i = 0; i < layers.length; ) {
    const rest = layers.slice(i);
    const name = rest[0]?.name ?? '';
    context.plan.enter(name, 'forward');
    const { step, taken } = planNext(context, rest, value);
    const learns = rest.slice(0, taken).some((layer, k) => i + k >= trainedFrom && isTrained(layer));
    planned.push({ step, learns, name });
    value = step.output;
    i += taken;
  }
  return {
    output: value,
    backward: (dy, wanted) => {
      let gradient: Place | null = dy;
      for (const [i, { step, learns, name }] of [...planned.entries()].reverse()) {
        const goesOn = wanted || planned.slice(0, i).some((before) => before.learns);
        // Neither this layer nor one before it learns.
        if (gradient === null || !(goesOn || learns)) return null;
        context.plan.enter(name, 'inputGradient');
        gradient = step.backward(gradient, goesOn);
      }
      return gradient;
    },
  };
}

/** Plans the first layer of `layers`, together with those behind it that its kernels take in. */
function planNext(
  context: PlanContext,
  layers: readonly Layer[],
  x: Place,
): { readonly step: Planned; readonly taken: number } {
  const [layer, next, third] = layers;
  if (layer === undefined) throw new Error('A chain of layers was planned past its end.');
  const relu = next?.type === 'relu';
  if (layer.type === 'conv2d') {
    const behind = relu ? third : next;
    const pool = isPooledAtOnce(behind) ? behind : null;
    const taken = 1 + (relu ? 1 : 0) + (pool === null ? 0 : 1);
    return { step: planConvolution(context, layer, x, { relu, pool }), taken };
  }
  if (layer.type === 'dense' && relu) return { step: planDense(context, layer, x, true), taken: 2 };
  return { step: byType(PLANS, layer, context, x), taken: 1 };
}

/** y = shortcut(x) + layers(x); dx = the sum of what comes back through both. */
function planResidual(context: PlanContext, layer: ResidualLayer, x: Place): Planned {
  const { plan } = context;
  const body = planChain(context, layer.layers, x);
  const shortcut = planChain(context, layer.shortcut, x);
  const add = (a: Place, b: Place, length: number, infers: boolean): Place => {
    const sum = plan.scratch(length);
    const options = {
      ...{
        reads: { a, b },
        writes: { sum },
        groups: (count: number) => groupsFor(count * length),
        sizes: { length },
      },
      text: eachElement('batch.count * #length', 'sum[i] = a[i] + b[i];'),
    };
    if (infers) plan.call(options);
    else plan.train(options);
    return sum;
  };
  const output = add(body.output, shortcut.output, lengthOf(layer.outputShape), true);
  return {
    output,
    backward: (dy, wanted) => {
      const left = body.backward(dy, wanted);
      const right = shortcut.backward(dy, wanted);
      if (!wanted || left === null || right === null) return null;
      return add(left, right, lengthOf(layer.inputShape), false);
    },
  };
}

type PlanOf<L extends Layer> = (layer: L, context: PlanContext, x: Place) => Planned;

const activation: PlanOf<Parameters<typeof planActivation>[1]> = (layer, context, x) =>
  planActivation(context, layer, x);

const PLANS: LayerTable<Planned, [context: PlanContext, x: Place]> = {
  dense: (layer, context, x) => planDense(context, layer, x, false),
  conv2d: (layer, context, x) => planConvolution(context, layer, x, { relu: false, pool: null }),
  max_pool2d: (layer, context, x) => planMaxPool(context, layer, x),
  avg_pool2d: (layer, context, x) => planAveragePool(context, layer, x),
  global_avg_pool2d: (layer, context, x) => planAveragePool(context, wholeImage(layer), x),
  flatten: (_layer, _context, x) => ({ output: x, backward: (dy) => dy }),
  dropout: (layer, context, x) => planDropout(context, layer, x),
  batch_norm: (layer, context, x) => planBatchNorm(context, layer, x),
  layer_norm: (layer, context, x) => planLayerNorm(context, layer, x),
  residual: (layer, context, x) => planResidual(context, layer, x),
  step: activation,
  sigmoid: activation,
  tanh: activation,
  relu: activation,
  leaky_relu: activation,
  prelu: activation,
  gelu: activation,
  softmax: (layer, context, x) => planSoftmax(context, layer, x),
};
