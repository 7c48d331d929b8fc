/**
 * conv2d, optional relu and max_pool2d in one pass over memory, for a first layer: no gradient with respect to the input is
 * computed. Formulas and blocking stand in assembly/pooledConvolution.ts.
 */
import type { Conv2dLayer, Layer, PoolLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { imageOf, type PlanContext, type Planned, tensorAt } from './planned.ts';
import { planWindows } from './windowsPlan.ts';

/** Whether `pool` is a max pooling whose windows lie side by side. */
export function suitsPooledConvolution(pool: Layer | undefined): pool is PoolLayer {
  if (pool?.type !== 'max_pool2d') return false;
  return pool.size[0] === pool.stride[0] && pool.size[1] === pool.stride[1];
}

export function planPooledConvolution(
  context: PlanContext,
  layer: Conv2dLayer,
  pool: PoolLayer,
  input: Buffer,
  relu: boolean,
): Planned {
  const { plan } = context;
  const [filters, , width] = imageOf(layer.outputShape);
  const [, outHeight, outWidth] = imageOf(pool.outputShape);
  const [sizeY, sizeX] = pool.size;
  const { x, offsets, packed, depth, xGroup, yStep, xStep } = planWindows(context, layer, input);
  const rowsBytes = filters * sizeY * width * 32;
  const rows = plan.scratch(rowsBytes);
  const y = plan.values(filters * outHeight * outWidth);
  const places = plan.values(filters * outHeight * outWidth);
  plan.call([x, rows, y, places], (k) => {
    const [a, b, r, c, p, o] = [
      packed.address,
      x.address,
      rows.address,
      y.address,
      places.address,
      offsets.address,
    ];
    // biome-ignore format: one call
    return ({ groups }) =>
      k.pooledConvolution(
        a, b, r, c, p, filters, depth, groups, xGroup, o, width, yStep, xStep, outHeight, outWidth, sizeY, sizeX, relu ? 1 : 0,
      );
  });
  return {
    output: y,
    backward: (dy) => {
      plan.turnTo('weightGradient');
      const spread = plan.scratch(rowsBytes);
      plan.train([dy, places, x, spread], (k) => {
        const dw = tensorAt(context, layer.weight).gradient;
        const db = layer.bias === null ? 0 : tensorAt(context, layer.bias).gradient;
        const [a, p, b, r, o] = [dy.address, places.address, x.address, spread.address, offsets.address];
        // biome-ignore format: one call
        return ({ groups }) =>
          k.pooledConvolutionBackward(
            a, p, b, r, dw, db, filters, depth, groups, xGroup, o, width, yStep, xStep, outHeight, outWidth, sizeY, sizeX,
          );
      });
      return null;
    },
  };
}
