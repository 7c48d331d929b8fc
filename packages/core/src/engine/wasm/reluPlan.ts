/** The way back through a rectifier that was applied where its input was written. */
import type { Buffer, Plan } from './plan.ts';

/** Emits dz = dy where y > 0. */
export function planReluBackward(plan: Plan, y: Buffer, dy: Buffer, features: number): Buffer {
  const dz = plan.values(features);
  plan.train([y, dy, dz], (k) => {
    const [a, b, c] = [y.address, dy.address, dz.address];
    return ({ groups }) => k.reluBackward(a, b, c, features * 32 * groups);
  });
  return dz;
}
