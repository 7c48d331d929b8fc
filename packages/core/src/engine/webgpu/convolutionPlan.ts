/**
 * Convolutions as products whose matrix of windows is never made: filters × places, summed over taps. With a rectifier and a
 * maximum pooling of 2 × 2 behind it, the four places of a window are neighbours among the columns, so that one thread has
 * all of them: only their maximum is written, and which of them it was.
 */
import type { Conv2dLayer, Layer, PoolLayer } from '../../nn/model.ts';
import { imageOf, lengthOf } from '../wasm/planned.ts';
import type { Place } from './plan.ts';
import { type PlanContext, type Planned, unsigned } from './planned.ts';
import { productKernel, trainSums } from './product.ts';
import { fixedExtent, perSample } from './tiles.ts';

/** What a convolution can take in: windows of 2 × 2 without gaps. */
export function isPooledAtOnce(layer: Layer | undefined): layer is PoolLayer {
  if (layer?.type !== 'max_pool2d') return false;
  return [...layer.size, ...layer.stride].every((extent) => extent === 2);
}

export type Fused = { readonly relu: boolean; readonly pool: PoolLayer | null };

export function planConvolution(
  context: PlanContext,
  layer: Conv2dLayer,
  x: Place,
  { relu, pool }: Fused,
): Planned {
  const { plan, parameters, gradient } = context;
  const { weight, bias, stride, padding, kernel } = layer;
  const [channels, height, width] = imageOf(layer.inputShape);
  const [filters, outHeight, outWidth] = imageOf(layer.outputShape);
  const [, pooledHeight, pooledWidth] = imageOf((pool ?? layer).outputShape);
  const [inputs, inputPlaces] = [lengthOf(layer.inputShape), height * width];
  const taps = kernel[0] * kernel[1];
  const depth = channels * taps;
  /** Places of each filter's output as it is written, and columns of the product for each sample. */
  const written = pooledHeight * pooledWidth;
  const columns = pool === null ? written : written * 4;
  const sizes = {
    ...{ inputs, input_places: inputPlaces, taps, depth, written, columns, height, width },
    ...{ out_width: outWidth, out_height: outHeight, pooled_width: pooledWidth, pooled_height: pooledHeight },
    ...{ output: filters * written, kernel_width: kernel[1], weight: weight.offset, bias: bias?.offset ?? 0 },
    ...{ stride_h: stride[0], stride_w: stride[1], padding_h: padding[0], padding_w: padding[1] },
  };
  const y = plan.scratch(filters * written);
  const winner = pool === null ? null : plan.scratch(filters * written);

  /** fn place(column) -> (sample, row, column, number within the sample) of the output before it is pooled */
  const place =
    pool === null
      ? `fn place(at: i32) -> vec4i { let q = at % $columns;
  return vec4i(at / $columns, q / $out_width, q % $out_width, q); }`
      : `fn place(at: i32) -> vec4i { let q = at % $columns; let w = q >> 2u;
  return vec4i(at / $columns, 2 * (w / $pooled_width) + ((q >> 1u) & 1), 2 * (w % $pooled_width) + (q & 1), q); }`;
  const window = `fn window(at: i32) -> vec4i { let p = place(at);
  let r = p.y * $stride_h - $padding_h; let s = p.z * $stride_w - $padding_w;
  return vec4i(p.x * $inputs + r * $width + s, r, s, 0); }`;
  const tap = `fn tap(at: i32) -> vec4i { let t = at % $taps; let a = t / $kernel_width; let b = t % $kernel_width;
  return vec4i((at / $taps) * $input_places + a * $width + b, a, b, 0); }`;
  const padded = padding[0] > 0 || padding[1] > 0;
  const input = `fn input(o: vec4i, k: vec4i) -> f32 {
  ${
    padded
      ? `let r = o.y + k.y; let s = o.z + k.z;
  if (r < 0 || s < 0 || r >= $height || s >= $width) { return 0.0f; }`
      : ''
  }
  return x[o.x + k.x]; }`;

  const sum = bias === null ? 'value' : `value + p[$bias + m]`;
  const text =
    pool === null
      ? relu
        ? `let v = ${sum}; y[c_at + m * $written] = select(v, 0.0f, v < 0.0f);`
        : `y[c_at + m * $written] = ${sum};`
      : `let v = ${sum}; var best = v.x; var which = 0u;
      if (v.y > best) { best = v.y; which = 1u; }
      if (v.z > best) { best = v.z; which = 2u; }
      if (v.w > best) { best = v.w; which = 3u; }
      ${relu ? 'if (best <= 0.0f) { best = 0.0f; which = 4u; }' : ''}
      y[c_at + m * $written] = best; winner[c_at + m * $written] = which;`;
  plan.call(
    productKernel({
      ...{ m: filters, n: perSample(columns), k: fixedExtent(depth), sizes, tiles: plan.tiles },
      a: {
        ...{ outer: `return vec4i(at * $depth + $weight);`, inner: 'return vec4i(at);' },
        ...{ load: 'p[o.x + k.x]', contiguous: 'inner' },
      },
      b: {
        ...{ outer: 'return window(at);', inner: 'return tap(at);' },
        ...{ load: 'input(o, k)', contiguous: 'outer' },
      },
      reads: { p: parameters, x },
      writes: winner === null ? { y } : { y, winner: unsigned(winner) },
      functions: [place, window, tap, input].join('\n'),
      store: {
        type: pool === null ? 'each' : 'four',
        column: `let at = place(n); return at.x * $output + ${pool === null ? 'at.w' : '(at.w >> 2u)'};`,
        text,
      },
    }),
  );

  /** Element `i` of dy as it is before pooling and rectifier, where `e` says which place of a window is meant. */
  const slope = `fn slope(i: i32, e: u32) -> f32 { return ${
    pool !== null
      ? 'select(0.0f, dy[i], winner[i] == e)'
      : relu
        ? 'select(dy[i], 0.0f, y[i] <= 0.0f)'
        : 'dy[i]'
  }; }`;

  return {
    output: y,
    backward: (dy, wanted) => {
      const masks = winner !== null ? { winner: unsigned(winner) } : relu ? { y } : {};
      plan.enter(layer.name, 'weightGradient');
      trainSums(
        plan,
        {
          ...{ m: filters, n: fixedExtent(depth), k: perSample(columns), sizes, reads: { dy, ...masks, x } },
          a: {
            outer: `return vec4i(at * $written);`,
            inner: `let at_place = place(at); return vec4i(at_place.x * $output + ${
              pool === null ? 'at_place.w' : '(at_place.w >> 2u)'
            }, at_place.w & 3, 0, 0);`,
            ...{ load: 'slope(o.x + k.x, u32(k.y))', contiguous: 'inner' },
          },
          b: {
            ...{ outer: 'return tap(at);', inner: 'return window(at);' },
            ...{ load: 'input(o, k)', contiguous: 'inner' },
          },
          functions: [place, window, tap, input, slope].join('\n'),
        },
        gradient,
        layer,
      );
      if (!wanted) return null;
      plan.enter(layer.name, 'inputGradient');
      const dx = plan.scratch(inputs);
      const reached = `fn reached(o: vec4i, k: vec4i) -> f32 {
  let u = o.y - k.y; let v = o.z - k.z;
  if (u < 0 || v < 0) { return 0.0f; }
  ${stride[0] > 1 || stride[1] > 1 ? `if (u % $stride_h != 0 || v % $stride_w != 0) { return 0.0f; }` : ''}
  let i = u / $stride_h; let j = v / $stride_w;
  ${
    pool === null
      ? `if (i >= $out_height || j >= $out_width) { return 0.0f; }
  return slope(o.x + k.x + i * $out_width + j, 0u); }`
      : `let pi = i >> 1u; let pj = j >> 1u;
  if (pi >= $pooled_height || pj >= $pooled_width) { return 0.0f; }
  return slope(o.x + k.x + pi * $pooled_width + pj, u32((i & 1) * 2 + (j & 1))); }`
  }`;
      plan.train(
        productKernel({
          ...{
            m: channels,
            n: perSample(inputPlaces),
            k: fixedExtent(filters * taps),
            sizes,
            tiles: plan.tiles,
          },
          a: {
            outer: `return vec4i(at * $taps + $weight);`,
            inner: `return vec4i((at / $taps) * $depth + at % $taps);`,
            ...{ load: 'p[o.x + k.x]', contiguous: 'inner' },
          },
          b: {
            outer: `let q = at % $input_places; return vec4i((at / $input_places) * $output, q / $width + $padding_h, q % $width + $padding_w, 0);`,
            inner: `let t = at % $taps; return vec4i((at / $taps) * $written, t / $kernel_width, t % $kernel_width, 0);`,
            ...{ load: 'reached(o, k)', contiguous: 'outer' },
          },
          ...{ reads: { p: parameters, dy, ...masks }, writes: { dx } },
          functions: [slope, reached].join('\n'),
          store: {
            type: 'each',
            column: `return (n / $input_places) * $inputs + n % $input_places;`,
            text: `dx[c_at + m * $input_places] = value;`,
          },
        }),
      );
      return dx;
    },
  };
}
