/** dense by matrix products from elsewhere: Y = W·X, dW = dY·Xᵀ, dX = Wᵀ·dY, with samples in columns (assembly/columns.ts). */
import type { DenseLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { type PlanContext, type Planned, tensorAt } from './planned.ts';
import type { Products } from './products.ts';
import { planReluBackward } from './reluPlan.ts';

export function planProductDense(
  context: PlanContext,
  products: Products,
  layer: DenseLayer,
  x: Buffer,
  relu: boolean,
): Planned {
  const { plan } = context;
  const { inputs, units } = layer;
  const columns = plan.values(inputs);
  const sums = plan.values(units);
  const y = plan.values(units);
  planToColumns(context, x, columns, inputs, false);
  plan.call([columns, sums], (_k, memory) => {
    const weight = { address: tensorAt(context, layer.weight).value, transposed: false };
    const samples = { address: columns.address, transposed: false };
    const product = products.bind(memory, weight, samples, sums.address);
    return ({ groups }) => product(units, groups * 8, inputs, false);
  });
  plan.call([sums, y], (k) => {
    const bias = layer.bias === null ? 0 : tensorAt(context, layer.bias).value;
    const [from, to] = [sums.address, y.address];
    return ({ groups }) => k.columnsToValues(from, to, bias, units, groups, relu ? 1 : 0);
  });
  return {
    output: y,
    backward: (given, wanted) => {
      plan.turnTo('weightGradient');
      const dy = relu ? planReluBackward(plan, y, given, units) : given;
      const slopes = plan.values(units);
      planToColumns(context, dy, slopes, units, true);
      plan.train([slopes, columns], (_k, memory) => {
        const dw = tensorAt(context, layer.weight).gradient;
        const left = { address: slopes.address, transposed: false };
        const product = products.bind(memory, left, { address: columns.address, transposed: true }, dw);
        return ({ groups }) => product(units, inputs, groups * 8, false);
      });
      if (layer.bias !== null) {
        const { bias } = layer;
        plan.train([dy], (k) => {
          const db = tensorAt(context, bias).gradient;
          const from = dy.address;
          return ({ groups }) => k.biasGradient(from, db, units, 1, groups);
        });
      }
      if (!wanted) return null;
      plan.turnTo('inputGradient');
      const back = plan.values(inputs);
      const dx = plan.values(inputs);
      plan.train([slopes, back], (_k, memory) => {
        const weight = { address: tensorAt(context, layer.weight).value, transposed: true };
        const right = { address: slopes.address, transposed: false };
        const product = products.bind(memory, weight, right, back.address);
        return ({ groups }) => product(inputs, groups * 8, units, false);
      });
      plan.train([back, dx], (k) => {
        const [from, to] = [back.address, dx.address];
        return ({ groups }) => k.columnsToValues(from, to, 0, inputs, groups, 0);
      });
      return dx;
    },
  };
}

function planToColumns(
  { plan }: PlanContext,
  values: Buffer,
  columns: Buffer,
  rows: number,
  trainOnly: boolean,
): void {
  plan[trainOnly ? 'train' : 'call']([values, columns], (k) => {
    const [from, to] = [values.address, columns.address];
    return ({ groups }) => k.valuesToColumns(from, to, rows, groups);
  });
}
