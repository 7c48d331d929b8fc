/**
 * What every direct convolution starts with: the padded image, the table of where a window's elements lie behind its
 * corner, and the packed filters.
 */
import type { Conv2dLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { imageOf, type PlanContext, packedBytes, tensorAt } from './planned.ts';

export type Windows = {
  /** The image, with its border of zeros. */
  readonly x: Buffer;
  /** Byte offsets of the `depth` elements of a window. */
  readonly offsets: Buffer;
  readonly packed: Buffer;
  readonly depth: number;
  /** Bytes of one group of images, and from one window to the next. */
  readonly xGroup: number;
  readonly yStep: number;
  readonly xStep: number;
};

export function planWindows(context: PlanContext, layer: Conv2dLayer, input: Buffer): Windows {
  const { plan } = context;
  const [channels, height, width] = imageOf(layer.inputShape);
  const [filters] = imageOf(layer.outputShape);
  const [kernelY, kernelX] = layer.kernel;
  const [padY, padX] = layer.padding;
  const taps = kernelY * kernelX;
  const depth = channels * taps;
  const fullHeight = height + 2 * padY;
  const fullWidth = width + 2 * padX;
  const x =
    padY === 0 && padX === 0
      ? input
      : planPlaced(context, input, [channels, height, width], [fullHeight, fullWidth], [padY, padX], [1, 1]);
  const offsets = plan.table(
    offsetsOf(depth, (k) => {
      const [c, ky, kx] = [Math.floor(k / taps), Math.floor((k % taps) / kernelX), k % kernelX];
      return (c * fullHeight + ky) * fullWidth + kx;
    }),
  );
  const packed = plan.keep(packedBytes(filters, depth));
  plan.prepare((k) => {
    const weight = tensorAt(context, layer.weight).value;
    const bias = layer.bias === null ? 0 : tensorAt(context, layer.bias).value;
    return () => k.packA(weight, bias, packed.address, filters, 1, depth, depth, 0, 1);
  });
  return {
    x,
    offsets,
    packed,
    depth,
    xGroup: channels * fullHeight * fullWidth * 32,
    yStep: layer.stride[0] * fullWidth * 32,
    xStep: layer.stride[1] * 32,
  };
}

/** Byte offsets of `depth` window elements, given in values. */
export function offsetsOf(depth: number, elementOf: (k: number) => number): Uint32Array {
  return Uint32Array.from({ length: depth }, (_, k) => elementOf(k) * 32);
}

/** A copy of image planes on a larger ground of zeros. */
export function planPlaced(
  context: PlanContext,
  from: Buffer,
  image: readonly [number, number, number],
  ground: readonly [number, number],
  offset: readonly [number, number],
  step: readonly [number, number],
  trainOnly = false,
): Buffer {
  const { plan } = context;
  const [planes, height, width] = image;
  const [toHeight, toWidth] = ground;
  const to = plan.values(planes * toHeight * toWidth);
  plan[trainOnly ? 'train' : 'call']([from, to], (k) => {
    const [a, b] = [from.address, to.address];
    return ({ groups }) =>
      k.place(
        a,
        b,
        planes * groups,
        height,
        width,
        toHeight,
        toWidth,
        offset[0],
        offset[1],
        step[0],
        step[1],
      );
  });
  return to;
}
