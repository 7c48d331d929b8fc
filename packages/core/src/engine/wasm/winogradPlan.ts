/** conv2d with a 3×3 kernel and stride 1 by Winograd's minimal filtering; the formulas stand in assembly/winograd.ts. */
import type { Conv2dLayer, PoolLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { imageOf, type PlanContext, type Planned, packedBytes, panelsBytes, tensorAt } from './planned.ts';
import { planReluBackward } from './reluPlan.ts';

/** Below this many channels or filters the transforms cost more than the products save. */
const CHANNELS_MIN = 8;

/** Below this many tiles in a group of samples the gradients of the weights are summed over several groups at once. */
const SUMMED_TILES = 16;

/** How an output is cut into tiles. */
export type Tiling = {
  /** Outputs along a side of a tile. */
  readonly tile: 4 | 5;
  /** Of a transformed tile. */
  readonly elements: number;
  readonly tilesX: number;
  /** In all. */
  readonly tiles: number;
  /** Groups of samples whose tiles are summed at once. */
  readonly chunk: number;
};

/** Tiles of 5×5 where they save a tenth of the multiplications: their transforms take longer and round more. */
function tilingOf(height: number, width: number): Tiling {
  const [four, five] = [tilingBy(4, height, width), tilingBy(5, height, width)];
  return 10 * five.elements * five.tiles < 9 * four.elements * four.tiles ? five : four;
}

function tilingBy(tile: 4 | 5, height: number, width: number): Tiling {
  const tilesX = Math.ceil(width / tile);
  const tiles = Math.ceil(height / tile) * tilesX;
  return { tile, elements: (tile + 2) * (tile + 2), tilesX, tiles, chunk: Math.ceil(SUMMED_TILES / tiles) };
}

/** Bytes of the planes of so many transformed tiles, one for each of their elements, each a cache line apart. */
export const planesBytes = (elements: number, tiles: number, channels: number): number =>
  elements * (tiles * channels * 32 + 64);
/** Bytes of the planes of transformed filters. */
export const flatBytes = (elements: number, filters: number, channels: number): number =>
  elements * Math.ceil((filters * channels) / 4) * 16;

/** Whether a convolution gains by it: enough channels, and not too much of the tiles beyond the border. */
export function suitsWinograd(layer: Conv2dLayer): boolean {
  const [channels] = imageOf(layer.inputShape);
  const [filters, outHeight, outWidth] = imageOf(layer.outputShape);
  const [kernelY, kernelX] = layer.kernel;
  const [strideY, strideX] = layer.stride;
  if (kernelY !== 3 || kernelX !== 3 || strideY !== 1 || strideX !== 1) return false;
  const { elements, tiles } = tilingOf(outHeight, outWidth);
  const work = (elements * tiles) / (9 * outHeight * outWidth);
  return channels >= CHANNELS_MIN && filters >= CHANNELS_MIN && work < 0.6;
}

/** As `tilingOf`, of a layer's output. */
export function tilingOfOutput(layer: Conv2dLayer): Tiling {
  const [, height, width] = imageOf(layer.outputShape);
  return tilingOf(height, width);
}

/** The same convolution and pooling with no outputs between them that no window of the pooling reaches. */
export function reachedBy(
  layer: Conv2dLayer,
  pool: PoolLayer,
): { readonly convolution: Conv2dLayer; readonly pool: PoolLayer } {
  const [filters, height, width] = imageOf(layer.outputShape);
  const [, poolHeight, poolWidth] = imageOf(pool.outputShape);
  const reached = [
    filters,
    Math.min(height, (poolHeight - 1) * pool.stride[0] + pool.size[0]),
    Math.min(width, (poolWidth - 1) * pool.stride[1] + pool.size[1]),
  ];
  return { convolution: { ...layer, outputShape: reached }, pool: { ...pool, inputShape: reached } };
}

/** `cut` says how the sums are cut where that is not as the whole output would be: outputs that nothing reads change no bit. */
export function planWinograd(
  context: PlanContext,
  layer: Conv2dLayer,
  x: Buffer,
  relu: boolean,
  cut?: Tiling,
): Planned {
  const { plan } = context;
  const [channels, height, width] = imageOf(layer.inputShape);
  const [filters, outHeight, outWidth] = imageOf(layer.outputShape);
  const [padY, padX] = layer.padding;
  const { tile, chunk } = cut ?? tilingOf(outHeight, outWidth);
  const { elements, tilesX, tiles } = tilingBy(tile, outHeight, outWidth);

  const flat = plan.keep(flatBytes(elements, filters, channels));
  const packed = plan.keep(elements * packedBytes(filters, channels));
  let packedBack: Buffer | null = null;
  plan.prepare((k) => {
    const w = tensorAt(context, layer.weight).value;
    const back = packedBack?.address ?? 0;
    return () => k.winogradFilters(w, flat.address, packed.address, back, filters, channels, tile);
  });
  const v = plan.scratch(Math.ceil(plan.groupsMax / chunk) * planesBytes(elements, tiles * chunk, channels));
  const m = plan.scratch(planesBytes(elements, tilesX, filters));
  const y = plan.values(filters * outHeight * outWidth);
  plan.call([x, v, m, y], (k) => {
    const bias = layer.bias === null ? 0 : tensorAt(context, layer.bias).value;
    const [p, px, pv, pm, py] = [packed.address, x.address, v.address, m.address, y.address];
    const fused = relu ? 1 : 0;
    // biome-ignore format: one call
    return ({ groups }) =>
      k.winogradForward(
        p, bias, px, pv, pm, py, filters, channels, groups, height, width, outHeight, outWidth, padY, padX, tile, chunk, fused,
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
      const n = plan.scratch(planesBytes(elements, tiles * chunk, filters));
      const dv = plan.scratch(planesBytes(elements, tilesX, channels));
      const du = plan.scratch(flatBytes(elements, filters, channels));
      const room = plan.scratch(panelsBytes(filters, channels, tiles * chunk));
      const dx = wanted ? plan.values(channels * height * width) : null;
      if (wanted) packedBack = plan.keep(elements * packedBytes(channels, filters));
      const uses = [dy, v, n, dv, du, room];
      plan.train(dx === null ? uses : [...uses, dx], (k) => {
        const dw = tensorAt(context, layer.weight).gradient;
        const p = packedBack?.address ?? 0;
        const [py, pv, pn, pdv, pdu] = [dy.address, v.address, n.address, dv.address, du.address];
        const [pr, to] = [room.address, dx?.address ?? 0];
        // biome-ignore format: one call
        return ({ groups }) =>
          k.winogradBackward(
            p, py, pv, pn, pdv, pdu, pr, dw, to, filters, channels, groups, height, width, outHeight, outWidth, padY, padX, tile,
            chunk,
          );
      });
      return dx;
    },
  };
}
