/**
 * A chain of layers as calls: which layers go together, which gradients are wanted, and the way back, as docs/protocol.md says
 * under "What exact demands". Written from the page alone.
 */
import {
  convolution,
  pooledConvolution,
  reachedBy,
  suitsPooling,
  suitsWinograd,
  winograd,
} from './foreignConvolutions.ts';
import { activation, batchNorm, dense, dropout, layerNorm } from './foreignLayers.ts';
import { type ForeignLayer, lengthOf } from './foreignModel.ts';
import { type Call, type Done, forward, type Plan, valuesFor } from './foreignPlan.ts';
import { averagePool, maxPool } from './foreignPools.ts';

type Wanted = { readonly wanted: boolean; readonly unfrozen: boolean };

const learns = (layer: ForeignLayer): boolean =>
  layer.tensors.length > 0 || [...layer.layers, ...layer.shortcut].some(learns);

/**
 * `wanted`: whether dx of the whole chain is. `unfrozen`: whether it would be if nothing was frozen. The first `frozen` layers
 * learn nothing.
 */
export function planChain(
  plan: Plan,
  layers: readonly ForeignLayer[],
  x: number,
  { wanted, unfrozen }: Wanted,
  frozen = 0,
): Done {
  const done: Done[] = [];
  let y = x;
  const now = { wanted, unfrozen };
  for (let i = 0; i < layers.length; ) {
    const { step, taken } = planNext(plan, layers.slice(i), y, { ...now });
    // What is frozen makes no call on the way back.
    done.push(i < frozen ? { ...step, back: () => 0 } : step);
    y = step.y;
    now.unfrozen ||= layers.slice(i, i + taken).some(learns);
    now.wanted ||= layers.slice(Math.max(i, frozen), i + taken).some(learns);
    i += taken;
  }
  const back = (dy: number): number => {
    let gradient = dy;
    for (const step of [...done].reverse()) {
      gradient = step.back(gradient);
      if (gradient === 0) return 0;
    }
    return gradient;
  };
  return { y, back };
}

/** The rules of what goes together, in the page's order. */
function planNext(
  plan: Plan,
  rest: readonly ForeignLayer[],
  x: number,
  asked: Wanted,
): { readonly step: Done; readonly taken: number } {
  const { wanted, unfrozen } = asked;
  const [layer, second, third] = rest;
  if (layer === undefined) throw new Error('There is no layer to plan.');
  const { type } = layer.json;
  const relu = second?.json.type === 'relu';
  const pool = relu ? third : second;
  if (type === 'conv2d' && pool?.json.type === 'max_pool2d') {
    const reached = reachedBy(layer, pool);
    if (suitsWinograd(reached.layer)) {
      const done = [winograd(plan, reached.layer, x, false, wanted)];
      const last = (): number => done.at(-1)?.y ?? 0;
      if (relu && !plan.joinsRectifiers) {
        const between = { ...second, from: reached.layer.to, to: reached.layer.to } as ForeignLayer;
        done.push(activation(plan, between, last(), true));
      }
      done.push(maxPool(plan, reached.pool, last(), relu && plan.joinsRectifiers, true));
      const back = (dy: number): number => [...done].reverse().reduce((slope, step) => step.back(slope), dy);
      return { step: { y: last(), back }, taken: relu ? 3 : 2 };
    }
  }
  if (type === 'conv2d' && !unfrozen && !suitsWinograd(layer) && pool !== undefined && suitsPooling(pool)) {
    return { step: pooledConvolution(plan, layer, pool, x, relu), taken: relu ? 3 : 2 };
  }
  if (plan.joinsRectifiers && type === 'relu' && second?.json.type === 'max_pool2d') {
    return { step: maxPool(plan, second, x, true, wanted), taken: 2 };
  }
  const rectified = plan.joinsRectifiers && relu && third?.json.type !== 'max_pool2d';
  if (type === 'dense') return { step: dense(plan, layer, x, rectified, wanted), taken: rectified ? 2 : 1 };
  if (type === 'conv2d') {
    const plain = suitsWinograd(layer) ? winograd : convolution;
    return { step: plain(plan, layer, x, rectified, wanted), taken: rectified ? 2 : 1 };
  }
  return { step: planAlone(plan, layer, x, asked), taken: 1 };
}

function planAlone(plan: Plan, layer: ForeignLayer, x: number, asked: Wanted): Done {
  const { wanted } = asked;
  switch (layer.json.type) {
    case 'flatten':
      return { y: x, back: (dy) => dy };
    case 'max_pool2d':
      return maxPool(plan, layer, x, false, wanted);
    case 'avg_pool2d':
    case 'global_avg_pool2d':
      return averagePool(plan, layer, x, wanted);
    case 'dropout':
      return dropout(plan, layer, x, wanted);
    case 'batch_norm':
      return batchNorm(plan, layer, x, wanted);
    case 'layer_norm':
      return layerNorm(plan, layer, x, wanted);
    case 'residual':
      return residual(plan, layer, x, asked);
    default:
      return activation(plan, layer, x, wanted);
  }
}

function residual(plan: Plan, layer: ForeignLayer, x: number, asked: Wanted): Done {
  const sum =
    (a: number, b: number, to: number, features: number): Call =>
    (k, { groups }) =>
      k.add(a, b, to, 32 * features * groups);
  const body = planChain(plan, layer.layers, x, asked);
  const shortcut = planChain(plan, layer.shortcut, x, asked);
  const y = valuesFor(plan, lengthOf(layer.to));
  forward(plan, sum(body.y, shortcut.y, y, lengthOf(layer.to)));
  const back = (dy: number): number => {
    const left = body.back(dy);
    const right = shortcut.back(dy);
    if (!asked.wanted) return 0;
    const dx = valuesFor(plan, lengthOf(layer.from));
    plan.calls.train.push(sum(left, right, dx, lengthOf(layer.from)));
    return dx;
  };
  return { y, back };
}
