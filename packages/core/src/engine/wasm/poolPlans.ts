/** Pooling: the maximum or the mean of each window; global pooling is one window over the image. */
import type { Layer, PoolLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { imageOf, lengthOf, type PlanContext, type Planned } from './planned.ts';

type Geometry = [number, number, number, number, number, number, number, number];

/** With `relu`, the rectifier that stood before the pooling is applied behind it. */
export function planMaxPool(context: PlanContext, layer: PoolLayer, x: Buffer, relu: boolean): Planned {
  const { plan } = context;
  const [planes, height, width] = imageOf(layer.inputShape);
  const [, outHeight, outWidth] = imageOf(layer.outputShape);
  const geometry: Geometry = [height, width, outHeight, outWidth, ...layer.size, ...layer.stride];
  const outPlane = outHeight * outWidth * 32;
  const y = plan.values(planes * outHeight * outWidth);
  const winners = plan.values(planes * outHeight * outWidth);
  plan.call([x, y, winners], (k) => {
    const [a, b, c] = [x.address, y.address, winners.address];
    return ({ groups }) => k.maxPool(a, b, c, planes * groups, ...geometry, relu ? 1 : 0, outPlane);
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      if (!wanted) return null;
      const dx = plan.values(planes * height * width);
      plan.train([dy, winners, dx], (k) => {
        const [a, b, c] = [dy.address, winners.address, dx.address];
        return ({ groups }) => k.maxPoolBackward(a, b, c, planes * groups, ...geometry, outPlane);
      });
      return dx;
    },
  };
}

/** Over a window, or over the whole image. */
export type AveragePool = Extract<Layer, { type: 'avg_pool2d' | 'global_avg_pool2d' }>;

export function planAveragePool(context: PlanContext, layer: AveragePool, x: Buffer): Planned {
  const { plan } = context;
  const [planes, height, width] = imageOf(layer.inputShape);
  const geometry: Geometry =
    layer.type === 'avg_pool2d'
      ? [height, width, ...windowsOf(layer), ...layer.size, ...layer.stride]
      : [height, width, 1, 1, height, width, 1, 1];
  const y = plan.values(lengthOf(layer.outputShape));
  plan.call([x, y], (k) => {
    const [a, b] = [x.address, y.address];
    return ({ groups }) => k.avgPool(a, b, planes * groups, ...geometry);
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      if (!wanted) return null;
      const dx = plan.values(planes * height * width);
      plan.train([dy, dx], (k) => {
        const [a, b] = [dy.address, dx.address];
        return ({ groups }) => k.avgPoolBackward(a, b, planes * groups, ...geometry);
      });
      return dx;
    },
  };
}

function windowsOf(layer: Layer): readonly [number, number] {
  const [, outHeight, outWidth] = imageOf(layer.outputShape);
  return [outHeight, outWidth];
}
