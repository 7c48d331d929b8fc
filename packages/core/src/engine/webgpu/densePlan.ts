/** Dense layers: three products, each with the matrices as they lie. */
import type { DenseLayer } from '../../nn/model.ts';
import type { Place } from './plan.ts';
import type { PlanContext, Planned } from './planned.ts';
import { productKernel, trainSums } from './product.ts';
import { fixedExtent, perSample } from './tiles.ts';

/** With `relu`, y is rectified as it is written and dy masked as it is read. */
export function planDense(context: PlanContext, layer: DenseLayer, x: Place, relu: boolean): Planned {
  const { plan, parameters, gradient } = context;
  const { inputs, units, weight, bias } = layer;
  const sizes = { inputs, units, weight: weight.offset, bias: bias?.offset ?? 0 };
  const y = plan.scratch(units);
  const sum = bias === null ? 'value' : `value + p[$bias + m]`;
  plan.call(
    productKernel({
      ...{ m: units, n: perSample(1), k: fixedExtent(inputs), sizes, tiles: plan.tiles },
      a: {
        ...{ outer: `return vec4i(at * $inputs + $weight);`, inner: 'return vec4i(at);' },
        ...{ load: 'p[o.x + k.x]', contiguous: 'inner' },
      },
      b: {
        ...{ outer: `return vec4i(at * $inputs);`, inner: 'return vec4i(at);' },
        ...{ load: 'x[o.x + k.x]', contiguous: 'inner' },
      },
      ...{ reads: { p: parameters, x }, writes: { y } },
      store: {
        ...{ type: 'each', column: 'return n * $units;' },
        text: relu ? `let v = ${sum}; y[c_at + m] = select(v, 0.0f, v < 0.0f);` : `y[c_at + m] = ${sum};`,
      },
    }),
  );
  const slope = (i: string): string => (relu ? `select(dy[${i}], 0.0f, y[${i}] <= 0.0f)` : `dy[${i}]`);

  return {
    output: y,
    backward: (dy, wanted) => {
      const dys = relu ? { dy, y } : { dy };
      plan.enter(layer.name, 'weightGradient');
      trainSums(
        plan,
        {
          ...{ m: units, n: fixedExtent(inputs), k: perSample(1), sizes, reads: { ...dys, x } },
          a: {
            ...{ outer: 'return vec4i(at);', inner: `return vec4i(at * $units);` },
            ...{ load: slope('o.x + k.x'), contiguous: 'outer' },
          },
          b: {
            ...{ outer: 'return vec4i(at);', inner: `return vec4i(at * $inputs);` },
            ...{ load: 'x[o.x + k.x]', contiguous: 'outer' },
          },
        },
        gradient,
        layer,
      );
      if (!wanted) return null;
      plan.enter(layer.name, 'inputGradient');
      const dx = plan.scratch(inputs);
      plan.train(
        productKernel({
          ...{ m: inputs, n: perSample(1), k: fixedExtent(units), sizes, tiles: plan.tiles },
          a: {
            ...{ outer: `return vec4i(at + $weight);`, inner: `return vec4i(at * $inputs);` },
            ...{ load: 'p[o.x + k.x]', contiguous: 'outer' },
          },
          b: {
            ...{ outer: `return vec4i(at * $units);`, inner: 'return vec4i(at);' },
            ...{ load: slope('o.x + k.x'), contiguous: 'inner' },
          },
          ...{ reads: { p: parameters, ...dys }, writes: { dx } },
          store: { type: 'each', column: 'return n * $inputs;', text: 'dx[c_at + m] = value;' },
        }),
      );
      return dx;
    },
  };
}
