/** Pooling: a thread for each output on the way there, for each input on the way back, so that nothing is added by two. */
import type { Layer, PoolLayer } from '../../nn/model.ts';
import { imageOf, lengthOf } from '../wasm/planned.ts';
import type { Place, Sizes } from './plan.ts';
import { type PlanContext, type Planned, unsigned } from './planned.ts';
import { eachElement, groupsFor } from './wgsl.ts';

/** `i` as sample and channel, row and column. */
const placeIn = (height: string, width: string): string =>
  `let plane = i / (${height} * ${width}); let row = (i / ${width}) % ${height}; let column = i % ${width};`;

/** What the kernels of a pool name. */
function sizesOf({ inputShape, outputShape, size, stride }: PoolLayer): Sizes {
  const [, height, width] = imageOf(inputShape);
  const [, outHeight, outWidth] = imageOf(outputShape);
  return {
    ...{ height, width, out_height: outHeight, out_width: outWidth },
    ...{ inputs: lengthOf(inputShape), outputs: lengthOf(outputShape) },
    ...{ size_h: size[0], size_w: size[1], stride_h: stride[0], stride_w: stride[1] },
  };
}

/** Visits every window that an input place lies in, in order; `out` is its output. */
function windowsOver(body: string): string {
  const first = (at: string, extent: string, step: string): string =>
    `select(0u, (${at} + ${step} - ${extent}) / ${step}, ${at} >= ${extent})`;
  return `for (var a = ${first('row', '#size_h', '#stride_h')}; a < #out_height && a * #stride_h <= row; a += 1u) {
    for (var b = ${first('column', '#size_w', '#stride_w')}; b < #out_width && b * #stride_w <= column; b += 1u) {
      let out = (plane * #out_height + a) * #out_width + b; ${body}
    }
  }`;
}

export function planMaxPool(context: PlanContext, layer: PoolLayer, x: Place): Planned {
  const { plan } = context;
  const sizes = sizesOf(layer);
  const [inputs, outputs] = [lengthOf(layer.inputShape), lengthOf(layer.outputShape)];
  const y = plan.scratch(outputs);
  const winner = plan.scratch(outputs);
  plan.call({
    ...{
      reads: { x },
      writes: { y, winner: unsigned(winner) },
      groups: (count) => groupsFor(count * outputs),
      sizes,
    },
    text: eachElement(
      'batch.count * #outputs',
      `${placeIn('#out_height', '#out_width')}
  let first = (plane * #height + row * #stride_h) * #width + column * #stride_w;
  var best = first;
  for (var a = 0u; a < #size_h; a += 1u) {
    for (var b = 0u; b < #size_w; b += 1u) {
      let at = first + a * #width + b;
      if (x[at] > x[best]) { best = at; }
    }
  }
  y[i] = x[best]; winner[i] = best;`,
    ),
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      if (!wanted) return null;
      const dx = plan.scratch(inputs);
      plan.train({
        reads: { dy, winner: unsigned(winner) },
        ...{ writes: { dx }, groups: (count: number) => groupsFor(count * inputs), sizes },
        text: eachElement(
          'batch.count * #inputs',
          `${placeIn('#height', '#width')} var sum = 0.0f;
  ${windowsOver('if (winner[out] == i) { sum += dy[out]; }')}
  dx[i] = sum;`,
        ),
      });
      return dx;
    },
  };
}

/** The average pool whose window is the whole image. */
export function wholeImage(layer: Extract<Layer, { type: 'global_avg_pool2d' }>): PoolLayer {
  const [channels, height, width] = imageOf(layer.inputShape);
  const window = [height, width] as const;
  return { ...layer, type: 'avg_pool2d', outputShape: [channels, 1, 1], size: window, stride: window };
}

export function planAveragePool(context: PlanContext, layer: PoolLayer, x: Place): Planned {
  const { plan } = context;
  const sizes = sizesOf(layer);
  const [inputs, outputs] = [lengthOf(layer.inputShape), lengthOf(layer.outputShape)];
  const share = '1.0f / f32(#size_h * #size_w)';
  const y = plan.scratch(outputs);
  plan.call({
    ...{ reads: { x }, writes: { y }, groups: (count) => groupsFor(count * outputs), sizes },
    text: eachElement(
      'batch.count * #outputs',
      `${placeIn('#out_height', '#out_width')}
  let first = (plane * #height + row * #stride_h) * #width + column * #stride_w;
  var sum = 0.0f;
  for (var a = 0u; a < #size_h; a += 1u) {
    for (var b = 0u; b < #size_w; b += 1u) { sum += x[first + a * #width + b]; }
  }
  y[i] = sum * (${share});`,
    ),
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      if (!wanted) return null;
      const dx = plan.scratch(inputs);
      plan.train({
        ...{ reads: { dy }, writes: { dx }, groups: (count) => groupsFor(count * inputs), sizes },
        text: eachElement(
          'batch.count * #inputs',
          `${placeIn('#height', '#width')} var sum = 0.0f;
  ${windowsOver('sum += dy[out];')}
  dx[i] = sum * (${share});`,
        ),
      });
      return dx;
    },
  };
}
