/** The calls of pooling layers, from docs/protocol.md alone. */

import { type ForeignLayer, lengthOf, pairOf } from './foreignModel.ts';
import { type Done, forward, type Plan, valuesFor } from './foreignPlan.ts';

/** With `relu` the rectifier before the pooling is applied behind it. */
export function maxPool(plan: Plan, layer: ForeignLayer, x: number, relu: boolean, wanted: boolean): Done {
  const [channels = 0, height = 0, width = 0] = layer.from;
  const [, outHeight = 0, outWidth = 0] = layer.to;
  const size = pairOf(layer.json.size ?? 0);
  const stride = pairOf(layer.json.stride ?? size);
  const geometry = [height, width, outHeight, outWidth, ...size, ...stride];
  const plane = 32 * outHeight * outWidth;
  const y = valuesFor(plan, lengthOf(layer.to));
  const places = valuesFor(plan, lengthOf(layer.to));
  forward(plan, (k, { groups }) =>
    k.maxPool(x, y, places, channels * groups, ...geometry, relu ? 1 : 0, plane),
  );
  const back = (dy: number): number => {
    if (!wanted) return 0;
    const dx = valuesFor(plan, lengthOf(layer.from));
    plan.calls.train.push((k, { groups }) =>
      k.maxPoolBackward(dy, places, dx, channels * groups, ...geometry, plane),
    );
    return dx;
  };
  return { y, back };
}

/** A global pooling is one window over the image. */
export function averagePool(plan: Plan, layer: ForeignLayer, x: number, wanted: boolean): Done {
  const [channels = 0, height = 0, width = 0] = layer.from;
  const [, outHeight = 1, outWidth = 1] = layer.to;
  const isGlobal = layer.json.type === 'global_avg_pool2d';
  const size = isGlobal ? [height, width] : pairOf(layer.json.size ?? 0);
  const stride = isGlobal ? [1, 1] : pairOf(layer.json.stride ?? layer.json.size ?? 0);
  const geometry = [height, width, outHeight, outWidth, ...size, ...stride];
  const y = valuesFor(plan, lengthOf(layer.to));
  forward(plan, (k, { groups }) => k.avgPool(x, y, channels * groups, ...geometry));
  const back = (dy: number): number => {
    if (!wanted) return 0;
    const dx = valuesFor(plan, lengthOf(layer.from));
    plan.calls.train.push((k, { groups }) => k.avgPoolBackward(dy, dx, channels * groups, ...geometry));
    return dx;
  };
  return { y, back };
}
