/** conv2d with a 3×3 kernel and stride 1 by Winograd's minimal filtering; the formulas stand in assembly/winograd.ts. */
import type { Conv2dLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { imageOf, type PlanContext, type Planned, packedBytes, tensorAt } from './planned.ts';
import { planReluBackward } from './reluPlan.ts';

/** Below this many channels or filters the transforms cost more than the products save. */
const CHANNELS_MIN = 8;

/** Tiles of 4×4 outputs along one axis. */
const tilesOf = (extent: number): number => Math.ceil(extent / 4);
/** Bytes of the 36 planes of transformed tiles, each a cache line apart. */
export const planesBytes = (tiles: number, channels: number): number => 36 * (tiles * channels * 32 + 64);
/** Bytes of the 36 planes of transformed filters. */
export const flatBytes = (filters: number, channels: number): number =>
  36 * Math.ceil((filters * channels) / 4) * 16;

/** Whether a convolution gains by it: enough channels, and not too much of the tiles beyond the border. */
export function suitsWinograd(layer: Conv2dLayer): boolean {
  const [channels] = imageOf(layer.inputShape);
  const [filters, outHeight, outWidth] = imageOf(layer.outputShape);
  const [kernelY, kernelX] = layer.kernel;
  const [strideY, strideX] = layer.stride;
  if (kernelY !== 3 || kernelX !== 3 || strideY !== 1 || strideX !== 1) return false;
  const work = (36 * tilesOf(outHeight) * tilesOf(outWidth)) / (9 * outHeight * outWidth);
  return channels >= CHANNELS_MIN && filters >= CHANNELS_MIN && work < 0.6;
}

export function planWinograd(context: PlanContext, layer: Conv2dLayer, x: Buffer, relu: boolean): Planned {
  const { plan } = context;
  const [channels, height, width] = imageOf(layer.inputShape);
  const [filters, outHeight, outWidth] = imageOf(layer.outputShape);
  const [padY, padX] = layer.padding;
  const tilesX = tilesOf(outWidth);
  const tiles = tilesOf(outHeight) * tilesX;

  const flat = plan.keep(flatBytes(filters, channels));
  const packed = plan.keep(36 * packedBytes(filters, channels));
  let packedBack: Buffer | null = null;
  plan.prepare((k) => {
    const w = tensorAt(context, layer.weight).value;
    const back = packedBack?.address ?? 0;
    return () => k.winogradFilters(w, flat.address, packed.address, back, filters, channels);
  });
  const v = plan.scratch(plan.groupsMax * planesBytes(tiles, channels));
  const m = plan.scratch(planesBytes(tilesX, filters));
  const y = plan.values(filters * outHeight * outWidth);
  plan.call([x, v, m, y], (k) => {
    const bias = layer.bias === null ? 0 : tensorAt(context, layer.bias).value;
    const [p, px, pv, pm, py] = [packed.address, x.address, v.address, m.address, y.address];
    const fused = relu ? 1 : 0;
    // biome-ignore format: one call
    return ({ groups }) =>
      k.winogradForward(
        p, bias, px, pv, pm, py, filters, channels, groups, height, width, outHeight, outWidth, padY, padX, fused,
      );
  });

  return {
    output: y,
    backward: (given, wanted) => {
      plan.turnTo(wanted ? 'backward' : 'weightGradient');
      const dy = relu ? planReluBackward(plan, y, given, filters * outHeight * outWidth) : given;
      if (layer.bias !== null) {
        const { bias } = layer;
        plan.train([dy], (k) => {
          const db = tensorAt(context, bias).gradient;
          const from = dy.address;
          return ({ groups }) => k.biasGradient(from, db, filters, outHeight * outWidth, groups);
        });
      }
      const n = plan.scratch(planesBytes(tiles, filters));
      const dv = plan.scratch(planesBytes(tilesX, channels));
      const du = plan.scratch(flatBytes(filters, channels));
      const dx = wanted ? plan.values(channels * height * width) : null;
      if (wanted) packedBack = plan.keep(36 * packedBytes(channels, filters));
      plan.train(dx === null ? [dy, v, n, dv, du] : [dy, v, n, dv, du, dx], (k) => {
        const dw = tensorAt(context, layer.weight).gradient;
        const p = packedBack?.address ?? 0;
        const [py, pv, pn, pdv, pdu] = [dy.address, v.address, n.address, dv.address, du.address];
        const to = dx?.address ?? 0;
        // biome-ignore format: one call
        return ({ groups }) =>
          k.winogradBackward(
            p, py, pv, pn, pdv, pdu, dw, to, filters, channels, groups, height, width, outHeight, outWidth, padY, padX,
          );
      });
      return dx;
    },
  };
}
