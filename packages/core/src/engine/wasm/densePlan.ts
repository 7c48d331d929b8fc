/**
 * dense: y = W·x + b, optionally through a rectifier; dW = dy·xᵀ, db = Σ dy, dx = Wᵀ·dy. Where x are the samples themselves, what is
 * zero in them is passed over, with the same bits (assembly/sparse.ts).
 */
import type { DenseLayer } from '../../nn/model.ts';
import { planNonzeros } from './nonzeros.ts';
import type { Buffer } from './plan.ts';
import { type PlanContext, type Planned, packedBytes, panelsBytes, tensorAt } from './planned.ts';
import { planReluBackward } from './reluPlan.ts';

export function planDense(context: PlanContext, layer: DenseLayer, x: Buffer, relu: boolean): Planned {
  const { plan } = context;
  const { inputs, units } = layer;
  const packed = plan.keep(packedBytes(units, inputs));
  const y = plan.values(units);
  // With weights that are not finite, what is zero counts.
  let areFinite = false;
  plan.prepare((k) => {
    const weight = tensorAt(context, layer.weight).value;
    const bias = layer.bias === null ? 0 : tensorAt(context, layer.bias).value;
    return () => {
      k.packA(weight, bias, packed.address, units, 1, inputs, inputs, 0, 1);
      areFinite = sparse !== null && k.isFinite(packed.address, packed.bytes / 4) === 1;
    };
  });
  const sparse = x === context.samplesIn ? planNonzeros(plan, layer, x) : null;
  plan.call(sparse === null ? [x, y] : [x, y, sparse.rows, sparse.byGroup], (k) => {
    const [a, b, c, rectified] = [packed.address, x.address, y.address, relu ? 1 : 0];
    return ({ groups }) => {
      if (areFinite && sparse?.areFew()) {
        const { rows, byGroup } = sparse;
        k.gemmSparse(a, rows.address, byGroup.address, c, units, inputs, groups, rectified);
      } else k.gemm(a, b, c, units, inputs, groups, inputs * 32, units * 32, rectified);
    };
  });
  return {
    output: y,
    backward: (given, wanted) => {
      plan.turnTo('weightGradient');
      const dy = relu ? planReluBackward(plan, y, given, units) : given;
      const room = plan.scratch(panelsBytes(units, inputs, plan.groupsMax));
      const places =
        sparse === null ? null : plan.scratch(Math.ceil(inputs / 4) * (4 * plan.groupsMax + 1) * 4);
      plan.train(places === null ? [dy, x, room] : [dy, x, room, places], (k) => {
        const offset = context.inPlace(layer.weight);
        const [a, b, r, p] = [dy.address, x.address, room.address, places?.address ?? 0];
        return ({ groups, gradient, adds }) => {
          const passesOver = sparse?.areFew() && k.isFinite(a, units * 8 * groups) === 1;
          const to = gradient + offset;
          k.denseWeightGradient(
            ...([a, b, r, passesOver ? p : 0, to] as const),
            ...([units, inputs, groups, units * 32, inputs * 32, adds] as const),
          );
        };
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
