/**
 * conv2d: y[f][oy][ox] = b[f] + Σ_c Σ_ky Σ_kx W[f][c][ky][kx] · x[c][oy·sy + ky − py][ox·sx + kx − px].
 *
 * Each output position is a window whose elements lie at fixed offsets behind its corner, so the matrix kernels read
 * the image itself through a table of offsets instead of a copy in columns. Padding is a copy with a border of
 * zeros. The input's gradient is a convolution too: of dy, spread out by the stride and padded, with the
 * filters turned around.
 */
import type { Conv2dLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { imageOf, type PlanContext, type Planned, packedBytes, tensorAt } from './planned.ts';
import { planReluBackward } from './reluPlan.ts';
import { offsetsOf, planPlaced, planWindows } from './windowsPlan.ts';

export function planConvolution(
  context: PlanContext,
  layer: Conv2dLayer,
  input: Buffer,
  relu: boolean,
): Planned {
  const { plan } = context;
  const [filters, outHeight, outWidth] = imageOf(layer.outputShape);
  const { x, offsets, packed, depth, xGroup, yStep, xStep } = planWindows(context, layer, input);
  const y = plan.values(filters * outHeight * outWidth);
  plan.call([x, y], (k) => {
    const [a, b, c, o] = [packed.address, x.address, y.address, offsets.address];
    return ({ groups }) =>
      k.gemmWindows(
        a,
        b,
        c,
        filters,
        depth,
        groups,
        xGroup,
        o,
        outHeight,
        outWidth,
        yStep,
        xStep,
        relu ? 1 : 0,
      );
  });

  return {
    output: y,
    backward: (given, wanted) => {
      plan.turnTo('weightGradient');
      const dy = relu ? planReluBackward(plan, y, given, filters * outHeight * outWidth) : given;
      plan.train([dy, x], (k) => {
        const dw = tensorAt(context, layer.weight).gradient;
        const [a, b, o] = [dy.address, x.address, offsets.address];
        return ({ groups }) =>
          k.convWeightGradient(
            a,
            b,
            dw,
            filters,
            depth,
            groups,
            xGroup,
            o,
            outHeight,
            outWidth,
            yStep,
            xStep,
            0,
          );
      });
      if (layer.bias !== null) {
        const { bias } = layer;
        plan.train([dy], (k) => {
          const db = tensorAt(context, bias).gradient;
          const from = dy.address;
          return ({ groups }) => k.biasGradient(from, db, filters, outHeight * outWidth, groups);
        });
      }
      if (!wanted) return null;
      plan.turnTo('inputGradient');
      return planInputGradient(context, layer, dy);
    },
  };
}

/** dx[c][y][x] = Σ_f Σ_ky Σ_kx W[f][c][ky][kx] · dy[f][(y + py − ky) / sy][(x + px − kx) / sx], where these are whole. */
function planInputGradient(context: PlanContext, layer: Conv2dLayer, dy: Buffer): Buffer {
  const { plan } = context;
  const [channels, height, width] = imageOf(layer.inputShape);
  const [filters, outHeight, outWidth] = imageOf(layer.outputShape);
  const [kernelY, kernelX] = layer.kernel;
  const [padY, padX] = layer.padding;
  const taps = kernelY * kernelX;
  const spreadHeight = height + kernelY - 1;
  const spreadWidth = width + kernelX - 1;
  const spread = planPlaced(
    context,
    dy,
    [filters, outHeight, outWidth],
    [spreadHeight, spreadWidth],
    [kernelY - 1 - padY, kernelX - 1 - padX],
    layer.stride,
    true,
  );
  const offsets = plan.table(
    offsetsOf(filters * taps, (k) => {
      const [f, ky, kx] = [Math.floor(k / taps), Math.floor((k % taps) / kernelX), k % kernelX];
      return (f * spreadHeight + kernelY - 1 - ky) * spreadWidth + kernelX - 1 - kx;
    }),
  );
  const packed = plan.keep(packedBytes(channels, filters * taps));
  plan.prepare((k) => {
    const weight = tensorAt(context, layer.weight).value;
    return () => k.packA(weight, 0, packed.address, channels, filters, taps, taps, channels * taps, 1);
  });
  const dx = plan.values(channels * height * width);
  plan.train([spread, dx], (k) => {
    const [a, b, c, o] = [packed.address, spread.address, dx.address, offsets.address];
    const group = filters * spreadHeight * spreadWidth * 32;
    const depth = filters * taps;
    return ({ groups }) =>
      k.gemmWindows(a, b, c, channels, depth, groups, group, o, height, width, spreadWidth * 32, 32, 0);
  });
  return dx;
}
