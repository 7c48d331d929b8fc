/** The calls of convolutions, direct, pooled at once and by minimal filtering, from docs/protocol.md alone. */

import { type ForeignLayer, lengthOf, pairOf } from './foreignModel.ts';
import {
  type Done,
  forward,
  type Plan,
  packedBytes,
  panelsBytes,
  rectifierBack,
  tensorAt,
  valuesFor,
} from './foreignPlan.ts';

type Geometry = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly filters: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
};

function geometryOf({ from, to, json }: ForeignLayer): Geometry {
  const [channels = 0, height = 0, width = 0] = from;
  const [filters = 0, outHeight = 0, outWidth = 0] = to;
  return {
    ...{ channels, height, width, filters, outHeight, outWidth },
    kernel: pairOf(json.kernel ?? 0),
    stride: pairOf(json.stride ?? 1),
    padding: pairOf(json.padding ?? 0),
  };
}

/** How an output is cut into tiles: `side` outputs each way, `elements` of each transformed tile, `row` tiles in a row. */
type Cut = {
  readonly side: number;
  readonly elements: number;
  readonly row: number;
  readonly tiles: number;
  readonly chunk: number;
};

function cutOf(height: number, width: number): Cut {
  const by = (side: number): Cut => {
    const row = Math.ceil(width / side);
    const tiles = Math.ceil(height / side) * row;
    return { side, elements: (side + 2) ** 2, row, tiles, chunk: Math.ceil(16 / tiles) };
  };
  const [four, five] = [by(4), by(5)];
  return 10 * five.elements * five.tiles < 9 * four.elements * four.tiles ? five : four;
}

export function suitsWinograd(layer: ForeignLayer): boolean {
  const { channels, filters, outHeight, outWidth, kernel, stride } = geometryOf(layer);
  const is3 = kernel[0] === 3 && kernel[1] === 3 && stride[0] === 1 && stride[1] === 1;
  const { elements, tiles } = cutOf(outHeight, outWidth);
  return is3 && channels >= 8 && filters >= 8 && (elements * tiles) / (9 * outHeight * outWidth) < 0.6;
}

/** A convolution and the pooling behind it, with as much between them as the pooling's windows reach. */
export function reachedBy(
  layer: ForeignLayer,
  pool: ForeignLayer,
): { readonly layer: ForeignLayer; readonly pool: ForeignLayer } {
  const [filters = 0, height = 0, width = 0] = layer.to;
  const [, poolHeight = 0, poolWidth = 0] = pool.to;
  const size = pairOf(pool.json.size ?? 0);
  const stride = pairOf(pool.json.stride ?? size);
  const reached = [
    filters,
    Math.min(height, (poolHeight - 1) * stride[0] + size[0]),
    Math.min(width, (poolWidth - 1) * stride[1] + size[1]),
  ];
  return { layer: { ...layer, to: reached }, pool: { ...pool, from: reached } };
}

export function suitsPooling({ json }: ForeignLayer): boolean {
  if (json.type !== 'max_pool2d') return false;
  const size = pairOf(json.size ?? 0);
  const stride = pairOf(json.stride ?? size);
  return size[0] === stride[0] && size[1] === stride[1];
}

type Windows = {
  readonly image: number;
  readonly offsets: number;
  readonly packed: number;
  readonly depth: number;
  readonly group: number;
  readonly yStep: number;
  readonly xStep: number;
};

/** The image with its border of zeros, where a window's elements lie in it, and the packed filters. */
function windowsOf(plan: Plan, layer: ForeignLayer, x: number): Windows {
  const { channels, height, width, filters, kernel, stride, padding } = geometryOf(layer);
  const [kernelY, kernelX] = kernel;
  const [fullHeight, fullWidth] = [height + 2 * padding[0], width + 2 * padding[1]];
  const depth = channels * kernelY * kernelX;
  let image = x;
  if (padding[0] > 0 || padding[1] > 0) {
    const padded = valuesFor(plan, channels * fullHeight * fullWidth);
    image = padded;
    forward(plan, (k, { groups }) =>
      k.place(x, padded, channels * groups, height, width, fullHeight, fullWidth, ...padding, 1, 1),
    );
  }
  const offsets: number[] = [];
  for (let c = 0; c < channels; c += 1) {
    for (let ky = 0; ky < kernelY; ky += 1) {
      for (let kx = 0; kx < kernelX; kx += 1) offsets.push(32 * ((c * fullHeight + ky) * fullWidth + kx));
    }
  }
  const packed = plan.buffers.take(packedBytes(filters, depth));
  const [w] = tensorAt(plan, layer, 'weight');
  const [b] = tensorAt(plan, layer, 'bias');
  plan.calls.prepare.push((k) => k.packA(w, b, packed, filters, 1, depth, depth, 0, 1));
  return {
    ...{ image, packed, depth, offsets: plan.buffers.table(Uint32Array.from(offsets)) },
    group: 32 * channels * fullHeight * fullWidth,
    yStep: 32 * stride[0] * fullWidth,
    xStep: 32 * stride[1],
  };
}

export function convolution(
  plan: Plan,
  layer: ForeignLayer,
  x: number,
  relu: boolean,
  wanted: boolean,
): Done {
  const { filters, outHeight, outWidth } = geometryOf(layer);
  const { image, offsets, packed, depth, group, yStep, xStep } = windowsOf(plan, layer, x);
  const [, dw] = tensorAt(plan, layer, 'weight');
  const [, db] = tensorAt(plan, layer, 'bias');
  const area = outHeight * outWidth;
  const y = valuesFor(plan, filters * area);
  const places = [outHeight, outWidth, yStep, xStep];
  forward(plan, (k, { groups }) =>
    k.gemmWindows(packed, image, y, filters, depth, groups, group, offsets, ...places, relu ? 1 : 0),
  );
  const back = (given: number): number => {
    const dy = relu ? rectifierBack(plan, y, given, filters * area) : given;
    plan.calls.train.push((k, { groups }) =>
      k.convWeightGradient(dy, image, dw, filters, depth, groups, group, offsets, ...places, 0),
    );
    if (db !== 0) plan.calls.train.push((k, { groups }) => k.biasGradient(dy, db, filters, area, groups));
    return wanted ? inputGradient(plan, layer, dy) : 0;
  };
  return { y, back };
}

function inputGradient(plan: Plan, layer: ForeignLayer, dy: number): number {
  const { channels, height, width, filters, outHeight, outWidth, kernel, stride, padding } =
    geometryOf(layer);
  const [kernelY, kernelX] = kernel;
  const [tall, wide] = [height + kernelY - 1, width + kernelX - 1];
  const taps = kernelY * kernelX;
  const depth = filters * taps;
  const spread = valuesFor(plan, filters * tall * wide);
  const corner = [kernelY - 1 - padding[0], kernelX - 1 - padding[1]];
  plan.calls.train.push((k, { groups }) =>
    k.place(dy, spread, filters * groups, outHeight, outWidth, tall, wide, ...corner, ...stride),
  );
  const offsets: number[] = [];
  for (let f = 0; f < filters; f += 1) {
    for (let ky = 0; ky < kernelY; ky += 1) {
      for (let kx = 0; kx < kernelX; kx += 1)
        offsets.push(32 * ((f * tall + kernelY - 1 - ky) * wide + kernelX - 1 - kx));
    }
  }
  const table = plan.buffers.table(Uint32Array.from(offsets));
  const packed = plan.buffers.take(packedBytes(channels, depth));
  const [w] = tensorAt(plan, layer, 'weight');
  plan.calls.prepare.push((k) => k.packA(w, 0, packed, channels, filters, taps, taps, channels * taps, 1));
  const dx = valuesFor(plan, lengthOf(layer.from));
  const group = 32 * filters * tall * wide;
  plan.calls.train.push((k, { groups }) =>
    k.gemmWindows(packed, spread, dx, channels, depth, groups, group, table, height, width, 32 * wide, 32, 0),
  );
  return dx;
}

/** A first convolution, its rectifier and its max pooling in one call each way. */
export function pooledConvolution(
  plan: Plan,
  layer: ForeignLayer,
  pool: ForeignLayer,
  x: number,
  relu: boolean,
): Done {
  const { filters, outWidth } = geometryOf(layer);
  const [, height = 0, width = 0] = pool.to;
  const size = pairOf(pool.json.size ?? 0);
  const { image, offsets, packed, depth, group, yStep, xStep } = windowsOf(plan, layer, x);
  const [, dw] = tensorAt(plan, layer, 'weight');
  const [, db] = tensorAt(plan, layer, 'bias');
  const rows = plan.buffers.take(32 * filters * size[0] * outWidth);
  const y = valuesFor(plan, filters * height * width);
  const places = valuesFor(plan, filters * height * width);
  const sizes = (groups: number): number[] => [
    ...[filters, depth, groups, group, offsets, outWidth, yStep, xStep, height, width, ...size],
  ];
  forward(plan, (k, { groups }) =>
    k.pooledConvolution(packed, image, rows, y, places, ...sizes(groups), relu ? 1 : 0),
  );
  const back = (dy: number): number => {
    plan.calls.train.push((k, { groups }) =>
      k.pooledConvolutionBackward(dy, places, image, rows, dw, db, ...sizes(groups)),
    );
    return 0;
  };
  return { y, back };
}

const planesBytes = (elements: number, tiles: number, channels: number): number =>
  elements * (32 * tiles * channels + 64);

export function winograd(plan: Plan, layer: ForeignLayer, x: number, relu: boolean, wanted: boolean): Done {
  const { channels, height, width, filters, outHeight, outWidth, padding } = geometryOf(layer);
  const { buffers, calls } = plan;
  const { side, elements, row, tiles, chunk } = cutOf(outHeight, outWidth);
  const [w, dw] = tensorAt(plan, layer, 'weight');
  const [b, db] = tensorAt(plan, layer, 'bias');
  const flatBytes = elements * 16 * Math.ceil((filters * channels) / 4);
  const flat = buffers.take(flatBytes);
  const packed = buffers.take(elements * packedBytes(filters, channels));
  const turned = wanted ? buffers.take(elements * packedBytes(channels, filters)) : 0;
  calls.prepare.push((k) => k.winogradFilters(w, flat, packed, turned, filters, channels, side));
  const chunks = Math.ceil(buffers.groupsMax / chunk);
  const v = buffers.take(chunks * planesBytes(elements, chunk * tiles, channels));
  const m = buffers.take(planesBytes(elements, row, filters));
  const y = valuesFor(plan, lengthOf(layer.to));
  const sizes = (groups: number): number[] => [
    ...[filters, channels, groups, height, width, outHeight, outWidth, ...padding, side, chunk],
  ];
  forward(plan, (k, { groups }) => k.winogradForward(packed, b, x, v, m, y, ...sizes(groups), relu ? 1 : 0));
  const back = (given: number): number => {
    const dy = relu ? rectifierBack(plan, y, given, lengthOf(layer.to)) : given;
    if (db !== 0)
      calls.train.push((k, { groups }) => k.biasGradient(dy, db, filters, outHeight * outWidth, groups));
    const n = buffers.take(planesBytes(elements, chunk * tiles, filters));
    const dv = buffers.take(planesBytes(elements, row, channels));
    const du = buffers.take(flatBytes);
    const room = buffers.take(panelsBytes(filters, channels, chunk * tiles));
    const dx = wanted ? valuesFor(plan, lengthOf(layer.from)) : 0;
    calls.train.push((k, { groups }) =>
      k.winogradBackward(turned, dy, v, n, dv, du, room, dw, dx, ...sizes(groups)),
    );
    return dx;
  };
  return { y, back };
}
