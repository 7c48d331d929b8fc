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
 * Adds the forward kernels of `layers` on `x`. `wanted` says whether the gradient with respect to `x` is needed; inside the
 * chain it is needed behind any layer with parameters.
 */
export function planChain(
  context: PlanContext,
  layers: readonly Layer[],
  x: Place,
  wanted: boolean,
): Planned {
  const planned: { readonly step: Planned; readonly wanted: boolean; readonly name: string }[] = [];
  let value = x;
  let needed = wanted;
  for (let i = 0; i < layers.length; ) {
    const rest = layers.slice(i);
    const name = rest[0]?.name ?? '';
    context.plan.enter(name, 'forward');
    const { step, taken } = planNext(context, rest, value, needed);
    planned.push({ step, wanted: needed, name });
    value = step.output;
    needed ||= rest.slice(0, taken).some(isTrained);
    i += taken;
  }
  return {
    output: value,
    backward: (dy) => {
      let gradient: Place | null = dy;
      for (const { step, wanted: isWanted, name } of planned.reverse()) {
        // Nothing before this layer learns.
        if (gradient === null) break;
        context.plan.enter(name, 'inputGradient');
        gradient = step.backward(gradient, isWanted);
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
  wanted: boolean,
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
  return { step: byType(PLANS, layer, context, x, wanted), taken: 1 };
}

/** y = shortcut(x) + layers(x); dx = the sum of what comes back through both. */
function planResidual(context: PlanContext, layer: ResidualLayer, x: Place, wanted: boolean): Planned {
  const { plan } = context;
  const body = planChain(context, layer.layers, x, wanted);
  const shortcut = planChain(context, layer.shortcut, x, wanted);
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
    backward: (dy, isWanted) => {
      const left = body.backward(dy, isWanted);
      const right = shortcut.backward(dy, isWanted);
      if (!isWanted || left === null || right === null) return null;
      return add(left, right, lengthOf(layer.inputShape), false);
    },
  };
}

type PlanOf<L extends Layer> = (layer: L, context: PlanContext, x: Place, wanted: boolean) => Planned;

const activation: PlanOf<Parameters<typeof planActivation>[1]> = (layer, context, x) =>
  planActivation(context, layer, x);

const PLANS: LayerTable<Planned, [context: PlanContext, x: Place, wanted: boolean]> = {
  dense: (layer, context, x) => planDense(context, layer, x, false),
  conv2d: (layer, context, x) => planConvolution(context, layer, x, { relu: false, pool: null }),
  max_pool2d: (layer, context, x) => planMaxPool(context, layer, x),
  avg_pool2d: (layer, context, x) => planAveragePool(context, layer, x),
  global_avg_pool2d: (layer, context, x) => planAveragePool(context, wholeImage(layer), x),
  flatten: (_layer, _context, x) => ({ output: x, backward: (dy) => dy }),
  dropout: (layer, context, x) => planDropout(context, layer, x),
  batch_norm: (layer, context, x) => planBatchNorm(context, layer, x),
  layer_norm: (layer, context, x) => planLayerNorm(context, layer, x),
  residual: (layer, context, x, wanted) => planResidual(context, layer, x, wanted),
  step: activation,
  sigmoid: activation,
  tanh: activation,
  relu: activation,
  leaky_relu: activation,
  prelu: activation,
  gelu: activation,
  softmax: (layer, context, x) => planSoftmax(context, layer, x),
};
