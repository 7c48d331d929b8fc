/** dropout: y = x·m/(1 − rate) with a mask m addressed by (seed, layer, epoch, sample, index); the identity in evaluation. */
import type { Layer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { lengthOf, type PlanContext, type Planned } from './planned.ts';

export function planDropout(
  context: PlanContext,
  layer: Extract<Layer, { type: 'dropout' }>,
  x: Buffer,
): Planned {
  const { plan, samples } = context;
  const features = lengthOf(layer.inputShape);
  const threshold = Math.floor(layer.rate * 4294967296);
  const scale = Math.fround(1 / (1 - layer.rate));
  const y = plan.values(features);
  const mask = (from: Buffer, to: Buffer) => (k: Parameters<Parameters<typeof plan.call>[1]>[0]) => {
    const [a, b, numbers] = [from.address, to.address, samples.address];
    return ({ groups, count, seed, epoch }: { groups: number; count: number; seed: number; epoch: number }) =>
      k.dropout(a, b, features, groups, count, numbers, seed, layer.id, epoch, threshold, scale);
  };
  plan.callBy([x, y], {
    train: mask(x, y),
    infer: (k) => {
      const [a, b] = [x.address, y.address];
      return ({ groups }) => k.copy(a, b, features * 32 * groups);
    },
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      if (!wanted) return null;
      const dx = plan.values(features);
      plan.train([dy, dx], mask(dy, dx));
      return dx;
    },
  };
}
