/** dense: y = W·x + b, optionally through a rectifier; dW = dy·xᵀ, db = Σ dy, dx = Wᵀ·dy. */
import type { DenseLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { type PlanContext, type Planned, packedBytes, tensorAt } from './planned.ts';
import { planReluBackward } from './reluPlan.ts';

export function planDense(context: PlanContext, layer: DenseLayer, x: Buffer, relu: boolean): Planned {
  const { plan } = context;
  const { inputs, units } = layer;
  const packed = plan.keep(packedBytes(units, inputs));
  const y = plan.values(units);
  plan.prepare((k) => {
    const weight = tensorAt(context, layer.weight).value;
    const bias = layer.bias === null ? 0 : tensorAt(context, layer.bias).value;
    return () => k.packA(weight, bias, packed.address, units, 1, inputs, inputs, 0, 1);
  });
  plan.call([x, y], (k) => {
    const [a, b, c] = [packed.address, x.address, y.address];
    return ({ groups }) => k.gemm(a, b, c, units, inputs, groups, inputs * 32, units * 32, relu ? 1 : 0);
  });
  return {
    output: y,
    backward: (given, wanted) => {
      plan.turnTo('weightGradient');
      const dy = relu ? planReluBackward(plan, y, given, units) : given;
      plan.train([dy, x], (k) => {
        const offset = context.inPlace(layer.weight);
        const [a, b] = [dy.address, x.address];
        return ({ groups, gradient, adds }) =>
          k.denseWeightGradient(
            a,
            b,
            gradient + offset,
            units,
            inputs,
            groups,
            units * 32,
            inputs * 32,
            adds,
          );
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
      const transposed = plan.keep(packedBytes(inputs, units));
      const dx = plan.values(inputs);
      plan.prepare((k) => {
        const weight = tensorAt(context, layer.weight).value;
        return () => k.packA(weight, 0, transposed.address, inputs, 1, units, 1, 0, inputs);
      });
      plan.train([dy, dx], (k) => {
        const [a, b, c] = [transposed.address, dy.address, dx.address];
        return ({ groups }) => k.gemm(a, b, c, inputs, units, groups, units * 32, inputs * 32, 0);
      });
      return dx;
    },
  };
}
