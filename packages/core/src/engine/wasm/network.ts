/** Plans the forward and backward calls of a chain of layers, residual blocks included. */
import { byType, type LayerTable } from '../../nn/byType.ts';
import type { Conv2dLayer, DenseLayer, Layer, ResidualLayer } from '../../nn/model.ts';
import { isTrained } from '../../nn/walk.ts';
import { type ActivationLayer, planActivation } from './activationPlans.ts';
import { planConvolution } from './convolutionPlan.ts';
import { planDense } from './densePlan.ts';
import { planDropout } from './dropoutPlan.ts';
import { planBatchNorm, planLayerNorm } from './normPlans.ts';
import type { Buffer } from './plan.ts';
import type { PlanContext, Planned } from './planned.ts';
import { planPooledConvolution, suitsPooledConvolution } from './pooledConvolutionPlan.ts';
import { type AveragePool, planAveragePool, planMaxPool } from './poolPlans.ts';
import { planWinograd, reachedBy, suitsWinograd, tilingOfOutput } from './winogradPlan.ts';

/**
 * Emits the forward calls of `layers` on `x`. `wanted` says whether the gradient with respect to `x` may be asked for; inside the
 * chain it may be behind any layer with parameters. That chooses the kernels, and so do frozen layers: of those before `trainedFrom`
 * nothing is computed on the way back, but the way forward keeps its bits.
 */
export function planChain(
  context: PlanContext,
  layers: readonly Layer[],
  x: Buffer,
  wanted: boolean,
  trainedFrom = 0,
): Planned {
  const planned: { readonly step: Planned; readonly learns: boolean; readonly name: string }[] = [];
  let value = x;
  let needed = wanted;
  for (let i = 0; i < layers.length; ) {
    const rest = layers.slice(i);
    const name = rest[0]?.name ?? '';
    context.plan.enter(name, 'forward');
    const { step, taken } = planNext(context, rest, value, needed);
    const learns = rest.slice(0, taken).some((layer, k) => i + k >= trainedFrom && isTrained(layer));
    planned.push({ step, learns, name });
    context.shown?.set(name, step.output);
    value = step.output;
    needed ||= rest.slice(0, taken).some(isTrained);
    i += taken;
  }
  return {
    output: value,
    backward: (dy, isWanted) => {
      let gradient: Buffer | null = dy;
      for (const [i, { step, learns, name }] of [...planned.entries()].reverse()) {
        const goesOn = isWanted || planned.slice(0, i).some((before) => before.learns);
        // Neither this layer nor one before it learns.
        if (gradient === null || !(goesOn || learns)) return null;
        context.plan.enter(name, 'inputGradient');
        gradient = step.backward(gradient, goesOn);
      }
      return gradient;
    },
  };
}

/**
 * Plans the first layer of `layers`, together with those behind it that its kernels take in: a rectifier is applied where a product
 * is written, or behind a max pooling rather than before it, and a first convolution is pooled at once.
 */
function planNext(
  context: PlanContext,
  layers: readonly Layer[],
  x: Buffer,
  wanted: boolean,
): { readonly step: Planned; readonly taken: number } {
  const [layer, next, third] = layers;
  if (layer === undefined) throw new Error('A chain of layers was planned past its end.');
  const relu = next?.type === 'relu';
  const pool = relu ? third : next;
  if (layer.type === 'conv2d' && pool?.type === 'max_pool2d') {
    const reached = reachedBy(layer, pool);
    if (suitsWinograd(reached.convolution)) {
      if (context.shown === null) {
        return { step: planPooledWinograd(context, reached, x, relu), taken: relu ? 3 : 2 };
      }
      const cut = tilingOfOutput(reached.convolution);
      return { step: planWinograd(context, layer, x, false, cut), taken: 1 };
    }
  }
  if (context.shown !== null) return { step: planAlone(context, layer, x, wanted), taken: 1 };
  if (layer.type === 'conv2d' && !wanted && !suitsWinograd(layer) && suitsPooledConvolution(pool)) {
    return { step: planPooledConvolution(context, layer, pool, x, relu), taken: relu ? 3 : 2 };
  }
  if (layer.type === 'relu' && next?.type === 'max_pool2d') {
    return { step: planMaxPool(context, next, x, true), taken: 2 };
  }
  const fused = relu && third?.type !== 'max_pool2d';
  if (fused && (layer.type === 'dense' || layer.type === 'conv2d')) {
    return { step: planProduct(context, layer, x, true), taken: 2 };
  }
  return { step: planAlone(context, layer, x, wanted), taken: 1 };
}

function planAlone(context: PlanContext, layer: Layer, x: Buffer, wanted: boolean): Planned {
  return byType(PLANS, layer, context, x, wanted);
}

/** Minimal filtering saves more than a faster product elsewhere would. */
function planProduct(
  context: PlanContext,
  layer: DenseLayer | Conv2dLayer,
  x: Buffer,
  relu: boolean,
): Planned {
  const { products } = context;
  if (layer.type === 'dense') {
    if (products !== null) return products.dense(context, layer, x, relu);
    return planDense(context, layer, x, relu);
  }
  if (suitsWinograd(layer)) return planWinograd(context, layer, x, relu);
  if (products !== null) return products.convolution(context, layer, x, relu);
  return planConvolution(context, layer, x, relu);
}

/** A convolution by minimal filtering and the max pooling behind it, which takes in a rectifier between them. */
function planPooledWinograd(
  context: PlanContext,
  { convolution, pool }: ReturnType<typeof reachedBy>,
  x: Buffer,
  relu: boolean,
): Planned {
  const { plan } = context;
  const inner = planWinograd(context, convolution, x, false);
  plan.enter(pool.name, 'forward');
  const outer = planMaxPool(context, pool, inner.output, relu);
  return {
    output: outer.output,
    backward: (dy, wanted) => {
      plan.enter(pool.name, 'inputGradient');
      const between = outer.backward(dy, true);
      plan.enter(convolution.name, 'inputGradient');
      return between === null ? null : inner.backward(between, wanted);
    },
  };
}

/** y = shortcut(x) + layers(x); dx = the sum of what comes back through both. */
function planResidual(context: PlanContext, layer: ResidualLayer, x: Buffer, wanted: boolean): Planned {
  const { plan } = context;
  const length = layer.outputShape.reduce((a, b) => a * b, 1);
  const inputLength = layer.inputShape.reduce((a, b) => a * b, 1);
  const body = planChain(context, layer.layers, x, wanted);
  const shortcut = planChain(context, layer.shortcut, x, wanted);
  const output = plan.values(length);
  const add = (a: Buffer, b: Buffer, c: Buffer, features: number): void =>
    plan.call([a, b, c], (k) => {
      const [pa, pb, pc] = [a.address, b.address, c.address];
      return ({ groups }) => k.add(pa, pb, pc, features * 32 * groups);
    });
  add(body.output, shortcut.output, output, length);
  return {
    output,
    backward: (dy, isWanted) => {
      const left = body.backward(dy, isWanted);
      const right = shortcut.backward(dy, isWanted);
      if (!isWanted || left === null || right === null) return null;
      const dx = plan.values(inputLength);
      plan.train([left, right, dx], (k) => {
        const [a, b, c] = [left.address, right.address, dx.address];
        return ({ groups }) => k.add(a, b, c, inputLength * 32 * groups);
      });
      return dx;
    },
  };
}

type PlanOf<L extends Layer> = (layer: L, context: PlanContext, x: Buffer, wanted: boolean) => Planned;

const product: PlanOf<DenseLayer | Conv2dLayer> = (layer, context, x) =>
  planProduct(context, layer, x, false);
const averagePool: PlanOf<AveragePool> = (layer, context, x) => planAveragePool(context, layer, x);
const activation: PlanOf<ActivationLayer> = (layer, context, x) => planActivation(context, layer, x);

const PLANS: LayerTable<Planned, [context: PlanContext, x: Buffer, wanted: boolean]> = {
  dense: product,
  conv2d: product,
  max_pool2d: (layer, context, x) => planMaxPool(context, layer, x, false),
  avg_pool2d: averagePool,
  global_avg_pool2d: averagePool,
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
  softmax: activation,
};
