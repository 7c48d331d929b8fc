/**
 * conv2d by matrix products from elsewhere, one group of eight samples at a time: with the windows of the image as columns,
 * Y = W·X, dW = Σ dY·Xᵀ, dX = Wᵀ·dY, whose columns are added up where their windows overlap (assembly/columns.ts). The columns
 * of one group are all that is ever in memory; the way back makes them anew.
 */
import type { Conv2dLayer } from '../../nn/model.ts';
import type { WindowGeometry } from './kernels.ts';
import type { Buffer } from './plan.ts';
import { imageOf, type PlanContext, type Planned, tensorAt } from './planned.ts';
import type { Products } from './products.ts';
import { planReluBackward } from './reluPlan.ts';

export function planProductConvolution(
  context: PlanContext,
  products: Products,
  layer: Conv2dLayer,
  x: Buffer,
  relu: boolean,
): Planned {
  const { plan } = context;
  const [channels, height, width] = imageOf(layer.inputShape);
  const [filters, outHeight, outWidth] = imageOf(layer.outputShape);
  const depth = channels * layer.kernel[0] * layer.kernel[1];
  const area = outHeight * outWidth;
  const columnCount = area * 8;
  const xBytes = channels * height * width * 32;
  const yBytes = filters * area * 32;
  const geometry: WindowGeometry = [
    channels,
    height,
    width,
    ...layer.kernel,
    outHeight,
    outWidth,
    ...layer.stride,
    ...layer.padding,
  ];
  /** One product for every group that a microbatch can have. */
  const perGroup = <T>(make: (group: number) => T): T[] =>
    Array.from({ length: plan.groupsMax }, (_, group) => make(group));

  const columns = plan.scratch(depth * columnCount * 4);
  const y = plan.values(filters * area);
  plan.call([x, columns, y], (k, memory) => {
    const weight = { address: tensorAt(context, layer.weight).value, transposed: false };
    const bias = layer.bias === null ? 0 : tensorAt(context, layer.bias).value;
    const windows = { address: columns.address, transposed: false };
    const of = perGroup((group) => {
      const from = x.address + group * xBytes;
      const to = y.address + group * yBytes;
      const product = products.bind(memory, weight, windows, to);
      return () => {
        k.imageToColumns(from, windows.address, ...geometry);
        product(filters, columnCount, depth, false);
        k.biasPlanes(to, bias, filters, area, relu ? 1 : 0);
      };
    });
    return ({ groups }) => {
      for (let g = 0; g < groups; g += 1) of[g]?.();
    };
  });

  return {
    output: y,
    backward: (given, wanted) => {
      plan.turnTo('weightGradient');
      const dy = relu ? planReluBackward(plan, y, given, filters * area) : given;
      const again = plan.scratch(depth * columnCount * 4);
      plan.train([x, dy, again], (k, memory) => {
        const dw = tensorAt(context, layer.weight).gradient;
        const windows = { address: again.address, transposed: true };
        const of = perGroup((group) => {
          const from = x.address + group * xBytes;
          const slopes = { address: dy.address + group * yBytes, transposed: false };
          const product = products.bind(memory, slopes, windows, dw);
          return () => {
            k.imageToColumns(from, windows.address, ...geometry);
            product(filters, depth, columnCount, group > 0);
          };
        });
        return ({ groups }) => {
          for (let g = 0; g < groups; g += 1) of[g]?.();
        };
      });
      if (layer.bias !== null) {
        const { bias } = layer;
        plan.train([dy], (k) => {
          const db = tensorAt(context, bias).gradient;
          const from = dy.address;
          return ({ groups }) => k.biasGradient(from, db, filters, area, groups);
        });
      }
      if (!wanted) return null;
      plan.turnTo('inputGradient');
      const back = plan.scratch(depth * columnCount * 4);
      const dx = plan.values(channels * height * width);
      plan.train([dy, back, dx], (k, memory) => {
        const weight = { address: tensorAt(context, layer.weight).value, transposed: true };
        const of = perGroup((group) => {
          const slopes = { address: dy.address + group * yBytes, transposed: false };
          const to = dx.address + group * xBytes;
          const product = products.bind(memory, weight, slopes, back.address);
          const from = back.address;
          return () => {
            product(depth, columnCount, filters, false);
            k.columnsToImage(from, to, ...geometry);
          };
        });
        return ({ groups }) => {
          for (let g = 0; g < groups; g += 1) of[g]?.();
        };
      });
      return dx;
    },
  };
}
